//! The files `ui_attributes.*.json`: what they say, and what is wrong with them.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::Path as FilePath;

use park_interaction::attributes::Attributes;
use park_interaction::flags::{self, FEATURE};
use park_interaction::plugin::json::Json;
use park_interaction::plugin::settings::DOMAIN;
use serde_json::value::to_raw_value;

use crate::failure::Failure;
use crate::keys::{self, Key, CUSTOM_DATA};
use crate::outside::Outside;
use crate::parsed;
use crate::plan::Edit;
use crate::raw;

/// The file that goes into every environment.
pub const COMMON: &str = "common";

/// Editors find the schema by this key, at the top of a file.
const SCHEMA: &str = "$schema";

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Nothing is written while there is one of these. The others are warnings.
    pub is_error: bool,
    /// The file's name, with line and column where they help.
    pub place: String,
    /// A sentence.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_error { "error" } else { "warning" };
        write!(f, "{kind}: {}: {}", self.place, self.what)
    }
}

/// What one environment's files say about our keys.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong, in the order of the files.
    pub findings: Vec<Finding>,
    /// What the keys are to be.
    pub edits: Vec<Edit>,
}

/// A file as it was read.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, without the folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// The name of a file.
pub fn name(environment: &str) -> String {
    format!("ui_attributes.{environment}.json")
}

/// Reads the common file and the environment's.
pub fn read(folder: &FilePath, environment: &str) -> Result<[File; 2], Failure> {
    Ok([read_one(folder, COMMON)?, read_one(folder, environment)?])
}

/// Reads one file.
pub fn read_one(folder: &FilePath, environment: &str) -> Result<File, Failure> {
    if let Some(file) = find(folder, environment)? {
        return Ok(file);
    }
    Err(Failure::Wrong(format!(
        "error: {}: there is no such file in {}. Make it, or name an environment that has one: {}",
        name(environment),
        folder.display(),
        listed(&environments(folder)?)
    )))
}

fn find(folder: &FilePath, environment: &str) -> Result<Option<File>, Failure> {
    let name = name(environment);
    match fs::read_to_string(folder.join(&name)) {
        Ok(text) => Ok(Some(File {
            name,
            // Some editors on Windows begin a file with this mark.
            text: text.trim_start_matches('\u{feff}').to_owned(),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&folder.join(&name), &error)),
    }
}

/// The environment's file as it would be with this domain in it. One that is no JSON, or in which there is no place for
/// it, is as it is: [`check`] says what is wrong.
pub fn with_domain(folder: &FilePath, environment: &str, domain: &str) -> Result<File, Failure> {
    let mut file = find(folder, environment)?.unwrap_or_else(|| File {
        name: name(environment),
        text: format!(r#"{{"{SCHEMA}":"./schema.json"}}"#),
    });
    let path = [CUSTOM_DATA.to_owned(), DOMAIN.to_owned()];
    if let (Ok(mut object), Ok(value)) = (serde_json::from_str(&file.text), to_raw_value(domain)) {
        if raw::put(&mut object, &path, Some(value)).is_ok() {
            file.text = raw::pretty(&object);
        }
    }
    Ok(file)
}

/// Writes a file.
pub fn write(folder: &FilePath, file: &File) -> Result<(), Failure> {
    let path = folder.join(&file.name);
    fs::write(&path, &file.text).map_err(|error| failed(&path, &error))
}

/// The environments that have a file.
pub fn environments(folder: &FilePath) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let mut found: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| {
            let rest = file.strip_prefix("ui_attributes.")?;
            rest.strip_suffix(".json").map(str::to_owned)
        })
        .filter(|environment| environment != COMMON)
        .collect();
    found.sort();
    Ok(found)
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none yet".into()
    } else {
        names.join(", ")
    }
}

fn failed(path: &FilePath, error: &std::io::Error) -> Failure {
    Failure::Wrong(format!("error: {}: {error}", path.display()))
}

/// Shows what is wrong, and goes on with the edits if it is not too bad.
pub fn settle(checked: Checked, outside: &mut dyn Outside) -> Result<Vec<Edit>, Failure> {
    let (errors, warnings): (Vec<_>, Vec<_>) = checked
        .findings
        .into_iter()
        .partition(|finding| finding.is_error);
    for warning in warnings {
        outside.warn(&warning.to_string());
    }
    if errors.is_empty() {
        Ok(checked.edits)
    } else {
        let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
        Err(Failure::Wrong(lines.join("\n")))
    }
}

/// Checks an environment's files; of two that name the same key the later one wins.
pub fn check(files: &[File]) -> Checked {
    let mut findings = Vec::new();
    let mut edits: Vec<Edit> = Vec::new();
    for file in files {
        for edit in check_one(file, &mut findings) {
            match edits.iter_mut().find(|known| known.path == edit.path) {
                Some(known) => *known = edit,
                None => edits.push(edit),
            }
        }
    }
    if files.len() > 1 && turns_on(&edits) && !names(&edits, DOMAIN) {
        let all: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
        findings.push(Finding {
            is_error: false,
            place: all.join(", "),
            what: format!(
                "`{CUSTOM_DATA}.{DOMAIN}` is in none of them, so the account's own stays"
            ),
        });
    }
    let order = |edit: &Edit| keys::all().iter().position(|key| key.path == edit.path);
    edits.sort_by_key(order);
    Checked { findings, edits }
}

