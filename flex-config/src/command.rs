//! The commands.

use std::path::{Path as FilePath, PathBuf};
use std::slice;

use park_interaction::attributes::Attributes;
use park_interaction::flags::{self, Flag, FEATURE, FLAGS, PER_QUEUE, SAME_FOR_ALL};
use park_interaction::plugin::json::Json;
use park_interaction::plugin::settings::DOMAIN;
use serde_json::value::{to_raw_value, RawValue};

use crate::account::Account;
use crate::apply::{self, Look, Wish};
use crate::args::{
    environment_expected, is_environment, Args, Command, Confirming, OnOff, Switching,
};
use crate::check::{check, Checked, Severity};
use crate::credentials;
use crate::failure::{Failure, DIFFERENT, DONE};
use crate::files::{self, File};
use crate::generated;
use crate::inspect::inspect;
use crate::keys::{self, Key, CONFIG_OVERRIDES, CUSTOM_DATA};
use crate::nearest::suggestion;
use crate::outside::Outside;
use crate::parsed;
use crate::plan::{Change, Edit};
use crate::raw;
use crate::target::Target;

const WHO_WINS: &str = "Where the files name one of our keys, the files win: they are what is reviewed and can be deployed again. \
                        Everything else is the account's and stays as it is.";

/// Runs a command. Returns the exit code unless it failed.
pub fn run(args: &Args, outside: &mut dyn Outside) -> Result<u8, Failure> {
    let folder = args
        .folder
        .clone()
        .or_else(|| outside.variable("FLEX_CONFIG_FOLDER").map(PathBuf::from))
        .unwrap_or_else(|| ".".into());
    match &args.command {
        Command::Check {
            account: true,
            json,
            ..
        } => check_account(*json, outside),
        Command::Check { environment, .. } => {
            check_files(&folder, environment.as_deref(), outside)?;
            Ok(DONE)
        }
        Command::Diff { environment } => {
            let wish = files_wish(&folder, environment, outside)?;
            credentials::check(outside)?;
            let look = look(&wish, outside)?;
            Ok(if look.plan.changes.is_empty() {
                DONE
            } else {
                outside.say(WHO_WINS);
                DIFFERENT
            })
        }
        Command::Deploy {
            environment,
            enable_unless_set,
            confirming,
        } => deploy(
            &folder,
            environment,
            *enable_unless_set,
            *confirming,
            outside,
        ),
        Command::SetDomain {
            domain,
            environment,
        } => {
            set_domain(&folder, environment, domain, outside)?;
            Ok(DONE)
        }
        Command::Enable(switching) => set(
            &folder,
            FLAGS.enabled.name,
            Some("true"),
            None,
            switching,
            outside,
        ),
        Command::Disable(switching) => set(
            &folder,
            FLAGS.enabled.name,
            Some("false"),
            None,
            switching,
            outside,
        ),
        Command::ShowList { value, switching } => {
            let value = if *value == OnOff::On { "true" } else { "false" };
            set(
                &folder,
                FLAGS.show_list.name,
                Some(value),
                None,
                switching,
                outside,
            )
        }
        Command::Set {
            flag,
            value,
            queue,
            switching,
        } => set(
            &folder,
            flag,
            Some(value),
            queue.as_deref(),
            switching,
            outside,
        ),
        Command::Unset {
            flag,
            queue,
            switching,
        } => set(&folder, flag, None, queue.as_deref(), switching, outside),
        Command::ResetWorker { worker, confirming } => reset(worker, *confirming, outside),
        Command::Generate => {
            generated::write(&folder)?;
            outside.say("The schema and the tables are what the flags say.");
            Ok(DONE)
        }
    }
}

/// Writes the values of the files. `enable`: agents can park afterwards, unless somebody has decided about that.
fn deploy(
    folder: &FilePath,
    environment: &str,
    enable: bool,
    confirming: Confirming,
    outside: &mut dyn Outside,
) -> Result<u8, Failure> {
    let mut wish = files_wish(folder, environment, outside)?;
    if enable {
        let on = edit(CUSTOM_DATA, FLAGS.enabled.any(), None, "true").map_err(Failure::Misused)?;
        wish.edits.push(Edit {
            only_if_absent: true,
            ..on
        });
    }
    change(&wish, confirming, WHO_WINS, outside)
}

