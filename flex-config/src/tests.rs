//! Whole commands over an account in memory, with failures at a chosen request.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path as FilePath, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use park_interaction::attributes::Attributes;
use park_interaction::flags::{self, Described, Flag, FEATURE};
use park_interaction::plugin::json::Json;
use park_interaction::plugin::settings::{self, Settings};
use park_interaction::request::ParkOptions;
use proptest::prelude::*;
use serde_json::json;
use serde_json::value::RawValue;

use crate::args;
use crate::check::check;
use crate::command;
use crate::files;
use crate::keys::{self, Key, CONFIG_OVERRIDES, CUSTOM_DATA};
use crate::outside::{Answer, Outside, Request};
use crate::parsed;
use crate::plan::{plan, Edit};
use crate::raw::{self, Path};

const ADA: &str = "WK00000000000000000000000000000001";
const OTHERS: &str = r#"{"theme":{"big":12345678901234567890123,"one":1.0},"custom_data":{"z":"é","serverless_functions_domain":"old-1.twil.io","features":{"theirs":{"enabled":true},"park_interaction":{"enabled":false,"x":0.10}}},"last":[1e2,null]}"#;
const ATTRIBUTES: &str = r#"{"roles":["agent"],"shoe":42.0,"config_overrides":{"features":{"theirs":{"n":1.50}}},"id":9007199254740993}"#;

/// An event at a request.
enum Event {
    /// Somebody else writes before the request is done.
    Before(fn(&mut Account)),
    /// The request is not done, and this is the answer.
    Instead(Answer),
    /// The request is done, and this is the answer.
    Lost(Answer),
}

struct Account {
    ui_attributes: String,
    worker: String,
    events: Vec<(usize, Event)>,
    requests: Vec<String>,
    pauses: usize,
    said: Vec<String>,
    warned: Vec<String>,
    token: &'static str,
    /// The answer to a question.
    confirms: bool,
    questions: usize,
}

impl Account {
    fn new() -> Self {
        Self {
            ui_attributes: OTHERS.into(),
            worker: ATTRIBUTES.into(),
            events: Vec::new(),
            requests: Vec::new(),
            pauses: 0,
            said: Vec::new(),
            warned: Vec::new(),
            token: "a token",
            confirms: true,
            questions: 0,
        }
    }

    fn with(ui_attributes: &str) -> Self {
        let mut account = Self::new();
        account.ui_attributes = ui_attributes.into();
        account
    }

    /// Adds an event at the `nth` request, from 1.
    fn at(mut self, nth: usize, event: Event) -> Self {
        self.events.push((nth, event));
        self
    }

    /// Runs a command line. Returns the exit code.
    fn run(&mut self, line: &[&str]) -> u8 {
        let folder = Folder::new(&[
            (
                "common",
                r#"{"custom_data":{"features":{"park_interaction":{"enabled":true,"list_ttl_hours":48}}}}"#,
            ),
            (
                "dev",
                r#"{"custom_data":{"serverless_functions_domain":"new-2.twil.io","features":{"park_interaction":{"list_ttl_hours":12}}}}"#,
            ),
        ]);
        self.run_in(&folder, line)
    }

    fn run_in(&mut self, folder: &Folder, line: &[&str]) -> u8 {
        let folder = ["flex-config", "--folder", folder.0.to_str().unwrap()];
        let line: Vec<String> = folder.iter().chain(line).map(ToString::to_string).collect();
        let args = args::read(&line).unwrap();
        command::run(&args, self).unwrap_or_else(|failure| {
            self.warn(&failure.to_string());
            failure.exit_code()
        })
    }

    fn posts(&self) -> usize {
        let posts = self.requests.iter().filter(|line| line.starts_with("post"));
        posts.count()
    }

    fn warnings(&self) -> String {
        self.warned.join("\n")
    }

    fn answer(&mut self, request: &Request) -> Answer {
        let body = match (request.method, request.uri.rsplit('/').next().unwrap()) {
            ("get", "Configuration") => self.configuration(),
            ("post", "Configuration") => {
                let body = request.data.as_ref().unwrap().as_str().unwrap();
                let update = Attributes::parse(body).unwrap();
                let account = update.text_at("account_sid").unwrap();
                assert_eq!(account, "AC00000000000000000000000000000001");
                self.ui_attributes = update.raw("ui_attributes").unwrap().get().into();
                self.configuration()
            }
            ("get", "TaskQueues") => {
                r#"{"task_queues":[{"sid":"WQ0000000000000000000000000000000a","friendly_name":"Support"}]}"#.into()
            }
            ("get", "Workers") => {
                let name = request.params.as_ref().unwrap()["FriendlyName"].as_str();
                let found = name.is_none_or(|name| name == "ada").then(|| self.worker());
                format!(r#"{{"workers":[{}]}}"#, found.unwrap_or_default())
            }
            ("get", ADA) => self.worker(),
            ("post", ADA) => {
                let data = request.data.as_ref().unwrap();
                self.worker = data["Attributes"].as_str().unwrap().into();
                self.worker()
            }
            _ => {
                return Answer::Answered {
                    status: 404,
                    body: r#"{"code":20404,"message":"not found"}"#.into(),
                }
            }
        };
        Answer::Answered { status: 200, body }
    }

    fn configuration(&self) -> String {
        format!(
            r#"{{"account_sid":"AC00000000000000000000000000000001","taskrouter_workspace_sid":"WS00000000000000000000000000000001","ui_attributes":{}}}"#,
            self.ui_attributes
        )
    }

    fn worker(&self) -> String {
        json!({
            "sid": ADA,
            "friendly_name": "ada",
            "workspace_sid": "WS00000000000000000000000000000001",
            "attributes": self.worker,
        })
        .to_string()
    }

    /// Returns the plugin's settings for the account's one worker.
    fn settings(&self) -> Option<Settings> {
        let under = |text: &str, key: &str| {
            let object = Attributes::parse(text).unwrap();
            object
                .raw(key)
                .map_or(Json::Null, |raw| parsed::json(raw.get()).unwrap())
        };
        settings::read(&Json::Map(vec![
            ("customData".into(), under(&self.ui_attributes, CUSTOM_DATA)),
            (
                "configOverrides".into(),
                under(&self.worker, CONFIG_OVERRIDES),
            ),
        ]))
        .unwrap()
    }
}

impl Outside for Account {
    fn say(&mut self, line: &str) {
        self.said.push(line.into());
    }

