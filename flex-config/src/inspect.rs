//! The check of the values in an account: of everybody's flags, and of each worker's.

use park_interaction::attributes::Attributes;
use park_interaction::flags::FLAGS;
use park_interaction::plugin::json::Json;
use serde::Serialize;

use crate::account::{is_a_queue, Account, Queue, Worker};
use crate::check::{check_account, Finding, Severity};
use crate::failure::Failure;
use crate::keys::{self, Key, CONFIG_OVERRIDES, CUSTOM_DATA};
use crate::parsed;
use crate::raw::{self, Path};
use crate::target::Target;

/// The state of the flags in an account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspected {
    /// True if agents can park.
    enabled: bool,
    pub findings: Vec<Found>,
}

/// A finding with the command that mends it.
#[derive(Debug, Serialize)]
pub struct Found {
    #[serde(flatten)]
    pub finding: Finding,
    pub mend: String,
}

/// Reads the account and checks it.
pub fn inspect(account: &mut Account<'_>) -> Result<Inspected, Failure> {
    let state = Target::Everybody.read(account)?;
    let everybody = state.object();
    let queues = account.queues(state.configuration())?;
    let workers = account.workers(state.configuration())?;

    let mut findings = of(EVERYBODY, &everybody.text(), keys::all(), "", &queues);
    let mut enabled = false;
    match state.plugin_with(&everybody) {
        Ok(settings) => enabled = settings.is_some(),
        Err(malformed) => {
            // The mistakes above are these, except that of a missing domain.
            if findings
                .iter()
                .all(|found| found.finding.severity != Severity::Error)
            {
                let finding = Finding {
                    severity: Severity::Error,
                    place: EVERYBODY.to_owned(),
                    what: malformed.to_string(),
                    key: None,
                };
                findings.push(Found {
                    finding,
                    mend: MEND_PLACE.to_owned(),
                });
            }
        }
    }
    for worker in &workers {
        findings.extend(of_worker(worker, &queues));
    }
    Ok(Inspected { enabled, findings })
}

const EVERYBODY: &str = "Flex's configuration";
const MEND_PLACE: &str = "npm run deploy -- --environment NAME";

fn of_worker(worker: &Worker, queues: &[Queue]) -> Vec<Found> {
    // Others' attributes that are no object are no business of this check.
    let Ok(attributes) = worker.attributes() else {
        return Vec::new();
    };
    let place = format!("worker {}", worker.friendly_name);
    let option = format!(" --worker {}", worker.sid);
    of(
        &place,
        &attributes.text(),
        keys::of_worker(),
        &option,
        queues,
    )
}

/// Checks one object. `option` names whose it is, for the commands.
fn of(place: &str, text: &str, keys: Vec<Key>, option: &str, queues: &[Queue]) -> Vec<Found> {
    let mut all = check_account(place, text, keys);
    let object = Attributes::parse(text).unwrap_or_default();
    all.extend(unknown_queues(place, &object, queues));
    all.into_iter()
        .map(|finding| Found {
            mend: mend(&finding, option),
            finding,
        })
        .collect()
}

fn mend(finding: &Finding, option: &str) -> String {
    let [features, feature] = park_interaction::flags::FEATURE;
    match finding.key.as_deref() {
        Some([_, first, second, flag, ..]) if first == features && second == feature => {
            format!("npm run flex-config -- unset {flag}{option}")
        }
        _ => MEND_PLACE.to_owned(),
    }
}

/// Returns a warning for each queue that a flag names and the workspace does not have.
fn unknown_queues(place: &str, object: &Attributes, queues: &[Queue]) -> Vec<Finding> {
    let roots = [CUSTOM_DATA, CONFIG_OVERRIDES];
    let flags = [FLAGS.queues.any(), FLAGS.per_queue.any()];
    let paths = roots
        .into_iter()
        .flat_map(|root| flags.map(|flag| Key::of_flag(root, flag).path));
    let named_at = |path: Path| {
        let json = raw::get(object, &path).ok().flatten()?;
        let names: Vec<String> = match parsed::json(json.get()).ok()? {
            Json::List(items) => items.into_iter().filter_map(text).collect(),
            Json::Map(entries) => entries.into_iter().map(|(name, _)| name).collect(),
            _ => Vec::new(),
        };
        Some((path, names))
    };
    let unknown = |(path, names): (Path, Vec<String>)| {
        names
            .into_iter()
            .filter(|name| !is_a_queue(queues, name))
            .map(|name| Finding {
                severity: Severity::Warning,
                place: place.to_owned(),
                what: format!(
                    "`{}` names the queue `{name}`, which is not in the workspace",
                    path.join(".")
                ),
                key: Some(path.clone()),
            })
            .collect::<Vec<_>>()
    };
    paths.filter_map(named_at).flat_map(unknown).collect()
}

fn text(json: Json) -> Option<String> {
    match json {
        Json::Text(text) => Some(text),
        _ => None,
    }
}
