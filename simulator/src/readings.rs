//! The readings: switches for what Twilio leaves undocumented, or documents in a way that can be read twice.
//!
//! The first value of each is the default, and follows the documentation where there is any. A reading changes the
//! simulator's behaviour only. `README.md` lists them all; a test compares its table with this one.

use serde::Serialize;
use serde_json::{Map, Value};

/// A reading as tests and people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The name of the switch.
    pub name: &'static str,
    /// The line of the list of unknowns that it answers, such as `R1`.
    pub id: &'static str,
    /// The question that it answers.
    pub what: &'static str,
    /// All values, the default first.
    pub values: &'static [&'static str],
    /// The document or observation that the default follows.
    pub source: &'static str,
}

/// Why a reading cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReading {
    /// No reading has this name.
    #[error("there is no reading `{0}`")]
    Name(String),
    /// The reading does not have this value.
    #[error("`{value}` is not a value of the reading `{name}`: expected one of {expected}")]
    Value {
        /// The reading.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// All its values.
        expected: String,
    },
    /// The text does not name a reading and a value.
    #[error("`{0}` is not a reading: expected NAME=VALUE")]
    Form(String),
}

macro_rules! readings {
    ($(
        $(#[$doc:meta])*
        $type:ident in $field:ident: $name:literal, $id:literal, $what:literal, $source:literal {
            $(#[$first_doc:meta])* $first:ident = $first_name:literal,
            $($(#[$variant_doc:meta])* $variant:ident = $variant_name:literal,)+
        }
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
            pub enum $type {
                $(#[$first_doc])*
                #[default]
                $first,
                $($(#[$variant_doc])* $variant,)+
            }

            impl $type {
                const NAMES: &'static [&'static str] = &[$first_name, $($variant_name,)+];

                fn name(self) -> &'static str {
                    match self {
                        Self::$first => $first_name,
                        $(Self::$variant => $variant_name,)+
                    }
                }

                fn named(name: &str) -> Option<Self> {
                    match name {
                        $first_name => Some(Self::$first),
                        $($variant_name => Some(Self::$variant),)+
                        _ => None,
                    }
                }
            }
        )+

        /// The value of every reading.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Readings {
            $($(#[$doc])* pub $field: $type,)+
        }

        /// Every reading, in the order of the README's table.
        pub const TABLE: &[Reading] = &[
            $(Reading { name: $name, id: $id, what: $what, values: $type::NAMES, source: $source },)+
        ];

        impl Readings {
            /// Sets one reading.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), UnknownReading> {
                match name {
                    $($name => {
                        self.$field = $type::named(value).ok_or_else(|| UnknownReading::Value {
                            name: $name,
                            value: value.to_owned(),
                            expected: $type::NAMES.join(", "),
                        })?;
                    })+
                    _ => return Err(UnknownReading::Name(name.to_owned())),
                }
                Ok(())
            }

            /// Returns every reading's value under its name.
            #[must_use]
            pub fn by_name(&self) -> Map<String, Value> {
                Map::from_iter([$(($name.to_owned(), Value::from(self.$field.name())),)+])
            }
        }
    };
}

readings! {
    /// The time from which a conversation's timers count.
    TimersCountFrom in timers_count_from: "timers-count-from", "R16",
        "`date_inactive` and `date_closed` count from this time",
        "the dates in the examples of Twilio's OpenAPI description" {
        /// Any change to the conversation, such as one to its attributes.
        Update = "update",
        /// The last message, change of state or setting of a timer.
        Activity = "activity",
        /// The last message, even if the timer was set later.
        Message = "message",
    }
    /// The end of an acceptance by a worker who is a chat participant of the conversation already.
    AlreadyParticipant in already_participant: "already-participant", "R20",
        "A worker accepts who is a participant of the conversation already",
        "https://www.twilio.com/docs/api/errors/50433" {
        /// The reservation is canceled with the reason code 50433, and the task is offered to others.
        Canceled = "canceled",
        /// The worker takes the place that they have.
        Joins = "joins",
    }
}

impl std::str::FromStr for Setting {
    type Err = UnknownReading;

    fn from_str(text: &str) -> Result<Self, UnknownReading> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| UnknownReading::Form(text.to_owned()))?;
        Readings::default().set(name, value)?;
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

/// A reading and its value, as the command line names them: `NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The reading.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Readings {
    /// The defaults with these settings.
    pub fn with(settings: &[Setting]) -> Result<Self, UnknownReading> {
        let mut readings = Self::default();
        for setting in settings {
            readings.set(&setting.name, &setting.value)?;
        }
        Ok(readings)
    }

    /// Sets all readings that an object names, or none if one of them cannot be set.
    pub fn merge(&mut self, values: &Map<String, Value>) -> Result<(), UnknownReading> {
        let mut merged = *self;
        for (name, value) in values {
            merged.set(name, value.as_str().unwrap_or_default())?;
        }
        *self = merged;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Tests and people find a reading by the README; a reading that is not there does not exist for them.
    #[test]
    fn the_readme_lists_every_reading() {
        let readme = include_str!("../README.md");
        let row = |cells: &str| -> Vec<String> {
            let cells = cells.trim().trim_matches('|').split(" | ");
            cells.map(|cell| cell.trim().to_owned()).collect()
        };
        let (_, table) = readme.split_once("| reading |").unwrap_or_default();
        let listed: Vec<Vec<String>> = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(row)
            .collect();
        let expected: Vec<Vec<String>> = TABLE
            .iter()
            .map(|reading| {
                let values: Vec<String> = reading.values.iter().map(|v| format!("`{v}`")).collect();
                vec![
                    format!("`{}`", reading.name),
                    reading.id.to_owned(),
                    reading.what.to_owned(),
                    values.join(", "),
                    reading.source.to_owned(),
                ]
            })
            .collect();
        assert_eq!(listed, expected);
    }

    #[test]
    fn the_first_value_is_the_default() {
        let defaults = Readings::default().by_name();
        for reading in TABLE {
            let first = reading.values.first().copied();
            assert_eq!(defaults.get(reading.name).and_then(Value::as_str), first);
        }
    }

    #[test]
    fn unknown_names_and_values_are_refused() {
        let mut readings = Readings::default();
        assert!(matches!(
            readings.set("nonsense", "x"),
            Err(UnknownReading::Name(_))
        ));
        assert!(matches!(
            readings.set("already-participant", "x"),
            Err(UnknownReading::Value { .. })
        ));
        assert!("already-participant".parse::<Setting>().is_err());
        assert!("already-participant=joins".parse::<Setting>().is_ok());
    }

    /// A request that names a wrong value should leave nothing half done.
    #[test]
    fn merging_sets_all_or_none() {
        let mut readings = Readings::default();
        let values = json!({"already-participant": "joins", "nonsense": "x"});
        let values = values.as_object().cloned().unwrap_or_default();
        assert!(readings.merge(&values).is_err());
        assert_eq!(readings, Readings::default());
    }
}