    fn warn(&mut self, line: &str) {
        self.warned.push(line.into());
    }

    fn confirm(&mut self, _question: &str) -> bool {
        self.questions += 1;
        self.confirms
    }

    fn send(&mut self, request: &Request) -> Answer {
        self.requests
            .push(format!("{} {}", request.method, request.uri));
        let nth = self.requests.len();
        match self
            .events
            .iter()
            .position(|(at, _)| *at == nth)
            .map(|at| self.events.remove(at))
        {
            None => self.answer(request),
            Some((_, Event::Instead(answer))) => answer,
            Some((_, Event::Before(change))) => {
                change(self);
                self.answer(request)
            }
            Some((_, Event::Lost(answer))) => {
                self.answer(request);
                answer
            }
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "TWILIO_ACCOUNT_SID" => Some("AC00000000000000000000000000000001".into()),
            "TWILIO_AUTH_TOKEN" => Some(self.token.into()),
            _ => None,
        }
    }

    fn pause(&mut self, _time: Duration) {
        self.pauses += 1;
    }
}

/// A folder of files, gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("flex-config-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in files {
            fs::write(folder.join(format!("ui_attributes.{name}.json")), text).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const DEPLOY: [&str; 3] = ["deploy", "--environment", "dev"];

fn failing(status: u16) -> Answer {
    Answer::Answered {
        status,
        body: r#"{"code":20001,"message":"no"}"#.into(),
    }
}

#[test]
fn deploy_writes_our_keys_and_leaves_everything_else_to_the_letter() {
    let mut account = Account::new();
    assert_eq!(account.run(&DEPLOY), 0, "{}", account.warnings());
    let expected = OTHERS.replace("old-1.twil.io", "new-2.twil.io").replace(
        r#""enabled":false,"x":0.10"#,
        r#""enabled":true,"x":0.10,"list_ttl_hours":12"#,
    );
    assert_eq!(account.ui_attributes, expected);
    assert_eq!(account.posts(), 1);
    assert_eq!(
        account.said[1..4],
        [
            r#"  custom_data.serverless_functions_domain: "old-1.twil.io" → "new-2.twil.io""#,
            "  custom_data.features.park_interaction.enabled: false → true",
            "  custom_data.features.park_interaction.list_ttl_hours: (not set) → 12",
        ]
    );
    assert!(account
        .warnings()
        .contains("other features may look for their functions"));

    let settings = account.settings().unwrap();
    assert_eq!(settings.functions_origin, "https://new-2.twil.io");
    assert_eq!(account.run(&["show-list", "on"]), 0);
    let settings = account.settings().unwrap();
    assert_eq!(
        ParkOptions::new(&settings.flags).list_ttl_seconds,
        Some(12 * 3_600)
    );
}

#[test]
fn a_second_deploy_and_a_dry_run_write_nothing() {
    let mut account = Account::new();
    assert_eq!(
        account.run(&["deploy", "--environment", "dev", "--dry-run"]),
        0
    );
    assert_eq!(
        (account.posts(), account.ui_attributes.as_str()),
        (0, OTHERS)
    );
    assert_eq!(
        account.said.last().unwrap(),
        "Dry run: nothing was written."
    );

    assert_eq!(account.run(&DEPLOY), 0);
    assert_eq!(account.run(&DEPLOY), 0);
    assert_eq!(account.posts(), 1);
    assert_eq!(account.said.last().unwrap(), "Nothing to change.");
}

#[test]
fn diff_tells_by_its_exit_code_whether_there_is_one() {
    let mut account = Account::new();
    assert_eq!(account.run(&["diff", "--environment", "dev"]), 1);
    assert_eq!(account.posts(), 0);
    assert_eq!(account.run(&DEPLOY), 0);
    assert_eq!(account.run(&["diff", "--environment", "dev"]), 0);
}

#[test]
fn an_account_without_any_ui_attributes_gets_ours() {
    let mut account = Account::with("null");
    assert_eq!(account.run(&DEPLOY), 0, "{}", account.warnings());
    assert!(account.settings().is_some());
}

#[test]
fn who_changed_something_after_the_first_look_is_not_overwritten() {
    let mut account = Account::new().at(
        2,
        Event::Before(|account| account.ui_attributes = OTHERS.replace("1e2", "101")),
    );
    assert_eq!(account.run(&DEPLOY), 5);
    assert_eq!(account.posts(), 0);
    assert!(
        account
            .warnings()
            .contains("somebody else has just changed `last.0`."),
        "{}",
        account.warnings()
    );
}

#[test]
fn what_is_only_written_differently_is_no_change_of_somebody_else() {
    let mut account = Account::new().at(
        2,
        Event::Before(|account| {
            account.ui_attributes = OTHERS
                .replace("1e2", "100.0")
                .replace(r#""z":"é","#, "")
                .replace(
                    r#""custom_data":{"#,
                    "\"custom_data\": {\"z\": \"\\u00e9\", ",
                );
        }),
    );
    assert_eq!(account.run(&DEPLOY), 0, "{}", account.warnings());
}

#[test]
fn who_wrote_an_older_state_over_ours_is_noticed() {
    let mut account = Account::new().at(
        4,
        Event::Before(|account| account.ui_attributes = OTHERS.into()),
    );
    assert_eq!(account.run(&DEPLOY), 6);
    let said = account.warnings();
    assert!(
        said.contains("somebody else wrote at the same time"),
        "{said}"
    );
    assert!(
        said.contains("`custom_data.features.park_interaction.enabled`"),
        "{said}"
    );
}

#[test]
fn who_changed_their_own_after_ours_is_noticed() {
    let mut account = Account::new().at(
        4,
        Event::Before(|account| {
            account.ui_attributes = account.ui_attributes.replace("1e2", "101");
        }),
    );
    assert_eq!(account.run(&DEPLOY), 6);
    let said = account.warnings();
    assert!(
        said.contains("this is there, but `last.0` changed at the same time"),
        "{said}"
    );
}

#[test]
fn a_write_whose_answer_was_lost_is_looked_at_before_anything_is_said() {
    for answer in [failing(503), Answer::Unanswered("ETIMEDOUT".into())] {
        let mut account = Account::new().at(3, Event::Lost(answer.clone()));
        assert_eq!(account.run(&DEPLOY), 0, "{}", account.warnings());

        let mut account = Account::new().at(3, Event::Instead(answer));
        assert_eq!(account.run(&DEPLOY), 4);
        assert!(account.warnings().contains("Nothing was written"));
        assert_eq!(account.ui_attributes, OTHERS);
    }
}

#[test]
fn a_write_that_cannot_be_read_back_is_said_to_be_open() {
    let mut account = Account::new();
    for nth in 4..8 {
        account = account.at(nth, Event::Instead(failing(503)));
    }
    assert_eq!(account.run(&DEPLOY), 6);
    assert!(account.warnings().contains("may have been written or not"));
}

#[test]
fn a_rate_limit_is_waited_for_and_everything_looked_at_again() {
    let mut account = Account::new().at(3, Event::Instead(failing(429)));
    assert_eq!(account.run(&DEPLOY), 0);
    assert_eq!((account.pauses, account.posts()), (1, 2));

    let mut account = Account::new().at(3, Event::Instead(failing(429))).at(
        4,
        Event::Before(|account| account.ui_attributes = OTHERS.replace("1e2", "101")),
    );
    assert_eq!(account.run(&DEPLOY), 5);

    let mut account = Account::new();
    for nth in [3, 5, 7] {
        account = account.at(nth, Event::Instead(failing(429)));
    }
    assert_eq!(account.run(&DEPLOY), 4);
    assert_eq!(account.ui_attributes, OTHERS);
}

#[test]
fn reading_is_tried_four_times() {
    let busy = || Event::Instead(failing(503));
    let mut account = Account::new()
        .at(1, busy())
        .at(2, Event::Instead(failing(429)))
        .at(3, Event::Instead(Answer::Unanswered("ECONNRESET".into())));
    assert_eq!(account.run(&DEPLOY), 0);

    let mut account = Account::new();
    for nth in 1..9 {
        account = account.at(nth, busy());
    }
    assert_eq!(account.run(&DEPLOY), 4);
    assert_eq!((account.requests.len(), account.pauses), (4, 3));
}

#[test]
fn a_refusal_says_what_to_check_and_is_not_repeated() {
    for (status, code, advice) in [
        (401, 2, "Check that TWILIO_ACCOUNT_SID"),
        (403, 4, "These credentials may not"),
        (404, 3, "this account has no Flex"),
        (400, 4, "HTTP 400, error 20001: no."),
    ] {
        let mut account = Account::new().at(1, Event::Instead(failing(status)));
        assert_eq!(account.run(&DEPLOY), code);
        assert!(
            account.warnings().contains(advice),
            "{}",
            account.warnings()
        );
        assert_eq!(account.requests.len(), 1);
    }
}

#[test]
fn an_answer_that_is_not_what_is_documented_changes_nothing() {
    for body in [
        "",
        "<html>",
        r#"{"ui_attributes":{}}"#,
        r#"{"account_sid":"AC","ui_attributes":[]}"#,
    ] {
        let answer = Answer::Answered {
            status: 200,
            body: body.into(),
        };
        let mut account = Account::new().at(1, Event::Instead(answer));
        assert_eq!(account.run(&DEPLOY), 4, "{body}");
        assert_eq!(account.posts(), 0);
    }
}

#[test]
fn without_credentials_nothing_is_asked() {
    let mut account = Account::new();
    account.token = "";
    assert_eq!(account.run(&DEPLOY), 2);
    assert!(account.requests.is_empty());
}

#[test]
fn what_the_plugin_could_not_start_with_is_not_written() {
    let enabled = |domain: &str| {
        format!(
            r#"{{"custom_data":{{{domain}"features":{{"park_interaction":{{"enabled":false}}}}}}}}"#
        )
    };
    for (ui_attributes, path) in [
        (
            enabled(""),
            "`ui_attributes.custom_data.serverless_functions_domain`",
        ),
        (
            enabled(r#""serverless_functions_port":"many","serverless_functions_domain":"a","#),
            "`ui_attributes.custom_data.serverless_functions_port`",
        ),
        (
            r#"{"custom_data":{"features":[]}}"#.into(),
            "`custom_data.features` is malformed: expected an object",
        ),
        (
            r#"{"custom_data":"x"}"#.into(),
            "`custom_data` is malformed: expected an object",
        ),
    ] {
        let mut account = Account::with(&ui_attributes);
        assert_eq!(account.run(&["enable"]), 3, "{ui_attributes}");
        assert!(account.warnings().contains(path), "{}", account.warnings());
        assert_eq!(account.posts(), 0);
    }
}

#[test]
fn turning_it_off_works_whatever_else_is_wrong() {
    let broken =
        r#"{"custom_data":{"features":{"park_interaction":{"enabled":true,"show_list":"on"}}}}"#;
    let mut account = Account::with(broken);
    assert_eq!(account.run(&["disable"]), 0);
    assert_eq!(account.ui_attributes, broken.replace("true", "false"));
    assert!(
        account.warnings().contains("show_list` is malformed"),
        "{}",
        account.warnings()
    );
    assert_eq!(account.run(&["show-list", "on"]), 0);
}

#[test]
fn switches_change_one_flag() {
    let mut account = Account::new();
    assert_eq!(account.run(&["enable", "--dry-run"]), 0);
    assert_eq!(account.ui_attributes, OTHERS);
    assert_eq!(account.run(&["enable"]), 0);
    let on = OTHERS.replace(r#""enabled":false"#, r#""enabled":true"#);
    assert_eq!(account.ui_attributes, on);
    assert_eq!(account.run(&["show-list", "on"]), 0);
    assert_eq!(
        account.ui_attributes,
        on.replace("0.10", r#"0.10,"show_list":true"#)
    );
    assert!(account.settings().unwrap().show_list);
    assert_eq!(account.run(&["disable"]), 0);
    assert_eq!(account.settings(), None);
}

#[test]
fn any_flag_can_be_set() {
    for Described { flag, .. } in flags::ALL {
        let value = match flag {
            Flag::Bool(flag) => (!flag.default).to_string(),
            Flag::Integer(flag) => flag.range.1.to_string(),
            Flag::Texts(_) => r#"["Waiting for payment","Vacaciones"]"#.into(),
            Flag::Integers(_) => "[30,120,4320]".into(),
            Flag::Choice(flag) => serde_json::to_string(flag.choices.last().unwrap()).unwrap(),
            Flag::Queues(_) => r#"{"Soporte":{"reasons":["Vacaciones"]}}"#.into(),
        };
        let mut account = Account::new();
        assert_eq!(account.run(&["set", flag.name(), &value]), 0);
        let set = format!(r#""{}":{value}"#, flag.name());
        assert!(account.ui_attributes.contains(&set), "{set}");
        let is_same_for_all = flags::SAME_FOR_ALL.contains(flag);
        assert_eq!(
            account.run(&["set", flag.name(), &value, "--worker", "ada"]),
            if is_same_for_all { 2 } else { 0 }
        );
        assert_eq!(account.worker.contains(&set), !is_same_for_all, "{set}");
    }
}

#[test]
fn a_word_needs_no_quotes() {
    for value in ["team", " team ", r#""team""#] {
        let mut account = Account::new();
        assert_eq!(account.run(&["set", "supervisors_see", value]), 0);
        assert_eq!(feature(&account)["supervisors_see"], "team", "{value}");
    }
}

#[test]
fn a_wrong_word_is_named_with_those_that_are_right() {
    for (value, expected) in [
        (
            "Teams",
            "expected `all` or `team` (did you mean `team`?). You wrote: Teams",
        ),
        ("nobody", "expected `all` or `team`. You wrote: nobody"),
        ("true", "expected `all` or `team`. You wrote: true"),
        (
            r#"["team"]"#,
            r#"expected `all` or `team`. You wrote: ["team"]"#,
        ),
    ] {
        let mut account = Account::new();
        assert_eq!(account.run(&["set", "supervisors_see", value]), 2);
        let said = account.warnings();
        assert!(said.contains(expected), "{said}");
        assert_eq!(account.posts(), 0);
    }
    let flags = r#"{"custom_data":{"features":{"park_interaction":{"supervisors_see":"al"}}}}"#;
    let folder = Folder::new(&[("common", flags), ("dev", "{}")]);
    let mut account = Account::new();
    assert_ne!(account.run_in(&folder, &DEPLOY), 0);
    let said = account.warnings();
    assert!(
        said.contains(
            "supervisors_see` is malformed: expected `all` or `team` (did you mean `all`?)"
        ),
        "{said}"
    );
}

#[test]
fn a_worker_has_no_own_value_of_what_is_the_same_for_all() {
    let mut account = Account::new();
    let line = ["set", "supervisors_see", "all", "--worker", "ada"];
    assert_eq!(account.run(&line), 2);
    assert!(account
        .warnings()
        .contains("`supervisors_see` cannot be set for a worker"));
    assert!(account.requests.is_empty());
}

/// Returns the account's flags as JSON.
fn feature(account: &Account) -> serde_json::Value {
    let all: serde_json::Value = serde_json::from_str(&account.ui_attributes).unwrap();
    all["custom_data"]["features"]["park_interaction"].clone()
}

#[test]
fn a_deploy_keeps_flags_that_no_file_names() {
    let folder = Folder::new(&[("common", "{}"), ("dev", "{}")]);
    let mut account = Account::new();
    assert_eq!(account.run_in(&folder, &["show-list", "on"]), 0);
    assert_eq!(account.run_in(&folder, &["set", "list_ttl_hours", "7"]), 0);
    let set = [("per_queue", r#"{"Sales":{"reasons":["Parts"]}}"#)];
    for (flag, value) in set {
        assert_eq!(account.run_in(&folder, &["set", flag, value]), 0);
    }
    let before = account.ui_attributes.clone();
    assert_eq!(account.run_in(&folder, &DEPLOY), 0);
    assert_eq!(account.ui_attributes, before);
}

#[test]
fn the_shipped_files_set_no_flag() {
    let shipped = FilePath::new(env!("CARGO_MANIFEST_DIR"));
    let common = files::read_one(shipped, files::COMMON).unwrap();
    assert!(check(std::slice::from_ref(&common)).edits.is_empty());
}

#[test]
fn an_installation_switches_on_only_where_nobody_has_decided() {
    let folder = Folder::new(&[("common", "{}"), ("dev", "{}")]);
    let install = ["deploy", "--environment", "dev", "--enable-unless-set"];
    let mut account = Account::new();
    assert_eq!(account.run_in(&folder, &install), 0);
    assert_eq!(account.ui_attributes, OTHERS, "it is off, and stays so");

    let mut account = Account::with(&OTHERS.replace(r#""enabled":false,"x""#, r#""x""#));
    assert_eq!(account.run_in(&folder, &install), 0);
    assert_eq!(feature(&account)["enabled"], json!(true));

    let off = r#"{"custom_data":{"features":{"park_interaction":{"enabled":false}}}}"#;
    let folder = Folder::new(&[("common", "{}"), ("dev", off)]);
    let mut account = Account::with(&OTHERS.replace(r#""enabled":false,"x""#, r#""x""#));
    assert_eq!(account.run_in(&folder, &install), 0);
    assert_eq!(feature(&account)["enabled"], json!(false));
}

#[test]
fn a_deploy_merges_the_flags_of_queues() {
    let file = |own: &str| {
        format!(r#"{{"custom_data":{{"features":{{"park_interaction":{{"per_queue":{own}}}}}}}}}"#)
    };
    let folder = Folder::new(&[
        (
            "common",
            &file(r#"{"Support":{"reason_required":true,"same_agent_seconds":10}}"#),
        ),
        (
            "dev",
            &file(r#"{"Support":{"same_agent_seconds":20},"Empty":{}}"#),
        ),
    ]);
    let mut account = Account::new();
    let sales = r#"{"Sales":{"reasons":["Parts"]},"Support":{"reasons":["A"]}}"#;
    assert_eq!(account.run_in(&folder, &["set", "per_queue", sales]), 0);
    assert_eq!(account.run_in(&folder, &DEPLOY), 0);
    assert_eq!(
        feature(&account)["per_queue"],
        json!({
            "Sales": { "reasons": ["Parts"] },
            "Support": { "reasons": ["A"], "reason_required": true, "same_agent_seconds": 20 },
        })
    );
}

#[test]
fn a_flag_is_set_and_unset_for_a_queue() {
    let queue = ["--queue", "Support"];
    let line = |words: &[&'static str]| [words, &queue[..]].concat();
    let mut account = Account::new();
    assert_eq!(account.run(&line(&["set", "reasons", r#"["Parts"]"#])), 0);
    assert_eq!(account.run(&line(&["set", "reason_required", "true"])), 0);
    assert_eq!(
        feature(&account)["per_queue"],
        json!({ "Support": { "reasons": ["Parts"], "reason_required": true } })
    );
    assert_eq!(account.run(&line(&["unset", "reasons"])), 0);
    assert_eq!(
        feature(&account)["per_queue"],
        json!({ "Support": { "reason_required": true } })
    );
    let worker = line(&["set", "reason_required", "true", "--worker", "ada"]);
    assert_eq!(account.run(&worker), 0);
    assert!(account
        .worker
        .contains(r#""per_queue":{"Support":{"reason_required":true}}"#));
}

#[test]
fn a_wrong_queue_and_a_wrong_flag_of_one_are_named() {
    let mut account = Account::new();
    let line = ["set", "reason_required", "true", "--queue", "Suport"];
    assert_eq!(account.run(&line), 2);
    assert!(account
        .warnings()
        .contains("no queue `Suport`. Did you mean `Support`?"));
    let mut account = Account::new();
    let line = ["set", "max_parked", "3", "--queue", "Support"];
    assert_eq!(account.run(&line), 2);
    assert!(account
        .warnings()
        .contains("`max_parked` cannot be set for a queue: expected one of `same_agent_seconds`"));
    assert!(account.requests.is_empty());
    assert_eq!(account.posts(), 0);
}

#[test]
fn an_unknown_flag_gets_a_suggestion() {
    for (wrong, meant) in [("show-lst", "show_list"), ("listttl", "list_ttl_hours")] {
        for line in [
            &["set", wrong, "1"][..],
            &["unset", wrong],
            &["set", wrong, "1", "--queue", "Support"],
            &["unset", wrong, "--queue", "Support"],
            &["unset", wrong, "--worker", "ada"],
        ] {
            let mut account = Account::new();
            assert_eq!(account.run(line), 2, "{line:?}");
            let said = account.warnings();
            let expected = format!("no flag `{wrong}`. Did you mean `{meant}`?");
            assert!(said.contains(&expected), "{said}");
            assert_eq!(account.posts(), 0);
        }
    }
}

#[test]
fn a_negative_number_is_named_as_a_wrong_value() {
    let mut account = Account::new();
    assert_eq!(account.run(&["set", "max_parked", "-1"]), 2);
    let said = account.warnings();
    assert!(
        said.contains(
            "max_parked` is malformed: expected a whole number from 0 to 50. You wrote: -1"
        ),
        "{said}"
    );
    assert!(account.requests.is_empty());
}

/// A key of a former version stays in the account until somebody removes it.
#[test]
fn an_unknown_key_of_ours_can_be_removed() {
    let mut account = Account::new();
    assert_eq!(account.run(&["unset", "x"]), 0);
    assert_eq!(account.ui_attributes, OTHERS.replace(r#","x":0.10"#, ""));
}

#[test]
fn a_change_is_written_only_when_it_is_confirmed() {
    let mut account = Account::new();
    account.confirms = false;
    assert_eq!(account.run(&["show-list", "on"]), 7);
    assert!(account
        .said
        .concat()
        .contains("show_list: (not set) → true"));
    assert_eq!(account.run(&DEPLOY), 7);
    assert_eq!(account.run(&["enable", "--worker", "ada"]), 7);
    assert_eq!((account.posts(), account.questions), (0, 3));
    assert_eq!(account.run(&["show-list", "on", "--yes"]), 0);
    assert_eq!((account.posts(), account.questions), (1, 3));
    assert_eq!(account.run(&["show-list", "off", "--dry-run"]), 0);
    assert_eq!((account.posts(), account.questions), (1, 3));
}

#[test]
fn a_saved_change_is_in_the_environments_file() {
    let folder = Folder::new(&[("common", "{}"), ("dev", r#"{"theirs":1.0}"#)]);
    let save = ["--save", "--environment", "dev"];
    let line = |words: &[&'static str]| [words, &save[..]].concat();
    let file = |name: &str| fs::read_to_string(folder.0.join(files::name(name))).unwrap();
    let mut account = Account::new();
    assert_eq!(account.run_in(&folder, &line(&["show-list", "on"])), 0);
    assert!(file("dev").contains(r#""show_list": true"#));
    assert!(file("dev").contains(r#""theirs": 1.0"#));
    assert_eq!(file("common"), "{}");
    let queue = line(&["set", "reason_required", "true", "--queue", "Support"]);
    assert_eq!(account.run_in(&folder, &queue), 0);
    assert!(file("dev").contains(r#""reason_required": true"#));
    let before = account.ui_attributes.clone();
    assert_eq!(account.run_in(&folder, &DEPLOY), 0);
    assert_eq!(account.ui_attributes, before);
    assert_eq!(account.run_in(&folder, &line(&["unset", "show_list"])), 0);
    assert!(!file("dev").contains("show_list"));
    assert!(!account.ui_attributes.contains("show_list"));
}

#[test]
fn nothing_is_saved_that_was_not_written() {
    let folder = Folder::new(&[("common", "{}"), ("dev", "{}")]);
    let save = ["--save", "--environment", "dev"];
    let mut account = Account::new();
    account.confirms = false;
    let line = [&["show-list", "on"][..], &save].concat();
    assert_eq!(account.run_in(&folder, &line), 7);
    account.confirms = true;
    let dry = [&line[..], &["--dry-run"]].concat();
    assert_eq!(account.run_in(&folder, &dry), 0);
    assert_eq!(
        fs::read_to_string(folder.0.join(files::name("dev"))).unwrap(),
        "{}"
    );

    let bad = Folder::new(&[("common", "{}"), ("dev", r#"{"custom_data":3}"#)]);
    assert_eq!(account.run_in(&bad, &line), 3);
    assert_eq!(
        (account.posts(), account.ui_attributes.as_str()),
        (0, OTHERS)
    );
}

#[test]
fn a_file_that_would_undo_a_change_is_named() {
    let mut account = Account::new();
    assert_eq!(account.run(&["set", "list_ttl_hours", "24"]), 0);
    let said = account.warnings();
    for (file, value) in [("common", "48"), ("dev", "12")] {
        let what = format!("ui_attributes.{file}.json says `custom_data.features.park_interaction.list_ttl_hours`: {value},");
        assert!(said.contains(&what), "{said}");
    }
    let mut account = Account::new();
    let saved = [
        "set",
        "list_ttl_hours",
        "48",
        "--save",
        "--environment",
        "dev",
    ];
    assert_eq!(account.run(&saved), 0);
    assert_eq!(account.warnings(), "");
}

#[test]
fn the_values_in_the_account_are_checked() {
    let mut account = Account::new();
    account.ui_attributes = r#"{"custom_data":{"features":{"park_interaction":{"enabled":true,"show_lst":true,"list_ttl_hours":"7","queues":["Nowhere"],"reasons":null}}},"other":{"show_list":1}}"#.into();
    account.worker =
        r#"{"config_overrides":{"features":{"park_interaction":{"auto_accept":1}}}}"#.into();
    assert_eq!(account.run(&["check", "--account"]), 3);
    let said = account.warnings();
    for what in [
        "warning: Flex's configuration: `custom_data.features.park_interaction.show_lst` is unknown, so not read: did you mean `custom_data.features.park_interaction.show_list`?\n  Mend it: npm run flex-config -- unset show_lst",
        "warning: Flex's configuration: `custom_data.features.park_interaction.queues` names the queue `Nowhere`",
        "list_ttl_hours` is malformed: expected a whole number from 0 to 8760, but there is \"7\"\n  Mend it: npm run flex-config -- unset list_ttl_hours",
        &format!("error: worker ada: `config_overrides.features.park_interaction.auto_accept` is malformed: expected true or false, but there is 1\n  Mend it: npm run flex-config -- unset auto_accept --worker {ADA}"),
    ] {
        assert!(said.contains(what), "{what}\n---\n{said}");
    }
    assert!(!said.contains("other"), "{said}");
    assert_eq!(account.posts(), 0);

    let mut account = Account::new();
    account.ui_attributes = OTHERS.replace(r#","x":0.10"#, "");
    assert_eq!(account.run(&["check", "--account", "--json"]), 0);
    assert_eq!(account.said, [r#"{"enabled":false,"findings":[]}"#]);
}

#[test]
fn a_wrong_reason_is_named_by_its_place() {
    let long = "x".repeat(61);
    let many = ["x"; 21].join(r#"",""#);
    for (value, what) in [
        (
            format!(r#"["Waiting","{long}"]"#),
            "reasons[1]` is malformed: expected a text of 1 to 60 characters",
        ),
        (
            format!(r#"["{many}"]"#),
            "reasons` is malformed: expected a list of at most 20",
        ),
    ] {
        let mut account = Account::new();
        assert_eq!(account.run(&["set", "reasons", &value]), 2, "{value}");
        assert!(account.warnings().contains(what), "{}", account.warnings());
    }
}

#[test]
fn a_wrong_flag_of_a_queue_is_named_by_its_path() {
    for (own, path, expected) in [
        (
            r#"{"same_agent_seconds":3601}"#,
            "per_queue.Support.same_agent_seconds",
            "a whole number from 0 to 3600",
        ),
        (
            r#"{"same_agent_seconds":null}"#,
            "per_queue.Support.same_agent_seconds",
            "a value",
        ),
        (
            r#"{"reasons":["Parts",""]}"#,
            "per_queue.Support.reasons[1]",
            "a text of 1 to 60 characters",
        ),
        (
            r#"{"reason_required":"yes"}"#,
            "per_queue.Support.reason_required",
            "true or false",
        ),
        (
            r#"{"max_parked":3}"#,
            "per_queue.Support.max_parked",
            "one of the flags `same_agent_seconds`, `reasons`, `reason_required`",
        ),
        (r#"{},"Support":{}"#, "per_queue.Support", "each queue once"),
        ("3", "per_queue.Support", "an object"),
    ] {
        let value = format!(r#"{{"Support":{own}}}"#);
        let mut account = Account::new();
        assert_eq!(account.run(&["set", "per_queue", &value]), 2, "{value}");
        let what = format!("{path}` is malformed: expected {expected}");
        assert!(
            account.warnings().contains(&what),
            "{what}: {}",
            account.warnings()
        );
    }
}

#[test]
fn a_value_that_a_flag_cannot_have_is_a_mistake_of_the_command_line() {
    for (flag, value) in [
        ("show_list", "on"),
        ("show_list", "1"),
        ("show_list", "null"),
        ("list_ttl_hours", "8761"),
        ("list_ttl_hours", "true"),
        ("list_ttl_hours", "a day"),
        ("reasons", "Waiting"),
        ("reasons", r#"["Waiting"#),
        ("reasons", "null"),
        ("reasons", "{}"),
        ("reasons", r#"["Waiting",""]"#),
        ("reasons", "[1]"),
        ("channels", "web"),
        ("channels", "null"),
        ("queues", r#"{"Support":{}}"#),
        ("max_parked_hint", "51"),
        ("max_parked_hint", "null"),
        ("wait_minutes", "60"),
        ("wait_minutes", "null"),
        ("wait_minutes", "[0]"),
        ("wait_minutes", "[43201]"),
        ("wait_minutes", "[1,2,3,4,5]"),
        ("wait_minutes", "[null]"),
        ("per_queue", "null"),
        ("per_queue", "[]"),
        ("per_queue", r#"{"Support":null}"#),
    ] {
        let mut account = Account::new();
        assert_eq!(account.run(&["set", flag, value]), 2, "{flag} {value}");
        assert!(account.warnings().contains(flag), "{}", account.warnings());
        assert!(account.requests.is_empty());
    }
}

#[test]
fn a_worker_has_flags_of_their_own_and_loses_only_those() {
    let mut account = Account::new();
    for who in ["ada", ADA] {
        assert_eq!(
            account.run(&["enable", "--worker", who]),
            0,
            "{}",
            account.warnings()
        );
        assert!(account.settings().is_some());
        assert_eq!(
            account.worker,
            ATTRIBUTES.replace("1.50}", r#"1.50},"park_interaction":{"enabled":true}"#)
        );
    }
    assert_eq!(
        (account.posts(), account.ui_attributes.as_str()),
        (1, OTHERS)
    );

    assert_eq!(account.run(&["reset-worker", "--worker", "ada"]), 0);
    assert_eq!(account.settings(), None);
    assert_eq!(
        account.worker,
        ATTRIBUTES.replace("1.50}", r#"1.50},"park_interaction":{}"#)
    );
}

#[test]
fn a_worker_whom_somebody_else_changes_is_left_alone() {
    let mut account = Account::new().at(
        4,
        Event::Before(|account| account.worker = account.worker.replace("42.0", "43")),
    );
    assert_eq!(account.run(&["enable", "--worker", "ada"]), 5);
    assert_eq!(account.posts(), 0);
    assert!(account.warnings().contains("`shoe`"));
}

#[test]
fn a_worker_who_is_not_there_is_named() {
    for who in ["bob", "WK0000000000000000000000000000000f"] {
        let mut account = Account::new();
        assert_eq!(account.run(&["enable", "--worker", who]), 2);
        assert!(
            account.warnings().contains(&format!("no worker `{who}`")),
            "{}",
            account.warnings()
        );
    }
    let mut account = Account::new();
    account.worker = "[]".into();
    assert_eq!(account.run(&["enable", "--worker", "ada"]), 3);
    assert!(account.warnings().contains("expected a JSON object"));
}

#[test]
fn the_environment_wins_over_the_common_file_key_by_key() {
    let folder = Folder::new(&[
        (
            "common",
            r#"{"custom_data":{"serverless_functions_domain":"a.twil.io","features":{"park_interaction":{"enabled":true,"show_list":true}}}}"#,
        ),
        (
            "dev",
            r#"{"custom_data":{"features":{"park_interaction":{"show_list":false,"auto_accept":false}}}}"#,
        ),
    ]);
    let mut account = Account::with("{}");
    assert_eq!(account.run_in(&folder, &DEPLOY), 0);
    assert_eq!(
        account.ui_attributes,
        r#"{"custom_data":{"serverless_functions_domain":"a.twil.io","features":{"park_interaction":{"enabled":true,"show_list":false,"auto_accept":false}}}}"#
    );
}

#[test]
fn the_domain_gets_into_a_file_and_everything_else_there_stays() {
    let dev =
        r#"{"theirs":[1.0,{}],"custom_data":{"serverless_functions_domain":"a.twil.io","z":[]}}"#;
    let folder = Folder::new(&[
        ("common", "{}"),
        ("dev", &format!("\u{feff}{dev}")),
        ("odd", r#"{"custom_data":[]}"#),
    ]);
    let mut account = Account::new();
    let read = |name| fs::read_to_string(folder.0.join(files::name(name))).unwrap();

    assert_eq!(
        account.run_in(
            &folder,
            &["set-domain", "b-2.twil.io", "--environment", "dev"]
        ),
        0
    );
    assert_eq!(
        read("dev"),
        "{\n  \"theirs\": [\n    1.0,\n    {}\n  ],\n  \"custom_data\": {\n    \"serverless_functions_domain\": \"b-2.twil.io\",\n    \"z\": []\n  }\n}\n"
    );
    assert_eq!(
        account.run_in(
            &folder,
            &["set-domain", "b-2.twil.io", "--environment", "new"]
        ),
        0
    );
    assert_eq!(
        read("new"),
        "{\n  \"$schema\": \"./schema.json\",\n  \"custom_data\": {\n    \"serverless_functions_domain\": \"b-2.twil.io\"\n  }\n}\n"
    );
    for (domain, environment) in [("https://b", "dev"), ("b.twil.io", "odd")] {
        let before = read(environment);
        assert_eq!(
            account.run_in(
                &folder,
                &["set-domain", domain, "--environment", environment]
            ),
            3
        );
        assert_eq!(read(environment), before);
    }
    assert!(account.requests.is_empty());
}

#[test]
fn check_looks_at_every_environment() {
    let folder = Folder::new(&[("common", "{}"), ("a", "{}"), ("b", "[]")]);
    let mut account = Account::new();
    assert_eq!(account.run_in(&folder, &["check", "--environment", "a"]), 0);
    assert_eq!(account.run_in(&folder, &["check"]), 3);
    assert_eq!(
        account.warned,
        ["error: ui_attributes.b.json: the file is malformed: expected an object"]
    );
    assert!(account.requests.is_empty());
}

#[test]
fn check_warns_of_a_file_for_which_there_can_be_no_environment() {
    let folder = Folder::new(&[("common", "{}"), ("Prod", "{}"), ("dev", "{}")]);
    let mut account = Account::new();
    assert_eq!(account.run_in(&folder, &["check"]), 0);
    assert_eq!(
        account.warned,
        ["warning: ui_attributes.Prod.json: no command takes Prod as an environment: expected a name of 1 to 16 of a-z, 0-9 and -, such as production. Did you mean prod?"]
    );
}

/// Any JSON, as compact text, with numbers that no float holds.
fn any_json() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec![
        "null",
        "true",
        "1.0",
        "-0",
        "1e2",
        "0.10",
        "123456789012345678901234567890",
        "\"\"",
        r#""a\u00e9\"b""#,
    ])
    .prop_map(str::to_owned);
    scalar.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            object(inner),
        ]
    })
}

/// An object of such values, some of them under names of our paths.
fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let ours = keys::all().into_iter().flat_map(|key| key.path);
    let others = ["a", "b.c", "é"].into_iter().map(String::from);
    let names: BTreeSet<String> = ours.chain(others).collect();
    let names = prop::sample::select(Vec::from_iter(names));
    prop::collection::btree_map(names, value, 0..5).prop_map(|entries| {
        let entries: Vec<_> = entries
            .iter()
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect();
        format!("{{{}}}", entries.join(","))
    })
}

/// An account's object: anything, or with all objects of our paths.
fn any_account() -> impl Strategy<Value = String> {
    let ours = (any_json(), object(any_json()), any_json()).prop_map(|(a, ours, z)| {
        format!(r#"{{"a":{a},"custom_data":{{"x":{z},"features":{{"y":{a},"park_interaction":{ours}}},"z":{z}}},"q":{z}}}"#)
    });
    prop_oneof![object(any_json()), ours]
}

fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = |key: Key| {
        prop::option::of(any_json()).prop_map(move |value| Edit {
            only_if_absent: false,
            path: key.path.clone(),
            value: value.map(|text| RawValue::from_string(text).unwrap()),
        })
    };
    let chosen = |key| prop::option::of(edit(key));
    let edits: Vec<_> = keys::all().into_iter().map(chosen).collect();
    edits.prop_map(|edits| edits.into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_an_account_holds_nothing_of_others_is_ever_changed(text in any_account(), edits in any_edits()) {
        let before = Attributes::parse(&text).unwrap();
        let Ok(planned) = plan(&before, &edits) else {
            // A path of ours is blocked by a value of somebody else's, which is not replaced.
            return Ok(());
        };
        let after = planned.result.text();

        // Every difference lies on a path of ours.
        for path in raw::differences(&text, &after) {
            let is_ours = |edit: &Edit| edit.path.starts_with(&path) || path.starts_with(&edit.path);
            prop_assert!(edits.iter().any(is_ours), "{path:?}");
        }

        // With our values undone, the whole text is as before, but for objects that had to be made.
        let back: Vec<Edit> = planned.changes.iter().rev().map(|change| Edit {
            only_if_absent: false,
            path: change.path.clone(),
            value: change.old.clone().map(|text| RawValue::from_string(text).unwrap()),
        }).collect();
        let mut restored = planned.result;
        for Edit { path, value, .. } in back {
            raw::put(&mut restored, &path, value).unwrap();
        }
        for path in raw::differences(&text, &restored.text()) {
            prop_assert!(on_our_way(&path), "{path:?}");
        }
        if has_our_objects(&before) && planned.changes.iter().all(|change| change.old.is_some() && change.new.is_some()) {
            prop_assert_eq!(restored.text(), text);
        }
    }

    #[test]
    fn a_change_is_named_exactly_when_the_key_says_something_else(text in any_account(), edits in any_edits()) {
        let before = Attributes::parse(&text).unwrap();
        let Ok(planned) = plan(&before, &edits) else { return Ok(()); };
        prop_assert!(plan(&planned.result, &edits).unwrap().changes.is_empty());
        for edit in &edits {
            let is = raw::get(&planned.result, &edit.path).unwrap();
            match (&edit.value, is) {
                (Some(wanted), Some(is)) => prop_assert!(raw::same(wanted.get(), is.get())),
                (wanted, is) => prop_assert!(wanted.is_none() && is.is_none()),
            }
        }
    }
}

/// Returns true if an object may have been made here.
fn on_our_way(path: &Path) -> bool {
    let ways = [CUSTOM_DATA].into_iter().chain(FEATURE);
    path.iter().zip(ways).all(|(name, way)| name == way) && path.len() <= 3
}

fn has_our_objects(object: &Attributes) -> bool {
    let way: Path = [CUSTOM_DATA]
        .iter()
        .chain(&FEATURE)
        .map(|&name| name.into())
        .collect();
    matches!(raw::get(object, &way), Ok(Some(ours)) if ours.get().starts_with('{'))
}
