//! The keys of `ui_attributes` that are ours. No other key is ever written.

use park_interaction::flags::{self, Flag, FEATURE};
use park_interaction::plugin::json::{Field, Json, MalformedField};
use park_interaction::plugin::settings::{self, DOMAIN, PORT, PROTOCOL};

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

    /// Checks a value for this key. A null would be read as the default: in a file it is a mistake.
    pub fn check(&self, value: &Json) -> Result<(), MalformedField> {
        let nothing = Json::Map(Vec::new());
        let value = match value {
            Json::Null => &nothing,
            _ => value,
        };
        let field = Field::root(self.path.join("."), value);
        match self.kind {
            Kind::Domain => settings::domain(&field).map(drop),
            Kind::Protocol => settings::protocol(&field).map(drop),
            Kind::Port => settings::port(&field).map(drop),
            Kind::Flag(Flag::Bool(_)) => field.flag().map(drop),
            Kind::Flag(Flag::Integer(flag)) => field.integer(flag.range).map(drop),
            Kind::Flag(Flag::Texts(flag)) => field.texts(flag.most, flag.longest).map(drop),
        }
    }

    /// Returns true for the keys of the Functions' address, which other features may use too.
    pub fn is_place(&self) -> bool {
        !matches!(self.kind, Kind::Flag(_))
    }
}
