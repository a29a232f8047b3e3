//! The changes to make in an account.

use std::fmt;

use park_interaction::attributes::Attributes;
use serde_json::value::RawValue;

use crate::raw::{self, NotAnObject, Path};

/// The most characters of a value that is shown whole.
const SHOWN: usize = 80;

/// The new value of a key.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The key's path.
    pub path: Path,
    /// The value; none removes the key.
    pub value: Option<Box<RawValue>>,
    /// If true, a key that has a value keeps it.
    pub only_if_absent: bool,
}

impl Edit {
    /// Creates the edit that sets a key to a value, or removes it.
    pub fn new(path: Path, value: Option<Box<RawValue>>) -> Self {
        Self {
            path,
            value,
            only_if_absent: false,
        }
    }

    /// Returns true if the key has this name.
    pub fn is_of(&self, name: &str) -> bool {
        self.path.last().is_some_and(|last| last == name)
    }
}

/// A difference between the account and the new values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key's path.
    pub path: Path,
    /// The present JSON.
    pub old: Option<String>,
    /// The new JSON.
    pub new: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = (shown(self.old.as_deref()), shown(self.new.as_deref()));
        write!(f, "{}: {old} → {new}", self.path.join("."))
    }
}

/// Returns a JSON text for people, cut if it is long.
pub fn shown(json: Option<&str>) -> String {
    match json {
        None => "(not set)".into(),
        Some(json) if json.chars().count() <= SHOWN => json.into(),
        Some(json) => json.chars().take(SHOWN).chain(['…']).collect(),
    }
}

/// All changes to make, and their result.
#[derive(Debug, Clone)]
pub struct Plan {
    /// A change for each key that does not have its new value yet.
    pub changes: Vec<Change>,
    /// The whole object after the changes.
    pub result: Attributes,
}

/// Compares an object with the new values. A key that already has the same value stays as it is written.
pub fn plan(now: &Attributes, edits: &[Edit]) -> Result<Plan, NotAnObject> {
    let mut result = now.clone();
    let mut changes = Vec::new();
    for Edit {
        path,
        value,
        only_if_absent,
    } in edits
    {
        let old = raw::get(&result, path)?;
        let is_done = match (&old, value) {
            (Some(_), _) if *only_if_absent => true,
            (Some(old), Some(new)) => raw::same(old.get(), new.get()),
            (None, None) => true,
            _ => false,
        };
        if !is_done {
            raw::put(&mut result, path, value.clone())?;
            changes.push(Change {
                path: path.clone(),
                old: old.map(|json| json.get().to_owned()),
                new: value.as_ref().map(|json| json.get().to_owned()),
            });
        }
    }
    Ok(Plan { changes, result })
}
