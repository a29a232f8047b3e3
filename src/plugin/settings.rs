//! What an admin has configured: the flags and where the Functions are.
//!
//! Flex's configuration has it below `ui_attributes.custom_data`; the worker attribute
//! `config_overrides` has the same shape and wins, field by field.

use serde::Serialize;

use super::effect::{Effect, NotificationId};
use super::json::{Field, Json, Malformed};
use crate::flags::Flags;

/// Everything that the plugin needs to work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Whether parked conversations stand in the agent's list.
    pub show_list: bool,
    /// Where the Functions are, such as `https://park-interaction-1234.twil.io`.
    pub functions_origin: String,
}

/// How the plugin is to start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// Missing when the feature is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// What to tell.
    pub effects: Vec<Effect>,
}

/// Reads `customData`, `configOverrides` and the user's `roles`.
///
/// No configuration is quietly off. A malformed one is off too, with a warning in the console and,
/// for those who can mend it, a notification.
#[must_use]
pub fn start(view: &Json) -> Start {
    match read(view) {
        Ok(settings) => Start {
            settings,
            effects: Vec::new(),
        },
        Err(malformed) => {
            let warning = Effect::Warn {
                message: malformed.to_string(),
            };
            let notification = is_admin(view).then(|| {
                Effect::notify_about(NotificationId::ParkInteractionMisconfigured, malformed.path)
            });
            Start {
                settings: None,
                effects: [warning].into_iter().chain(notification).collect(),
            }
        }
    }
}

fn read(view: &Json) -> Result<Option<Settings>, Malformed> {
    let configuration = Configuration::of(view)?;
    let flags = configuration.flags()?;
    if !flags.enabled {
        return Ok(None);
    }
    Ok(Some(Settings {
        show_list: flags.show_list,
        functions_origin: configuration.functions_origin()?,
    }))
}

fn is_admin(view: &Json) -> bool {
    let roles = Field::root("", view)
        .at("roles")
        .and_then(|roles| roles.items());
    roles
        .iter()
        .flatten()
        .any(|role| role.text() == Ok(Some("admin")))
}

struct Configuration<'a> {
    everybody: Field<'a>,
    worker: Field<'a>,
}

impl<'a> Configuration<'a> {
    fn of(view: &'a Json) -> Result<Self, Malformed> {
        let view = Field::root("", view);
        Ok(Self {
            everybody: Field::root("ui_attributes.custom_data", view.at("customData")?.value()),
            worker: Field::root("config_overrides", view.at("configOverrides")?.value()),
        })
    }

