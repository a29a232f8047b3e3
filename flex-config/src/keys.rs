//! The keys of `ui_attributes` that are ours. No other key is ever written.

use park_interaction::flags::{self, Flag, FEATURE};
use park_interaction::plugin::json::{Field, Json, Malformed};
use park_interaction::plugin::settings::{self, DOMAIN, PORT, PROTOCOL};

use crate::raw::Path;

/// Where everybody's configuration begins, in `ui_attributes`.
pub const CUSTOM_DATA: &str = "custom_data";
/// Where one worker's begins, in the worker's attributes.
pub const CONFIG_OVERRIDES: &str = "config_overrides";

/// One key.
#[derive(Debug, Clone)]
pub struct Key {
    /// The way to it in `ui_attributes`.
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

/// All of them.
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
    let flags = flags::ALL.into_iter().map(|flag| Key {
        path: feature_path(CUSTOM_DATA, flag.name()),
        kind: Kind::Flag(flag),
    });
    places.chain(flags).collect()
}

/// The way to a flag below `root`, which is [`CUSTOM_DATA`] or [`CONFIG_OVERRIDES`].
pub fn feature_path(root: &str, flag: &str) -> Path {
    [root]
        .iter()
        .chain(&FEATURE)
        .chain(&[flag])
        .map(|&name| name.to_owned())
        .collect()
}

impl Key {
    /// Whether `value` may stand here. A null would be read as a default: in a file it is a mistake.
    pub fn check(&self, value: &Json) -> Result<(), Malformed> {
        let nothing = Json::List(Vec::new());
        let value = match value {
            Json::Null => &nothing,
            _ => value,
        };
        let field = Field::root(self.path.join("."), value);
        match self.kind {
            Kind::Domain => settings::domain(&field).map(drop),
            Kind::Protocol => settings::protocol(&field).map(drop),
            Kind::Port => settings::port(&field).map(drop),
            Kind::Flag(Flag::Switch(_)) => field.flag().map(drop),
            Kind::Flag(Flag::Whole(whole)) => field.whole(whole.range).map(drop),
        }
    }

    /// Whether it says where the Functions are. Other features may go by it too.
    pub fn is_place(&self) -> bool {
        !matches!(self.kind, Kind::Flag(_))
    }
}
