//! The team of a worker, as the worker attributes `team_id` and `team_name` name it: Flex's Teams view shows the same teams.
//!
//! Admins and other programs write these attributes, so that anything may stand there. A value that is no text and no whole number
//! counts as missing. A worker without both is in no team.

use std::fmt;

use crate::attributes::Attributes;

/// A worker's team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct WorkerTeam {
    id: Option<String>,
    name: Option<String>,
}

impl WorkerTeam {
    /// Reads the team from a worker's attributes.
    #[must_use]
    pub fn read(attributes: &Attributes) -> Self {
        Self {
            id: name_at(attributes, "team_id"),
            name: name_at(attributes, "team_name"),
        }
    }

    /// Returns true if two workers are in the same team: by the ids or, if neither has one, by the names.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(own), Some(theirs)) => own == theirs,
            (None, None) => self.name.is_some() && self.name == other.name,
            _ => false,
        }
    }
}

/// Writes the team's name for people: its name or else its id. Nothing for no team.
impl fmt::Display for WorkerTeam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.name.as_ref().or(self.id.as_ref());
        f.write_str(shown.map_or("", String::as_str))
    }
}

/// Returns the text at `key` without white space at its ends, if there is one that is not blank. A whole number counts as its digits.
#[must_use]
pub fn name_at(attributes: &Attributes, key: &str) -> Option<String> {
    let text = attributes
        .text_at(key)
        .or_else(|| attributes.get::<i64>(key).map(|number| number.to_string()))?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(attributes: &str) -> WorkerTeam {
        WorkerTeam::read(&Attributes::parse(attributes).unwrap_or_default())
    }

    #[test]
    fn workers_with_the_same_id_are_in_one_team() {
        for (one, other, expected) in [
            (r#"{"team_id":"a"}"#, r#"{"team_id":" a "}"#, true),
            (r#"{"team_id":"7"}"#, r#"{"team_id":7}"#, true),
            (r#"{"team_id":"a"}"#, r#"{"team_id":"A"}"#, false),
            (
                r#"{"team_id":"a","team_name":"One"}"#,
                r#"{"team_id":"a","team_name":"Two"}"#,
                true,
            ),
            (
                r#"{"team_id":"a","team_name":"One"}"#,
                r#"{"team_id":"b","team_name":"One"}"#,
                false,
            ),
        ] {
            assert_eq!(team(one).is_same(&team(other)), expected, "{one} {other}");
        }
    }

    #[test]
    fn names_count_only_if_neither_has_an_id() {
        let named = team(r#"{"team_name":"One"}"#);
        assert!(named.is_same(&team(r#"{"team_name":"One","team_id":" "}"#)));
        assert!(!named.is_same(&team(r#"{"team_name":"Two"}"#)));
        let with_id = team(r#"{"team_name":"One","team_id":"a"}"#);
        assert!(!named.is_same(&with_id) && !with_id.is_same(&named));
    }

    #[test]
    fn nobody_is_in_a_team_without_id_and_name() {
        for attributes in [
            "",
            "{}",
            "[]",
            "null",
            "no JSON",
            r#"{"team_id":null,"team_name":""}"#,
            r#"{"team_id":{"id":"a"},"team_name":["One"]}"#,
            r#"{"team_id":true,"team_name":1.5}"#,
        ] {
            let none = team(attributes);
            assert_eq!(none, WorkerTeam::default(), "{attributes}");
            assert!(!none.is_same(&none), "{attributes}");
            assert_eq!(none.to_string(), "");
        }
    }

    #[test]
    fn a_team_shows_its_name_or_else_its_id() {
        assert_eq!(
            team(r#"{"team_id":"a","team_name":"One"}"#).to_string(),
            "One"
        );
        assert_eq!(team(r#"{"team_id":"a","team_name":1}"#).to_string(), "1");
        assert_eq!(team(r#"{"team_id":"a"}"#).to_string(), "a");
    }
}
