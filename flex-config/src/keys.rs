//! The keys of `ui_attributes` that are ours. No other key is ever written.

use std::collections::BTreeSet;

use park_interaction::flags::{self, ChoiceFlag, Flag, QueuesFlag, FEATURE, FLAGS, PER_QUEUE};
use park_interaction::plugin::json::{Field, Json, MalformedField};
use park_interaction::plugin::settings::{self, DOMAIN, PORT, PROTOCOL};

use crate::nearest::nearest;
use crate::raw::Path;

/// The object of everybody's configuration, in `ui_attributes`.
pub const CUSTOM_DATA: &str = "custom_data";
/// The object of one worker's configuration, in the worker's attributes.
pub const CONFIG_OVERRIDES: &str = "config_overrides";

/// One key.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its path in `ui_attributes`, or in a worker's attributes.
    pub path: Path,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Domain,
    Protocol,
    Port,
    Flag(Flag),
}

/// Returns all keys in `ui_attributes`.
pub fn all() -> Vec<Key> {
    let place = [
        (DOMAIN, Kind::Domain),
        (PROTOCOL, Kind::Protocol),
        (PORT, Kind::Port),
    ];
    let places = place.into_iter().map(|(name, kind)| Key {
        path: vec![CUSTOM_DATA.into(), name.into()],
        kind,
    });
    let flags = flags::ALL
        .iter()
        .map(|described| Key::of_flag(CUSTOM_DATA, described.flag));
    places.chain(flags).collect()
}

/// Returns the keys of one worker's flags, in the worker's attributes.
pub fn of_worker() -> Vec<Key> {
    let flags = flags::ALL.iter();
    flags
        .map(|described| Key::of_flag(CONFIG_OVERRIDES, described.flag))
        .collect()
}

impl Key {
    /// The key of a flag below `root`, which is [`CUSTOM_DATA`] or [`CONFIG_OVERRIDES`].
    pub fn of_flag(root: &str, flag: Flag) -> Self {
        let [features, feature] = FEATURE;
        Self {
            path: [root, features, feature, flag.name()]
                .map(Into::into)
                .into(),
            kind: Kind::Flag(flag),
        }
    }

    /// The key of a flag below `root` for the conversations of a queue. None: a queue has no such flag of its own.
    pub fn of_queue(root: &str, queue: &str, flag: Flag) -> Option<Self> {
        PER_QUEUE.contains(&flag).then(|| {
            let mut path = Self::of_flag(root, FLAGS.per_queue.any()).path;
            path.extend([queue.to_owned(), flag.name().to_owned()]);
            Self {
                path,
                kind: Kind::Flag(flag),
            }
        })
    }

    /// Returns true for the flag that sets flags of single queues.
    pub fn sets_queues(&self) -> bool {
        matches!(self.kind, Kind::Flag(Flag::Queues(_)))
    }

    /// Returns true for the key of a flag.
    pub fn is_flag(&self) -> bool {
        matches!(self.kind, Kind::Flag(_))
    }

    /// Checks a value for this key. A null would be read as the default: in a file it is a mistake.
    pub fn check(&self, value: &Json) -> Result<(), MalformedField> {
        let nothing = match self.kind {
            Kind::Flag(Flag::Queues(_)) => Json::List(Vec::new()),
            _ => Json::Map(Vec::new()),
        };
        let value = match value {
            Json::Null => &nothing,
            _ => value,
        };
        let field = Field::root(self.path.join("."), value);
        match self.kind {
            Kind::Domain => settings::domain(&field).map(drop),
            Kind::Protocol => settings::protocol(&field).map(drop),
            Kind::Port => settings::port(&field).map(drop),
            Kind::Flag(flag) => check_flag(&field, flag),
        }
    }

    /// Returns true for the keys of the Functions' address, which other features may use too.
    pub fn is_place(&self) -> bool {
        !self.is_flag()
    }
}

fn check_flag(field: &Field<'_>, flag: Flag) -> Result<(), MalformedField> {
    match flag {
        Flag::Bool(_) => field.flag().map(drop),
        Flag::Integer(flag) => field.integer(flag.range).map(drop),
        Flag::Texts(flag) => field.texts(flag.most, flag.longest).map(drop),
        Flag::Integers(flag) => field.integers(flag.most, flag.range).map(drop),
        Flag::Choice(flag) => check_choice(field, flag),
        Flag::Queues(flag) => check_queues(field, flag),
    }
}

/// Checks a word. The error names the word that was probably meant.
fn check_choice(field: &Field<'_>, flag: ChoiceFlag) -> Result<(), MalformedField> {
    let checked = settings::choice(field, flag).map(drop);
    checked.map_err(|malformed| {
        let word = field.text().ok().flatten().unwrap_or_default();
        match nearest(word, flag.choices.iter().copied()) {
            Some(near) => {
                field.malformed(&format!("{} (did you mean `{near}`?)", malformed.expected))
            }
            None => malformed,
        }
    })
}

/// Checks the flags of single queues. The plugin reads them as it reads those of all queues, so it takes others too.
fn check_queues(field: &Field<'_>, flag: QueuesFlag) -> Result<(), MalformedField> {
    let queues = field.entries()?;
    if queues.len() > flag.most as usize {
        return Err(field.malformed(&format!("at most {} queues", flag.most)));
    }
    let mut met = BTreeSet::new();
    for (name, queue) in queues {
        if !met.insert(name) {
            return Err(queue.malformed("each queue once"));
        }
        if !queue.is_present()? {
            return Err(queue.malformed("an object"));
        }
        for (name, value) in queue.entries()? {
            let Some(flag) = PER_QUEUE.iter().find(|flag| flag.name() == name) else {
                let known = PER_QUEUE.map(|flag| flag.name()).join("`, `");
                return Err(value.malformed(&format!("one of the flags `{known}`")));
            };
            if !value.is_present()? {
                return Err(value.malformed("a value"));
            }
            check_flag(&value, *flag)?;
        }
    }
    Ok(())
}