fn reset(worker: &str, confirming: Confirming, outside: &mut dyn Outside) -> Result<u8, Failure> {
    let keys = keys::of_worker().into_iter();
    let wish = Wish {
        target: Target::Worker(worker.to_owned()),
        edits: keys.map(|key| Edit::new(key.path, None)).collect(),
        must_work: false,
    };
    let note = "Without flags of their own, a worker has those that everybody has.";
    change(&wish, confirming, note, outside)
}

/// Checks the values in the account. As JSON for programs, it is done whatever it finds.
fn check_account(json: bool, outside: &mut dyn Outside) -> Result<u8, Failure> {
    credentials::check(outside)?;
    let inspected = inspect(&mut Account { outside })?;
    if json {
        outside.say(&serde_json::to_string(&inspected).unwrap_or_default());
        return Ok(DONE);
    }
    let mut errors = Vec::new();
    for found in &inspected.findings {
        let line = format!("{}\n  Mend it: {}", found.finding, found.mend);
        match found.finding.severity {
            Severity::Error => errors.push(line),
            Severity::Warning => outside.warn(&line),
        }
    }
    if errors.is_empty() {
        outside.say("Checked: the values in the account.");
        return Ok(DONE);
    }
    Err(Failure::Wrong(errors.join("\n")))
}

fn check_files(
    folder: &FilePath,
    environment: Option<&str>,
    outside: &mut dyn Outside,
) -> Result<(), Failure> {
    let environments = match environment {
        Some(environment) => vec![environment.to_owned()],
        None => files::environments(folder)?,
    };
    let mut checked = Checked::default();
    if environments.is_empty() {
        checked = check(&[files::read_one(folder, files::COMMON)?]);
    }
    for environment in &environments {
        let mut found = check(&files::read(folder, environment)?).findings;
        found.retain(|finding| !checked.findings.contains(finding));
        checked.findings.append(&mut found);
    }
    checked.report(outside)?;
    for environment in environments.iter().filter(|name| !is_environment(name)) {
        outside.warn(&format!(
            "warning: {}: no command takes {environment} as an environment: {}",
            files::name(environment),
            environment_expected(environment)
        ));
    }
    let names: Vec<_> = [files::COMMON.to_owned()]
        .into_iter()
        .chain(environments)
        .map(|name| files::name(&name))
        .collect();
    outside.say(&format!("Checked: {}", names.join(", ")));
    Ok(())
}

/// Writes the domain into an environment's file, which is checked with the domain in it before.
fn set_domain(
    folder: &FilePath,
    environment: &str,
    domain: &str,
    outside: &mut dyn Outside,
) -> Result<(), Failure> {
    let path = vec![CUSTOM_DATA.to_owned(), DOMAIN.to_owned()];
    let edit = Edit::new(path, to_raw_value(domain).ok());
    let file = files::with_edits(folder, environment, &[edit])?;
    check(slice::from_ref(&file)).report(outside)?;
    files::write(folder, &file)?;
    outside.say(&format!("{}: the domain is {domain}.", file.name));
    Ok(())
}

fn files_wish(
    folder: &FilePath,
    environment: &str,
    outside: &mut dyn Outside,
) -> Result<Wish, Failure> {
    let checked = check(&files::read(folder, environment)?);
    Ok(Wish {
        target: Target::Everybody,
        edits: checked.report(outside)?,
        must_work: true,
    })
}