fn names(edits: &[Edit], key: &str) -> bool {
    edits
        .iter()
        .any(|edit| edit.path.last().is_some_and(|last| last == key))
}

fn turns_on(edits: &[Edit]) -> bool {
    let mut on = edits
        .iter()
        .filter(|edit| matches!(&edit.value, Some(value) if value.get() == "true"));
    on.any(|edit| names(std::slice::from_ref(edit), flags::ENABLED.name))
}

fn check_one(file: &File, findings: &mut Vec<Finding>) -> Vec<Edit> {
    let mut find = |is_error, place: String, what: String| {
        findings.push(Finding {
            is_error,
            place,
            what,
        });
    };
    let json = match parsed::json(&file.text) {
        Ok(json) => json,
        Err(parsed::Syntax { line, column, why }) => {
            let place = format!("{}:{line}:{column}", file.name);
            find(true, place, format!("this is no JSON: {why}"));
            return Vec::new();
        }
    };
    let mut seen = Seen::default();
    seen.walk(&mut Vec::new(), &json);
    for what in seen.errors {
        find(true, file.name.clone(), what);
    }
    for what in seen.warnings {
        find(false, file.name.clone(), what);
    }
    if !seen.others.is_empty() {
        let what = format!("not ours, so not deployed: `{}`", seen.others.join("`, `"));
        find(false, file.name.clone(), what);
    }
    let object = Attributes::parse(&file.text).unwrap_or_default();
    let found = seen.keys.into_iter().filter_map(|key| {
        let value = raw::get(&object, &key.path).ok().flatten()?;
        Some(Edit {
            path: key.path,
            value: Some(value),
        })
    });
    found.collect()
}

/// What a walk through one file has met.
#[derive(Default)]
struct Seen {
    keys: Vec<Key>,
    errors: Vec<String>,
    warnings: Vec<String>,
    others: Vec<String>,
}

impl Seen {
    /// Goes down as far as ways to our keys go.
    fn walk(&mut self, path: &mut Vec<String>, json: &Json) {
        let Json::Map(entries) = json else {
            let place = if path.is_empty() {
                "the file".into()
            } else {
                format!("`{}`", path.join("."))
            };
            self.errors
                .push(format!("{place} is malformed: expected an object"));
            return;
        };
        let keys = keys::all();
        for (index, (name, value)) in entries.iter().enumerate() {
            if entries.iter().take(index).any(|(known, _)| known == name) {
                path.push(name.clone());
                self.errors
                    .push(format!("`{}` stands there twice", path.join(".")));
                path.pop();
                continue;
            }
            path.push(name.clone());
            if let Some(key) = keys.iter().find(|key| key.path == *path) {
                match key.check(value) {
                    Ok(()) => self.keys.push(key.clone()),
                    Err(malformed) => self.errors.push(malformed.to_string()),
                }
            } else if keys.iter().any(|key| key.path.starts_with(path)) {
                self.walk(path, value);
            } else if !(path.len() == 1 && name == SCHEMA) {
                self.unknown(path, &keys);
            }
            path.pop();
        }
    }

    /// Below our own feature an unknown key is a mistake in any case, elsewhere only if it looks like one of ours.
    fn unknown(&mut self, path: &[String], keys: &[Key]) {
        let Some((name, above)) = path.split_last() else {
            return;
        };
        let is_own = above.iter().skip(1).eq(FEATURE.iter());
        let candidates = keys.iter().flat_map(|key| {
            let lengths = if is_own {
                path.len()..=path.len()
            } else {
                1..=key.path.len()
            };
            lengths.filter_map(|length| key.path.get(..length))
        });
        let nearest = candidates
            .filter(|candidate| !is_own || candidate.starts_with(above))
            .filter_map(|candidate| {
                let last = candidate.last()?;
                Some((distance(name, last), last.chars().count(), candidate))
            })
            .min_by_key(|(distance, _, candidate)| (*distance, *candidate != path));
        let shown = path.join(".");
        match nearest {
            Some((distance, length, candidate)) if is_own || distance * 4 <= length => {
                self.warnings.push(format!(
                    "`{shown}` is unknown, so not deployed: did you mean `{}`?",
                    candidate.join(".")
                ));
            }
            _ => self.others.push(shown),
        }
    }
}

/// How many letters lie between two names, whichever of `showList`, `show-list` and `show_list` they are written like.
fn distance(one: &str, other: &str) -> usize {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    strsim::damerau_levenshtein(&plain(one), &plain(other))
}
