//! The check of the files: their mistakes, and the values for our keys.

use std::collections::BTreeSet;
use std::fmt;

use park_interaction::attributes::Attributes;
use park_interaction::flags::{IntegerFlag, DIFFERENT, FEATURE, FLAGS};
use park_interaction::plugin::json::{integer, Json};
use park_interaction::plugin::settings::DOMAIN;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::files::File;
use crate::keys::{self, Key, CUSTOM_DATA};
use crate::nearest::distance;
use crate::outside::Outside;
use crate::parsed::{self, Syntax};
use crate::plan::{shown, Edit};
use crate::raw::{self, Path};

/// The key at the top of a file by which editors find the schema.
pub const SCHEMA: &str = "$schema";

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// The file's name, with line and column where they help; or the place in the account.
    pub place: String,
    /// A sentence.
    pub what: String,
    /// The path of the key, if it is about one.
    pub key: Option<Path>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Prevents any write.
    Error,
    /// Prevents nothing.
    Warning,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{kind}: {}: {}", self.place, self.what)
    }
}

/// The content of one environment's files, as far as it concerns our keys.
#[derive(Debug, Default)]
pub struct Checked {
    /// The mistakes, in the order of the files.
    pub findings: Vec<Finding>,
    /// The new values of our keys.
    pub edits: Vec<Edit>,
}

impl Checked {
    /// Shows the mistakes. Returns the edits unless there is an error.
    pub fn report(self, outside: &mut dyn Outside) -> Result<Vec<Edit>, Failure> {
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        let (errors, warnings): (Vec<_>, Vec<_>) = self.findings.into_iter().partition(is_error);
        for warning in warnings {
            outside.warn(&warning.to_string());
        }
        if errors.is_empty() {
            return Ok(self.edits);
        }
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Err(Failure::Wrong(lines.join("\n")))
    }
}

/// Checks an environment's files; of two that name the same key the later one wins.
pub fn check(files: &[File]) -> Checked {
    let mut findings = Vec::new();
    let mut said: Vec<Edit> = Vec::new();
    for file in files {
        said.extend(check_one(file, &mut findings));
    }
    let of = |key: Key| last_of(&said, &key);
    let edits: Vec<Edit> = keys::all().into_iter().flat_map(of).collect();

    let all: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    findings.extend(same_numbers(&edits, &all.join(", ")));
    if files.len() > 1 && turns_on(&edits) && !edits.iter().any(|edit| edit.is_of(DOMAIN)) {
        findings.push(Finding {
            severity: Severity::Warning,
            place: all.join(", "),
            what: format!(
                "`{CUSTOM_DATA}.{DOMAIN}` is in none of them, so the account's own stays"
            ),
            key: None,
        });
    }
    Checked { findings, edits }
}

/// Returns the last edit of each key that is `key`, or below it.
fn last_of(said: &[Edit], key: &Key) -> Vec<Edit> {
    let mut found: Vec<Edit> = Vec::new();
    for edit in said.iter().filter(|edit| edit.path.starts_with(&key.path)) {
        found.retain(|earlier| earlier.path != edit.path);
        found.push(edit.clone());
    }
    found
}

/// Returns an error for each two flags that name the same field.
fn same_numbers(edits: &[Edit], place: &str) -> Vec<Finding> {
    let value = |flag: IntegerFlag| {
        let edit = edits.iter().find(|edit| edit.is_of(flag.name))?;
        integer(edit.value.as_ref()?.get().parse().ok()?)
    };
    let pairs = DIFFERENT.into_iter().filter_map(|[one, other]| {
        let (number, same) = (value(one)?, value(other)?);
        (number == same && number != 0).then(|| Finding {
            severity: Severity::Error,
            place: place.into(),
            what: format!(
                "`{}` and `{}` are both {number}: expected two different numbers, or 0 for none",
                one.name, other.name
            ),
            key: edits
                .iter()
                .find(|edit| edit.is_of(one.name))
                .map(|edit| edit.path.clone()),
        })
    });
    pairs.collect()
}

fn turns_on(edits: &[Edit]) -> bool {
    edits
        .iter()
        .filter(|edit| edit.is_of(FLAGS.enabled.name))
        .any(|edit| matches!(&edit.value, Some(value) if value.get() == "true"))
}

/// Checks one file. Returns its values for our keys, as they are written there.
fn check_one(file: &File, findings: &mut Vec<Finding>) -> Vec<Edit> {
    let json = match parsed::json(&file.text) {
        Ok(json) => json,
        Err(Syntax { line, column, why }) => {
            findings.push(Finding {
                severity: Severity::Error,
                place: format!("{}:{line}:{column}", file.name),
                what: format!("this is no JSON: {why}"),
                key: None,
            });
            return Vec::new();
        }
    };
    let mut walk = Walk::new(keys::all(), &file.name, Source::File);
    walk.object(&json);
    findings.append(&mut walk.findings);
    if !walk.others.is_empty() {
        findings.push(Finding {
            severity: Severity::Warning,
            place: file.name.clone(),
            what: format!("not ours, so not deployed: `{}`", walk.others.join("`, `")),
            key: None,
        });
    }
    let object = Attributes::parse(&file.text).unwrap_or_default();
    let edits = |path: Path| {
        let value = raw::get(&object, &path).ok().flatten();
        let sets_queues = walk
            .keys
            .iter()
            .any(|key| key.sets_queues() && key.path == path);
        match value {
            Some(value) if sets_queues => of_queues(&path, value.get()),
            value => vec![Edit::new(path, value)],
        }
    };
    walk.good.iter().cloned().flat_map(edits).collect()
}

