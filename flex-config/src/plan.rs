//! What would change.

use std::fmt;

use park_interaction::attributes::Attributes;
use serde_json::value::RawValue;

use crate::raw::{self, NotAnObject, Path};

/// The longest value that is shown whole.
const SHOWN: usize = 80;

/// What one key is to be.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The way to it.
    pub path: Path,
    /// Its value; none takes the key out.
    pub value: Option<Box<RawValue>>,
}

impl Edit {
    /// Whether it is of the key of this name.
    pub fn is_of(&self, name: &str) -> bool {
        self.path.last().is_some_and(|last| last == name)
    }
}

/// A difference between what is and what is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The way to the key.
    pub path: Path,
    /// The JSON that stands there.
    pub old: Option<String>,
    /// The JSON that is to stand there.
    pub new: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = (shown(self.old.as_deref()), shown(self.new.as_deref()));
        write!(f, "{}: {old} → {new}", self.path.join("."))
    }
}

fn shown(json: Option<&str>) -> String {
    match json {
        None => "(not set)".into(),
        Some(json) if json.chars().count() <= SHOWN => json.into(),
        Some(json) => json.chars().take(SHOWN).chain(['…']).collect(),
    }
}

/// All that would change, and what would stand there then.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One for each key that is not yet what it is to be.
    pub changes: Vec<Change>,
    /// The whole object after the changes.
    pub result: Attributes,
}

/// Compares. A key that already says the same stays as it is written.
pub fn plan(now: &Attributes, edits: &[Edit]) -> Result<Plan, NotAnObject> {
    let mut result = now.clone();
    let mut changes = Vec::new();
    for Edit { path, value } in edits {
        let old = raw::get(&result, path)?;
        let is_done = match (&old, value) {
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
