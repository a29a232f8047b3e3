//! The check of the files: their mistakes, and the values for our keys.

use std::collections::BTreeSet;
use std::fmt;

use park_interaction::attributes::Attributes;
use park_interaction::flags::{IntegerFlag, DIFFERENT, FEATURE, FLAGS};
use park_interaction::plugin::json::{integer, Json};
use park_interaction::plugin::settings::DOMAIN;

use crate::failure::Failure;
use crate::files::File;
use crate::keys::{self, Key, CUSTOM_DATA};
use crate::outside::Outside;
use crate::parsed::{self, Syntax};
use crate::plan::Edit;
use crate::raw::{self, Path};

/// The key at the top of a file by which editors find the schema.
pub const SCHEMA: &str = "$schema";

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    severity: Severity,
    /// The file's name, with line and column where they help.
    place: String,
    /// A sentence.
    what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
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
    let last = |key: Key| said.iter().rfind(|edit| edit.path == key.path).cloned();
    let edits: Vec<Edit> = keys::all().into_iter().filter_map(last).collect();

    let all: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    findings.extend(same_numbers(&edits, &all.join(", ")));
    if files.len() > 1 && turns_on(&edits) && !edits.iter().any(|edit| edit.is_of(DOMAIN)) {
        findings.push(Finding {
            severity: Severity::Warning,
            place: all.join(", "),
            what: format!(
                "`{CUSTOM_DATA}.{DOMAIN}` is in none of them, so the account's own stays"
            ),
        });
    }
    Checked { findings, edits }
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
            });
            return Vec::new();
        }
    };
    let mut walk = Walk::new();
    walk.object(&json);
    findings.extend(walk.findings.into_iter().map(|(severity, what)| Finding {
        severity,
        place: file.name.clone(),
        what,
    }));
    if !walk.others.is_empty() {
        findings.push(Finding {
            severity: Severity::Warning,
            place: file.name.clone(),
            what: format!("not ours, so not deployed: `{}`", walk.others.join("`, `")),
        });
    }
    let object = Attributes::parse(&file.text).unwrap_or_default();
    let edit = |path: Path| {
        let value = raw::get(&object, &path).ok()?;
        Some(Edit { path, value })
    };
    walk.good.into_iter().filter_map(edit).collect()
}

/// A walk through one file along the paths of our keys.
struct Walk {
    keys: Vec<Key>,
    /// The current path.
    path: Path,
    /// The paths of our keys that it met with a valid value.
    good: Vec<Path>,
    findings: Vec<(Severity, String)>,
    /// The paths of keys that look like none of ours.
    others: Vec<String>,
}

impl Walk {
    fn new() -> Self {
        Self {
            keys: keys::all(),
            path: Path::new(),
            good: Vec::new(),
            findings: Vec::new(),
            others: Vec::new(),
        }
    }

    fn object(&mut self, json: &Json) {
        let Json::Map(entries) = json else {
            let place = match self.path.as_slice() {
                [] => "the file".into(),
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
        if let Some(key) = self.keys.iter().find(|key| key.path == *path) {
            match key.check(value) {
                Ok(()) => self.good.push(path.clone()),
                Err(malformed) => self.error(malformed.to_string()),
            }
        } else if self.keys.iter().any(|key| key.path.starts_with(path)) {
            self.object(value);
        } else if *path != [SCHEMA] {
            self.unknown();
        }
    }

    /// Takes a key that is not ours. Below our own feature that is a mistake in any case, elsewhere only if it looks like one of ours.
    fn unknown(&mut self) {
        let shown = self.path.join(".");
        match self.nearest() {
            Some(nearest) => self.findings.push((
                Severity::Warning,
                format!(
                    "`{shown}` is unknown, so not deployed: did you mean `{}`?",
                    nearest.join(".")
                ),
            )),
            None => self.others.push(shown),
        }
    }

    /// Returns the path that was probably meant by the current one.
    fn nearest(&self) -> Option<&[String]> {
        let (name, above) = self.path.split_last()?;
        let is_own = above.iter().skip(1).eq(FEATURE.iter());
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

    fn error(&mut self, what: String) {
        self.findings.push((Severity::Error, what));
    }
}

/// Returns the edit distance of two names. The spellings `showList`, `show-list` and `show_list` are the same.
fn distance(one: &str, other: &str) -> usize {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    strsim::damerau_levenshtein(&plain(one), &plain(other))
}