/// Sets a flag in the account, for everybody, for a queue or for one worker, to a value as JSON writes it. Without a value, the flag is
/// removed.
fn set(
    folder: &FilePath,
    flag: &str,
    value: Option<&str>,
    queue: Option<&str>,
    switching: &Switching,
    outside: &mut dyn Outside,
) -> Result<u8, Failure> {
    let misused = |why: String| Failure::Misused(format!("error: {why}"));
    let (target, root) = match &switching.worker {
        None => (Target::Everybody, CUSTOM_DATA),
        Some(worker) => (Target::Worker(worker.clone()), CONFIG_OVERRIDES),
    };
    let known = find(flag);
    if let (Ok(known), Some(_), Some(_)) = (&known, value, &switching.worker) {
        if SAME_FOR_ALL.contains(known) {
            return Err(misused(format!(
                "`{flag}` cannot be set for a worker: it is the same for all."
            )));
        }
    }
    let edit = match (&known, value) {
        (Ok(known), Some(value)) => edit(root, *known, queue, value).map_err(misused)?,
        (Ok(known), None) => Edit::new(key(root, *known, queue).map_err(misused)?.path, None),
        (Err(why), Some(_)) => return Err(misused(why.clone())),
        (Err(why), None) => unknown(root, flag, queue, why).map_err(misused)?,
    };
    if let Err(why) = known {
        // By a name that nobody knows, only a key that is there is removed.
        credentials::check(outside)?;
        let object = target.read(&mut Account { outside })?.object();
        if raw::get(&object, &edit.path).ok().flatten().is_none() {
            return Err(misused(why));
        }
    }
    let file = saved(folder, switching, &edit, outside)?;
    if let Some(queue) = queue {
        credentials::check(outside)?;
        Account { outside }.check_queue(queue)?;
    }
    let wish = Wish {
        target,
        // Whatever else is wrong, the feature can be turned off, and a value can be taken away.
        must_work: value.is_some() && (flag, value) != (FLAGS.enabled.name, Some("false")),
        edits: vec![edit.clone()],
    };
    let code = change(
        &wish,
        switching.confirming,
        &note(switching, queue),
        outside,
    )?;
    if let Some(file) = file {
        if switching.confirming.dry_run {
            outside.say(&format!("{} would say the same.", file.name));
        } else {
            files::write(folder, &file)?;
            outside.say(&format!("Saved in {}.", file.name));
        }
    }
    warn_of_files(folder, switching, &edit, outside)?;
    Ok(code)
}

/// Returns the environment's file with the change in it, checked; none without `--save`.
fn saved(
    folder: &FilePath,
    switching: &Switching,
    edit: &Edit,
    outside: &mut dyn Outside,
) -> Result<Option<File>, Failure> {
    let Some(environment) = switching.environment.as_deref().filter(|_| switching.save) else {
        return Ok(None);
    };
    let file = files::with_edits(folder, environment, slice::from_ref(edit))?;
    check(slice::from_ref(&file)).report(outside)?;
    Ok(Some(file))
}

/// Warns of each file that says something else about the key: the next `deploy` would bring that back.
fn warn_of_files(
    folder: &FilePath,
    switching: &Switching,
    edit: &Edit,
    outside: &mut dyn Outside,
) -> Result<(), Failure> {
    if switching.worker.is_some() || switching.confirming.dry_run {
        return Ok(());
    }
    let wanted = edit.value.as_ref().map(|value| value.get());
    for environment in files::environments(folder)?
        .into_iter()
        .chain([files::COMMON.to_owned()])
    {
        let Ok(file) = files::read_one(folder, &environment) else {
            continue;
        };
        let object = Attributes::parse(&file.text).unwrap_or_default();
        let Some(said) = raw::get(&object, &edit.path).ok().flatten() else {
            continue;
        };
        // The environment's own file wins over the common one.
        let is_beaten = environment == files::COMMON && switching.save && wanted.is_some();
        let is_same = wanted.is_some_and(|wanted| raw::same(said.get(), wanted));
        if !is_same && !is_beaten {
            outside.warn(&format!(
                "warning: {} says `{}`: {}, which the next `deploy` of that environment brings back. Change it there: --save --environment NAME",
                file.name,
                edit.path.join("."),
                said.get()
            ));
        }
    }
    Ok(())
}

fn note(switching: &Switching, queue: Option<&str>) -> String {
    let note = match (&switching.worker, queue) {
        (Some(_), Some(_)) => {
            "For this worker, these flags of queues replace those of everybody, until `reset-worker` takes them away. It takes effect when the worker next loads Flex."
        }
        (Some(_), None) => {
            "For this worker it wins over what everybody has, until `reset-worker` takes it away. It takes effect when the worker next loads Flex."
        }
        (None, _) => "Agents see it after they reload Flex.",
    };
    note.to_owned()
}