    /// The worker's own value, or else everybody's.
    fn at(&self, names: &[&str]) -> Result<Field<'a>, Malformed> {
        let own = self.worker.down(names)?;
        if own.is_present() {
            Ok(own)
        } else {
            self.everybody.down(names)
        }
    }

    fn flags(&self) -> Result<Flags, Malformed> {
        let flag = |name| {
            self.at(&["features", "park_interaction", name])?
                .flag()
                .map(Option::unwrap_or_default)
        };
        Ok(Flags {
            enabled: flag("enabled")?,
            show_list: flag("show_list")?,
        })
    }

    fn functions_origin(&self) -> Result<String, Malformed> {
        let domain = self.at(&["serverless_functions_domain"])?;
        let host = domain
            .text()?
            .filter(|text| is_host(text))
            .ok_or_else(|| domain.malformed("a domain such as `park-interaction-1234.twil.io`"))?;
        let protocol = self.at(&["serverless_functions_protocol"])?;
        let scheme = match protocol.text()? {
            None | Some("") => "https",
            Some(scheme @ ("http" | "https")) => scheme,
            Some(_) => return Err(protocol.malformed("`https` or `http`")),
        };
        Ok(match self.port()? {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        })
    }

    /// The port, which the template's configuration files write as a number or as a text.
    fn port(&self) -> Result<Option<u16>, Malformed> {
        let field = self.at(&["serverless_functions_port"])?;
        let port = match field.value() {
            Json::Null => return Ok(None),
            Json::Text(text) if text.is_empty() => return Ok(None),
            Json::Text(text) => text.parse().ok(),
            Json::Number(number) => whole(*number),
            _ => None,
        };
        port.filter(|port| *port != 0)
            .map(Some)
            .ok_or_else(|| field.malformed("a port from 1 to 65535"))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the guard admits only what fits"
)]
fn whole(number: f64) -> Option<u16> {
    (number.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(&number))
        .then_some(number as u16)
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]

    use serde_json::json;

    use super::super::task::tests::json;
    use super::*;

    fn configured() -> serde_json::Value {
        json!({
            "serverless_functions_domain": "park-interaction-1234.twil.io",
            "features": { "park_interaction": { "enabled": true } },
        })
    }

    #[allow(
        clippy::needless_pass_by_value,
        reason = "the tests read better with literals"
    )]
    fn start_with(custom_data: serde_json::Value, overrides: serde_json::Value) -> Start {
        start(&json(&json!({
            "customData": custom_data,
            "configOverrides": overrides,
            "roles": ["agent"],
        })))
    }

    fn quietly_off() -> Start {
        Start {
            settings: None,
            effects: Vec::new(),
        }
    }

    #[test]
    fn no_configuration_is_quietly_off() {
        for custom_data in [
            json!(null),
            json!({}),
            json!({ "features": {} }),
            json!({ "features": null }),
            json!({ "features": { "park_interaction": {} } }),
            json!({ "features": { "park_interaction": { "enabled": false, "show_list": true } } }),
        ] {
            assert_eq!(
                start_with(custom_data.clone(), json!(null)),
                quietly_off(),
                "{custom_data}"
            );
        }
        assert_eq!(start(&Json::Null), quietly_off());
    }

    #[test]
    fn enabled_parks_and_the_list_is_off_unless_asked_for() {
        assert_eq!(
            start_with(configured(), json!(null)).settings,
            Some(Settings {
                show_list: false,
                functions_origin: "https://park-interaction-1234.twil.io".into(),
            })
        );
        let mut custom_data = configured();
        custom_data["features"]["park_interaction"]["show_list"] = json!(true);
        let settings = start_with(custom_data, json!(null)).settings.unwrap();
        assert!(settings.show_list);
    }

    #[test]
    fn a_workers_override_wins_flag_by_flag() {
        let off = json!({ "features": { "park_interaction": { "enabled": false } } });
        assert_eq!(start_with(configured(), off), quietly_off());

        let list = json!({ "features": { "park_interaction": { "show_list": true } } });
        let settings = start_with(configured(), list).settings.unwrap();
        assert!(settings.show_list);

        let mut everybody = configured();
        everybody["features"]["park_interaction"]["enabled"] = json!(false);
        let on = json!({ "features": { "park_interaction": { "enabled": true } } });
        assert!(start_with(everybody, on).settings.is_some());
    }

    #[test]
    fn protocol_and_port_make_the_origin() {
        for (protocol, port, origin) in [
            (json!("http"), json!("3001"), "http://localhost:3001"),
            (json!("https"), json!(8443), "https://localhost:8443"),
            (json!(null), json!(""), "https://localhost"),
        ] {
            let mut custom_data = configured();
            custom_data["serverless_functions_domain"] = json!("localhost");
            custom_data["serverless_functions_protocol"] = protocol;
            custom_data["serverless_functions_port"] = port;
            let settings = start_with(custom_data, json!(null)).settings.unwrap();
            assert_eq!(settings.functions_origin, origin);
        }
    }

    #[test]
    fn a_malformed_configuration_is_off_and_the_warning_names_the_field() {
        for (pointer, value, path) in [
            ("", json!("text"), "ui_attributes.custom_data"),
            ("/features", json!([]), "ui_attributes.custom_data.features"),
            (
                "/features/park_interaction/enabled",
                json!("true"),
                "ui_attributes.custom_data.features.park_interaction.enabled",
            ),
            (
                "/serverless_functions_domain",
                json!(null),
                "ui_attributes.custom_data.serverless_functions_domain",
            ),
            (
                "/serverless_functions_domain",
                json!("evil.example/x?"),
                "ui_attributes.custom_data.serverless_functions_domain",
            ),
        ] {
            let mut custom_data = configured();
            *custom_data.pointer_mut(pointer).unwrap() = value;
            let start = start_with(custom_data, json!(null));
            assert_eq!(start.settings, None);
            let [Effect::Warn { message }] = start.effects.as_slice() else {
                panic!("one warning for an agent, not {:?}", start.effects);
            };
            assert!(
                message.starts_with(&format!("`{path}` is malformed: expected ")),
                "{message}"
            );
        }
    }

    #[test]
    fn other_impossible_values_are_malformed_too() {
        for (name, value) in [
            ("serverless_functions_protocol", json!("ftp")),
            ("serverless_functions_port", json!(0)),
            ("serverless_functions_port", json!(70_000)),
            ("serverless_functions_port", json!(1.5)),
            ("serverless_functions_port", json!("many")),
            ("serverless_functions_port", json!(true)),
        ] {
            let mut custom_data = configured();
            custom_data[name] = value;
            let start = start_with(custom_data, json!(null));
            assert_eq!(start.settings, None, "{name}");
            assert_eq!(start.effects.len(), 1, "{name}");
        }
        let overrides = json!({ "features": { "park_interaction": { "enabled": 1 } } });
        let start = start_with(configured(), overrides);
        assert_eq!(
            start.effects,
            [Effect::Warn {
                message: "`config_overrides.features.park_interaction.enabled` is malformed: \
                          expected true or false"
                    .into()
            }]
        );
    }

    #[test]
    fn an_admin_is_told_of_a_malformed_configuration_on_the_screen() {
        let start = start(&json(&json!({
            "customData": { "features": 1 },
            "roles": ["wfo.full_access", "admin"],
        })));
        assert_eq!(
            start.effects.last(),
            Some(&Effect::notify_about(
                NotificationId::ParkInteractionMisconfigured,
                "ui_attributes.custom_data.features".into()
            ))
        );
    }
}