/// Returns an edit for each flag of each queue, so that queues that only the account names keep their flags.
fn of_queues(path: &Path, queues: &str) -> Vec<Edit> {
    let below = |path: &Path, json: &str| -> Vec<(Path, String)> {
        let object = Attributes::parse(json).unwrap_or_default();
        let entry = |key: &str| {
            let value = object.raw(key)?.get().to_owned();
            let path = path.iter().cloned().chain([key.to_owned()]).collect();
            Some((path, value))
        };
        object.keys().filter_map(entry).collect()
    };
    let queues = below(path, queues);
    let flags = queues.iter().flat_map(|(path, queue)| below(path, queue));
    flags
        .map(|(path, value)| Edit::new(path, RawValue::from_string(value).ok()))
        .collect()
}

/// Checks a JSON object of the account at our `keys`. Keys of others, and what Flex reads as unset, are passed over.
pub fn check_account(place: &str, text: &str, keys: Vec<Key>) -> Vec<Finding> {
    let mut walk = Walk::new(keys, place, Source::Account);
    walk.object(&parsed::json(text).unwrap_or_default());
    let object = Attributes::parse(text).unwrap_or_default();
    for finding in &mut walk.findings {
        let key = finding.key.as_deref().unwrap_or_default();
        if let (Severity::Error, Ok(Some(value))) = (finding.severity, raw::get(&object, key)) {
            finding.what.push_str(", but there is ");
            finding.what.push_str(&shown(Some(value.get())));
        }
    }
    walk.findings
}

/// The source of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A file: a null in it is a mistake, and all its keys are meant for us.
    File,
    /// The account: null is the same as unset, and most keys are others'.
    Account,
}

/// A walk through one object along the paths of our keys.
struct Walk {
    place: String,
    source: Source,
    keys: Vec<Key>,
    /// The current path.
    path: Path,
    /// The paths of our keys that it met with a valid value.
    good: Vec<Path>,
    findings: Vec<Finding>,
    /// The paths of keys that look like none of ours.
    others: Vec<String>,
}

impl Walk {
    fn new(keys: Vec<Key>, place: &str, source: Source) -> Self {
        Self {
            place: place.to_owned(),
            source,
            keys,
            path: Path::new(),
            good: Vec::new(),
            findings: Vec::new(),
            others: Vec::new(),
        }
    }

    fn object(&mut self, json: &Json) {
        if self.source == Source::Account && *json == Json::Null {
            return;
        }
        let Json::Map(entries) = json else {
            let place = match self.path.as_slice() {
                [] if self.source == Source::File => "the file".into(),
                [] => "it".into(),
                path => format!("`{}`", path.join(".")),
            };
            self.error(format!("{place} is malformed: expected an object"));
            return;
        };
        let mut met = BTreeSet::new();
        for (name, value) in entries {
            self.path.push(name.clone());
            if met.insert(name) {
                self.entry(value);
            } else {
                self.error(format!("`{}` stands there twice", self.path.join(".")));
            }
            self.path.pop();
        }
    }

    fn entry(&mut self, value: &Json) {
        let path = &self.path;
        let is_file = self.source == Source::File;
        if !is_file && *value == Json::Null {
            return;
        }
        if let Some(key) = self.keys.iter().find(|key| key.path == *path) {
            match key.check(value) {
                Ok(()) => self.good.push(path.clone()),
                Err(malformed) => self.error(malformed.to_string()),
            }
        } else if self.keys.iter().any(|key| key.path.starts_with(path)) {
            self.object(value);
        } else if is_file && *path != [SCHEMA] || self.is_own() {
            self.unknown();
        }
    }

    /// Takes a key that is not ours. Below our own feature that is a mistake in any case, elsewhere only if it looks like one of ours.
    fn unknown(&mut self) {
        let shown = self.path.join(".");
        match self.nearest() {
            Some(nearest) => {
                let done = match self.source {
                    Source::File => "not deployed",
                    Source::Account => "not read",
                };
                let what = format!(
                    "`{shown}` is unknown, so {done}: did you mean `{}`?",
                    nearest.join(".")
                );
                self.find(Severity::Warning, what);
            }
            None => self.others.push(shown),
        }
    }

    /// Returns the path that was probably meant by the current one.
    fn nearest(&self) -> Option<&[String]> {
        let (name, above) = self.path.split_last()?;
        let is_own = self.is_own();
        let ways = self.keys.iter().flat_map(|key| {
            let lengths = 1..=key.path.len();
            lengths.filter_map(|length| key.path.get(..length))
        });
        let (distance, _, way) = ways
            .filter_map(|way| {
                let (last, start) = way.split_last()?;
                let is_here = start == above;
                (is_here || !is_own).then(|| (distance(name, last), !is_here, way))
            })
            .min()?;
        let letters = way.last()?.chars().count();
        (is_own || distance * 4 <= letters).then_some(way)
    }

    /// Returns true if the current key is below our own feature.
    fn is_own(&self) -> bool {
        let above = self.path.split_last().map(|(_, above)| above);
        above.is_some_and(|above| above.iter().skip(1).eq(FEATURE.iter()))
    }

    fn error(&mut self, what: String) {
        self.find(Severity::Error, what);
    }

    fn find(&mut self, severity: Severity, what: String) {
        self.findings.push(Finding {
            severity,
            place: self.place.clone(),
            what,
            key: Some(self.path.clone()),
        });
    }
}