/// Returns the flag with this name.
fn find(name: &str) -> Result<Flag, String> {
    let flags = || flags::ALL.iter().map(|described| described.flag);
    let found = flags().find(|flag| flag.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = flags().map(|flag| flag.name()).collect();
        let suggestion = suggestion(name, names.iter().copied());
        format!(
            "there is no flag `{name}`.{suggestion} There are: {}.",
            names.join(", ")
        )
    })
}

/// Returns the key of a flag, of all queues or of one.
fn key(root: &str, flag: Flag, queue: Option<&str>) -> Result<Key, String> {
    let Some(queue) = queue else {
        return Ok(Key::of_flag(root, flag));
    };
    Key::of_queue(root, queue, flag).ok_or_else(|| {
        format!(
            "`{}` cannot be set for a queue: expected one of `{}`.",
            flag.name(),
            PER_QUEUE.map(|flag| flag.name()).join("`, `")
        )
    })
}

/// Returns the edit that removes a key of our feature that is no flag, such as one of a former version.
fn unknown(root: &str, name: &str, queue: Option<&str>, why: &str) -> Result<Edit, String> {
    if queue.is_some() || name.is_empty() {
        return Err(why.to_owned());
    }
    let [features, feature] = FEATURE;
    let path = [root, features, feature, name].map(Into::into).into();
    Ok(Edit::new(path, None))
}

/// Returns the change that sets a flag, if that is a value for it.
fn edit(root: &str, flag: Flag, queue: Option<&str>, value: &str) -> Result<Edit, String> {
    let key = key(root, flag, queue)?;
    let value = value.trim();
    // A text that is no JSON is a word.
    let (json, raw) = match parsed::json(value) {
        Ok(json) => (json, value.to_owned()),
        Err(_) => (
            Json::Text(value.into()),
            serde_json::Value::from(value).to_string(),
        ),
    };
    key.check(&json)
        .map_err(|malformed| format!("{malformed}. You wrote: {value}"))?;
    Ok(Edit::new(key.path, RawValue::from_string(raw).ok()))
}

fn change(
    wish: &Wish,
    confirming: Confirming,
    note: &str,
    outside: &mut dyn Outside,
) -> Result<u8, Failure> {
    credentials::check(outside)?;
    let look = look(wish, outside)?;
    if look.plan.changes.is_empty() {
        return Ok(DONE);
    }
    if confirming.dry_run {
        outside.say("Dry run: nothing was written.");
        return Ok(DONE);
    }
    if confirming.yes || outside.confirm("Write this?") {
        apply::write(wish, &look, &mut Account { outside })?;
    } else {
        return Err(Failure::Declined("Nothing was written.".into()));
    }
    outside.say(note);
    Ok(DONE)
}

fn look(wish: &Wish, outside: &mut dyn Outside) -> Result<Look, Failure> {
    let look = apply::look(wish, &mut Account { outside })?;
    if let Some(warning) = moved(&look.plan.changes, &look.plan.result) {
        outside.warn(&warning);
    }
    Ok(look)
}

/// Returns a warning if the keys of the Functions' address change, since the flex-project-template's other features use them too.
fn moved(changes: &[Change], result: &Attributes) -> Option<String> {
    let keys = keys::all();
    let moves = changes.iter().any(|change| {
        let is_place = |key: &Key| key.is_place() && key.path == change.path;
        change.old.is_some() && keys.iter().any(is_place)
    });
    let [features, own] = FEATURE;
    let path = [CUSTOM_DATA.to_owned(), features.to_owned()];
    let all = raw::get(result, &path).ok()??;
    let all = Attributes::parse(all.get()).ok()?;
    let others: Vec<_> = all.keys().filter(|name| *name != own).collect();
    (moves && !others.is_empty()).then(|| {
        format!(
            "warning: other features may look for their functions at the same address, and would look at the new one: `{}`",
            others.join("`, `")
        )
    })
}
