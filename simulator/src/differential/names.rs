//! The same things under two names: SIDs, revisions and pages that the two Twilios number differently.

use std::collections::HashMap;

use regex::{Captures, Regex};

/// The names by which a printed result mentions things: SIDs, revisions of documents, queries of further pages, and times.
const NAMES: &str = concat!(
    r"(?:AC|CH|KD|UO|UT|KG|MB|WT|WW|WQ|WK|WS|IM|WH|FW|IS|MP|ET)[0-9a-f]{32}",
    r#"|revision: "[^"]*""#,
    r#"|PageRef\("[^"]*"\)"#,
    r"|\b[0-9]{13}\b",
);

/// A one-to-one relation between the names in memory and those in the simulator, learned from results that belong together.
pub struct Names {
    pattern: Regex,
    to_simulator: HashMap<String, String>,
    to_memory: HashMap<String, String>,
    /// The time at which the test begins, in milliseconds since 1970.
    start: u64,
}

impl Names {
    /// Knows no names yet. Times before `start` count as the same: the two have different histories.
    pub fn new(start: u64) -> Self {
        Self {
            pattern: Regex::new(NAMES).unwrap(),
            to_simulator: HashMap::new(),
            to_memory: HashMap::new(),
            start,
        }
    }

    /// Learns that two names mean the same.
    pub fn bind(&mut self, in_memory: &str, in_simulator: &str) {
        self.to_simulator
            .insert(in_memory.into(), in_simulator.into());
        self.to_memory.insert(in_simulator.into(), in_memory.into());
    }

    /// Forgets a name in memory, which means something else from now on.
    pub fn forget(&mut self, in_memory: &str) {
        if let Some(in_simulator) = self.to_simulator.remove(in_memory) {
            self.to_memory.remove(&in_simulator);
        }
    }

    /// Returns a text with the simulator's SIDs in place of those in memory. A SID that nothing was learned of stays.
    pub fn in_simulator(&self, text: &str) -> String {
        self.translated(text, &self.to_simulator)
    }

    /// Returns a text with the SIDs in memory in place of the simulator's.
    pub fn in_memory(&self, text: &str) -> String {
        self.translated(text, &self.to_memory)
    }

    fn translated(&self, text: &str, names: &HashMap<String, String>) -> String {
        let known = |found: &Captures<'_>| {
            let name = &found[0];
            names.get(name).map_or(name, String::as_str).to_owned()
        };
        self.pattern.replace_all(text, known).into_owned()
    }

    /// Returns the simulator's revision for one in memory.
    pub fn revision_in_simulator(&self, revision: &str) -> String {
        self.quoted(revision, "revision: \"", "\"")
    }

    /// Returns the simulator's page for one in memory.
    pub fn page_in_simulator(&self, query: &str) -> String {
        self.quoted(query, "PageRef(\"", "\")")
    }

    fn quoted(&self, name: &str, before: &str, after: &str) -> String {
        let known = self.to_simulator.get(&format!("{before}{name}{after}"));
        known
            .map_or(name, |known| {
                let inner = known.strip_prefix(before).unwrap_or(known);
                inner.strip_suffix(after).unwrap_or(inner)
            })
            .to_owned()
    }

    /// Compares two printed results, and learns the names in them that are new. The error says where they differ.
    pub fn align(&mut self, in_memory: &str, in_simulator: &str) -> Result<(), String> {
        let shape = |text: &str| self.pattern.replace_all(text, "_").into_owned();
        if shape(in_memory) != shape(in_simulator) {
            return Err("they have different forms".into());
        }
        let found = |text: &str| -> Vec<String> {
            let all = self.pattern.find_iter(text);
            all.map(|name| name.as_str().to_owned()).collect()
        };
        let pairs = found(in_memory).into_iter().zip(found(in_simulator));
        for (ours, theirs) in pairs {
            self.unify(&ours, &theirs)?;
        }
        Ok(())
    }

    fn unify(&mut self, ours: &str, theirs: &str) -> Result<(), String> {
        if let (Ok(a), Ok(b)) = (ours.parse::<u64>(), theirs.parse::<u64>()) {
            let is_same = a == b || (a < self.start && b < self.start);
            return is_same.then_some(()).ok_or(format!("{a} is not {b}"));
        }
        match (self.to_simulator.get(ours), self.to_memory.get(theirs)) {
            (Some(known), _) if known == theirs => Ok(()),
            // The call itself named it, and the result repeats that.
            (_, None) if ours == theirs => Ok(()),
            (None, None) => {
                self.bind(ours, theirs);
                Ok(())
            }
            (known, other) => Err(format!(
                "{ours} was {known:?} before, and {theirs} was {other:?}"
            )),
        }
    }
}
