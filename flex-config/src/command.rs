//! The commands.

use std::path::{Path as FilePath, PathBuf};
use std::slice;

use park_interaction::attributes::Attributes;
use park_interaction::flags::{self, FEATURE, FLAGS};
use park_interaction::plugin::json::Json;
use serde_json::value::RawValue;

use crate::account::Account;
use crate::apply::{self, Look, Wish};
use crate::args::{Args, Command, OnOff, Switching};
use crate::check::{check, Checked};
use crate::credentials;
use crate::failure::{Failure, DIFFERENT, DONE};
use crate::files;
use crate::generated;
use crate::keys::{self, Key, CONFIG_OVERRIDES, CUSTOM_DATA};
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
        Command::Check { environment } => {
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
            dry_run,
        } => {
            let wish = files_wish(&folder, environment, outside)?;
            change(&wish, *dry_run, WHO_WINS, outside)
        }
        Command::SetDomain {
            domain,
            environment,
        } => {
            set_domain(&folder, environment, domain, outside)?;
            Ok(DONE)
        }
        Command::Enable(switching) => set(FLAGS.enabled.name, "true", switching, outside),
        Command::Disable(switching) => set(FLAGS.enabled.name, "false", switching, outside),
        Command::ShowList { value, switching } => {
            let value = if *value == OnOff::On { "true" } else { "false" };
            set(FLAGS.show_list.name, value, switching, outside)
        }
        Command::Set {
            flag,
            value,
            switching,
        } => set(flag, value, switching, outside),
        Command::ResetWorker { worker, dry_run } => {
            let wish = Wish {
                target: Target::Worker(worker.clone()),
                edits: flags::ALL
                    .iter()
                    .map(|described| Edit {
                        path: Key::of_flag(CONFIG_OVERRIDES, described.flag).path,
                        value: None,
                    })
                    .collect(),
                must_work: false,
            };
            change(
                &wish,
                *dry_run,
                "Without flags of their own, a worker has those that everybody has.",
                outside,
            )
        }
        Command::Generate => {
            generated::write(&folder)?;
            outside.say("The schema and the tables are what the flags say.");
            Ok(DONE)
        }
    }
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
    let file = files::with_domain(folder, environment, domain)?;
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

/// Sets a flag in the account, for everybody or for one worker, to a value as JSON writes it.
fn set(
    flag: &str,
    value: &str,
    switching: &Switching,
    outside: &mut dyn Outside,
) -> Result<u8, Failure> {
    let (target, root, note) = match &switching.worker {
        None => (
            Target::Everybody,
            CUSTOM_DATA,
            "The files are as they were: what they say about this comes back with the next `deploy`.",
        ),
        Some(worker) => (
            Target::Worker(worker.clone()),
            CONFIG_OVERRIDES,
            "For this worker it wins over what everybody has, until `reset-worker` takes it away. It takes effect when the worker next loads Flex.",
        ),
    };
    let edit = edit(root, flag, value).map_err(|why| Failure::Misused(format!("error: {why}")))?;
    let wish = Wish {
        target,
        edits: vec![edit],
        must_work: (flag, value) != (FLAGS.enabled.name, "false"),
    };
    change(&wish, switching.dry_run, note, outside)
}

/// Returns the change that sets a flag, if that is a value for it.
fn edit(root: &str, flag: &str, value: &str) -> Result<Edit, String> {
    let described = flags::ALL.iter().find(|known| known.flag.name() == flag);
    let described = described.ok_or_else(|| format!("there is no flag `{flag}`"))?;
    let key = Key::of_flag(root, described.flag);
    // A text that is no JSON is no value for any flag.
    let json = parsed::json(value).unwrap_or_else(|_| Json::Text(value.into()));
    key.check(&json)
        .map_err(|malformed| malformed.to_string())?;
    Ok(Edit {
        path: key.path,
        value: RawValue::from_string(value.trim().into()).ok(),
    })
}

fn change(
    wish: &Wish,
    dry_run: bool,
    note: &str,
    outside: &mut dyn Outside,
) -> Result<u8, Failure> {
    credentials::check(outside)?;
    let look = look(wish, outside)?;
    if look.plan.changes.is_empty() {
        return Ok(DONE);
    }
    if dry_run {
        outside.say("Dry run: nothing was written.");
    } else {
        apply::write(wish, &look, &mut Account { outside })?;
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
