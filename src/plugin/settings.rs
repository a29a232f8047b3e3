//! The plugin's settings, from an admin's configuration: the flags, and the Functions' address.
//!
//! Flex's configuration has them below `ui_attributes.custom_data`; the worker attribute
//! `config_overrides` has the same shape and wins, field by field.

use std::cell::Cell;

use serde::Serialize;

use super::effect::{NotificationId, ShimEffect};
use super::json::{integer, Field, Json, MalformedField};
use super::rules;
use crate::flags::{
    self, BoolFlag, ChoiceFlag, Flags, IntegerFlag, IntegersFlag, TextsFlag, FLAGS,
};

/// The key of the Functions' domain, below `custom_data`.
pub const DOMAIN: &str = "serverless_functions_domain";
/// The key of their protocol.
pub const PROTOCOL: &str = "serverless_functions_protocol";
/// The key of their port.
pub const PORT: &str = "serverless_functions_port";

/// The settings of a page.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// True if the agent has a list of their parked conversations.
    pub show_list: bool,
    /// True if a conversation that the agent resumes from the list is accepted and selected for them.
    pub auto_accept: bool,
    /// True if the agent may end a parked conversation from the list.
    pub end_from_list: bool,
    /// True for supervisors and admins, who see the lists of other agents too, if there are lists.
    pub sees_agents: bool,
    /// The Functions' address, such as `https://park-interaction-1234.twil.io`.
    pub functions_origin: String,
    /// All flags. The shim has no part in them.
    #[serde(skip)]
    pub flags: Flags,
}

/// The first steps of the plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// Missing when the feature is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// The warnings and notifications.
    pub effects: Vec<ShimEffect>,
}

/// Reads `customData`, `configOverrides` and the user's `roles`.
///
/// Without any configuration the feature is off, without a word. With a malformed one it is off too, with a warning in the
/// console and, for those who can mend it, a notification.
#[must_use]
pub fn start(view: &Json) -> Start {
    match read(view) {
        Ok(settings) => Start {
            settings,
            effects: Vec::new(),
        },
        Err(malformed) => {
            let message = malformed.to_string();
            let notification = is_admin(view).then(|| {
                ShimEffect::notify_about(
                    NotificationId::ParkInteractionMalformedFlag,
                    [&message, ", but there is ", &malformed.found].concat(),
                )
            });
            let warning = ShimEffect::Warn { message };
            Start {
                settings: None,
                effects: [warning].into_iter().chain(notification).collect(),
            }
        }
    }
}

/// Returns the settings of `customData` and `configOverrides`; none when the feature is off.
pub fn read(view: &Json) -> Result<Option<Settings>, MalformedField> {
    let mut configuration = Configuration::new(view);
    let flags = configuration.flags()?;
    if !flags.enabled {
        return Ok(None);
    }
    let functions_origin = configuration.functions_origin()?;
    for (_, queue) in configuration.flag(FLAGS.per_queue.name)?.entries()? {
        configuration.queue = queue;
        configuration.flags()?;
    }
    Ok(Some(Settings {
        show_list: flags.show_list,
        auto_accept: flags.auto_accept,
        end_from_list: flags.end_from_list,
        sees_agents: flags.show_list && (has_role(view, SUPERVISOR) || is_admin(view)),
        functions_origin,
        flags,
    }))
}

/// Returns the flags for a task's conversation: those of its queue, and in general where the queue has none.
#[must_use]
pub fn flags(view: &Json, task: &Json) -> Flags {
    let mut configuration = Configuration::new(view);
    if let Ok(queues) = configuration.flag(FLAGS.per_queue.name) {
        for key in rules::QUEUE_KEYS {
            let queue = queues.at(task.get_text(key).unwrap_or_default());
            if queue.is_present() == Ok(true) {
                configuration.queue = queue;
                break;
            }
        }
    }
    // The start has read them all, and named what is malformed.
    Flags::read(&configuration)
}

/// Returns true if the user is an admin of Flex.
#[must_use]
pub fn is_admin(view: &Json) -> bool {
    has_role(view, "admin")
}

const SUPERVISOR: &str = "supervisor";

fn has_role(view: &Json, name: &str) -> bool {
    let roles = Field::root("", view).at("roles").items();
    roles
        .iter()
        .flatten()
        .any(|role| role.text() == Ok(Some(name)))
}

struct Configuration<'a> {
    everybody: Field<'a>,
    worker: Field<'a>,
    /// The flags of a queue, which win. Null: those in general are read.
    queue: Field<'a>,
    /// The error of a flag.
    malformed: Cell<Option<MalformedField>>,
}

impl<'a> Configuration<'a> {
    fn new(view: &'a Json) -> Self {
        Self {
            everybody: Field::root("ui_attributes.custom_data", view.get("customData")),
            worker: Field::root("config_overrides", view.get("configOverrides")),
            queue: Field::root("", &Json::Null),
            malformed: Cell::default(),
        }
    }

    /// Returns the worker's own value, or else everybody's.
    fn at(&self, names: &[&str]) -> Result<Field<'a>, MalformedField> {
        let own = self.worker.down(names);
        if own.is_present()? {
            Ok(own)
        } else {
            Ok(self.everybody.down(names))
        }
    }

    fn flag(&self, name: &str) -> Result<Field<'a>, MalformedField> {
        let own = self.queue.at(name);
        let may_differ = flags::PER_QUEUE.iter().any(|flag| flag.name() == name);
        if may_differ && own.is_present()? {
            return Ok(own);
        }
        let [features, feature] = flags::FEATURE;
        self.at(&[features, feature, name])
    }

    fn flags(&self) -> Result<Flags, MalformedField> {
        let flags = Flags::read(self);
        self.malformed.take().map_or(Ok(flags), Err)
    }

    /// Returns what was read of a flag, or notes the error.
    fn noted<T>(&self, read: Result<T, MalformedField>) -> Option<T> {
        read.map_err(|malformed| self.malformed.set(Some(malformed)))
            .ok()
    }

    fn functions_origin(&self) -> Result<String, MalformedField> {
        let host = domain(&self.at(&[DOMAIN])?)?;
        let scheme = protocol(&self.at(&[PROTOCOL])?)?;
        Ok(match port(&self.at(&[PORT])?)? {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        })
    }
}

impl flags::Source for Configuration<'_> {
    fn bool(&self, flag: BoolFlag) -> bool {
        let read = self.flag(flag.name).and_then(|field| field.flag());
        self.noted(read).flatten().unwrap_or(flag.default)
    }

    fn integer(&self, flag: IntegerFlag) -> u32 {
        let read = self.flag(flag.name);
        let read = read.and_then(|field| field.integer(flag.range));
        self.noted(read).flatten().unwrap_or(flag.default)
    }

    fn texts(&self, flag: TextsFlag) -> Vec<String> {
        let read = self.flag(flag.name);
        let read = read.and_then(|field| field.texts(flag.most, flag.longest));
        self.noted(read).unwrap_or_default()
    }

    fn integers(&self, flag: IntegersFlag) -> Vec<u32> {
        let read = self.flag(flag.name).and_then(|field| {
            if field.is_present()? {
                field.integers(flag.most, flag.range)
            } else {
                Ok(flag.default.into())
            }
        });
        self.noted(read).unwrap_or_default()
    }

    fn choice(&self, flag: ChoiceFlag) -> &'static str {
        let read = self.flag(flag.name);
        let read = read.and_then(|field| choice(&field, flag));
        self.noted(read).flatten().unwrap_or(flag.default)
    }
}

/// Returns the word of a flag; none if nobody has set it.
pub fn choice(field: &Field<'_>, flag: ChoiceFlag) -> Result<Option<&'static str>, MalformedField> {
    let mut choices = flag.choices.iter();
    let found = match field.value()? {
        Json::Null => return Ok(None),
        Json::Text(text) => choices.find(|choice| text == **choice),
        _ => None,
    };
    match found {
        Some(choice) => Ok(Some(*choice)),
        None => Err(field.malformed(&expected(flag))),
    }
}

/// Returns the words of a flag for a sentence: `all` or `team`.
#[must_use]
pub fn expected(flag: ChoiceFlag) -> String {
    let quoted = flag.choices.join("` or `");
    ["`", &quoted, "`"].concat()
}

/// Returns the domain of the Functions, which must be there.
pub fn domain<'a>(field: &Field<'a>) -> Result<&'a str, MalformedField> {
    field
        .text()?
        .filter(|text| is_host(text))
        .ok_or_else(|| field.malformed("a domain such as `park-interaction-1234.twil.io`"))
}

/// Returns the protocol of the Functions; `https` unless it is set.
pub fn protocol<'a>(field: &Field<'a>) -> Result<&'a str, MalformedField> {
    match field.value()? {
        Json::Null => Ok("https"),
        Json::Text(text) if text.is_empty() => Ok("https"),
        Json::Text(text) if matches!(text.as_str(), "http" | "https") => Ok(text),
        _ => Err(field.malformed("`https` or `http`")),
    }
}

/// Returns the port of the Functions, which the template's configuration files write as a number or as a text.
pub fn port(field: &Field<'_>) -> Result<Option<u16>, MalformedField> {
    let port = match field.value()? {
        Json::Null => return Ok(None),
        Json::Text(text) if text.is_empty() => return Ok(None),
        Json::Text(text) => text.parse().ok(),
        Json::Number(number) => integer(*number).and_then(|port| port.try_into().ok()),
        _ => None,
    };
    port.filter(|port| *port != 0)
        .map(Some)
        .ok_or_else(|| field.malformed("a port from 1 to 65535"))
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
    use crate::request::ParkOptions;

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
    fn what_is_not_set_has_the_defaults_of_the_table() {
        assert_eq!(
            start_with(configured(), json!(null)).settings,
            Some(Settings {
                show_list: false,
                auto_accept: true,
                end_from_list: true,
                sees_agents: false,
                functions_origin: "https://park-interaction-1234.twil.io".into(),
                flags: Flags {
                    enabled: true,
                    ..Flags::default()
                },
            })
        );
    }

    #[test]
    fn what_is_set_is_read() {
        let mut custom_data = configured();
        custom_data["features"]["park_interaction"] = json!({
            "enabled": true,
            "show_list": true,
            "auto_accept": false,
            "list_ttl_hours": 8760,
            "pause_studio_flow": true,
        });
        let settings = start_with(custom_data, json!(null)).settings.unwrap();
        assert!(settings.show_list);
        assert!(!settings.auto_accept);
        let park = ParkOptions::new(&settings.flags);
        assert_eq!(park.list_ttl_seconds, Some(31_536_000));
        assert!(park.pause_studio_flow);
    }

    #[test]
    fn supervisors_and_admins_see_lists_where_there_are_any() {
        for (roles, show_list, sees_agents) in [
            (json!(["agent"]), true, false),
            (json!(["agent", "supervisor"]), true, true),
            (json!(["admin"]), true, true),
            (json!(["admin"]), false, false),
            (json!("admin"), true, false),
            (json!([null, 1, "supervisors"]), true, false),
        ] {
            let mut custom_data = configured();
            custom_data["features"]["park_interaction"]["show_list"] = json!(show_list);
            let view = json!({ "customData": custom_data, "roles": roles });
            let settings = start(&json(&view)).settings.unwrap();
            assert_eq!(settings.sees_agents, sees_agents, "{roles}");
        }
    }

    #[test]
    fn a_word_is_read() {
        for (value, word) in [
            (json!(null), "all"),
            (json!("all"), "all"),
            (json!("team"), "team"),
        ] {
            let mut custom_data = configured();
            custom_data["features"]["park_interaction"]["supervisors_see"] = value;
            let settings = start_with(custom_data, json!(null)).settings.unwrap();
            assert_eq!(settings.flags.supervisors_see, word);
        }
    }

    #[test]
    fn a_workers_override_wins_flag_by_flag() {
        let off = json!({ "features": { "park_interaction": { "enabled": false } } });
        assert_eq!(start_with(configured(), off), quietly_off());

        let list = json!({ "features": { "park_interaction": {
            "show_list": true, "auto_accept": false, "list_ttl_hours": 0,
        } } });
        let settings = start_with(configured(), list).settings.unwrap();
        assert!(settings.show_list);
        assert!(!settings.auto_accept);
        let park = ParkOptions::new(&settings.flags);
        assert_eq!(park.list_ttl_seconds, Some(0));

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
            let [ShimEffect::Warn { message }] = start.effects.as_slice() else {
                panic!("one warning for an agent, not {:?}", start.effects);
            };
            assert!(
                message.starts_with(&format!("`{path}` is malformed: expected ")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_flag_of_the_wrong_kind_or_out_of_range_turns_the_feature_off() {
        let switch = "true or false";
        let hours = "a whole number from 0 to 8760";
        for (name, value, expected) in [
            ("enabled", json!("true"), switch),
            ("show_list", json!(1), switch),
            ("auto_accept", json!("no"), switch),
            ("list_ttl_hours", json!(8761), hours),
            ("list_ttl_hours", json!(-1), hours),
            ("list_ttl_hours", json!(0.5), hours),
            ("list_ttl_hours", json!("24"), hours),
            ("list_ttl_hours", json!(true), hours),
            ("reasons", json!("Waiting"), "a list"),
            ("channels", json!("web"), "a list"),
            ("queues", json!({}), "a list"),
            ("max_parked_hint", json!(51), "a whole number from 0 to 50"),
            ("wait_minutes", json!(60), "a list"),
            (
                "wait_minutes",
                json!([1, 2, 3, 4, 5]),
                "a list of at most 4",
            ),
            ("per_queue", json!([]), "an object"),
            ("supervisors_see", json!("Team"), "`all` or `team`"),
            ("supervisors_see", json!(true), "`all` or `team`"),
        ] {
            let flags = json!({ "features": { "park_interaction": { name: value.clone() } } });
            let mut custom_data = configured();
            custom_data["features"]["park_interaction"][name] = value;
            for (start, root) in [
                (
                    start_with(custom_data, json!(null)),
                    "ui_attributes.custom_data",
                ),
                (start_with(configured(), flags.clone()), "config_overrides"),
            ] {
                assert_eq!(start.settings, None, "{flags}");
                assert_eq!(
                    start.effects,
                    [ShimEffect::Warn {
                        message: format!(
                            "`{root}.features.park_interaction.{name}` is malformed: \
                             expected {expected}"
                        )
                    }]
                );
            }
        }
    }

    #[test]
    fn a_row_has_a_lifetime_only_where_there_is_a_list() {
        let park = |show_list| {
            ParkOptions::new(&Flags {
                show_list,
                ..Flags::default()
            })
        };
        assert_eq!(
            serde_json::to_value(park(true)).unwrap(),
            json!({ "showList": true, "listTtlSeconds": 0 })
        );
        assert_eq!(
            serde_json::to_value(park(false)).unwrap(),
            json!({ "showList": false })
        );
    }

    #[test]
    fn rows_are_bare_only_where_there_is_a_list() {
        let park = |show_list, row_texts| {
            let flags = Flags {
                show_list,
                row_texts,
                ..Flags::default()
            };
            let park = serde_json::to_value(ParkOptions::new(&flags)).unwrap();
            park.get("bareRows").cloned()
        };
        assert_eq!(park(true, false), Some(json!(true)));
        assert_eq!(park(true, true), None, "as an older plugin sends");
        assert_eq!(park(false, false), None);
    }

    #[cfg(feature = "functions")]
    #[test]
    fn the_hours_of_the_table_are_the_seconds_of_the_functions() {
        use crate::list_item::TTL_SECONDS;
        use crate::twilio::calls::LONGEST_TTL_SECONDS;
        let seconds = |list_ttl_hours| {
            let flags = Flags {
                show_list: true,
                list_ttl_hours,
                ..Flags::default()
            };
            ParkOptions::new(&flags).list_ttl_seconds
        };
        let hours = flags::FLAGS.list_ttl_hours;
        assert_eq!(seconds(24), Some(TTL_SECONDS));
        assert_eq!(
            seconds(hours.default),
            Some(0),
            "for as long as it is parked"
        );
        assert_eq!(seconds(hours.range.1), Some(LONGEST_TTL_SECONDS));
    }

    #[test]
    fn every_flag_of_the_table_is_read() {
        for flag in flags::ALL {
            let name = flag.flag.name();
            let mut custom_data = configured();
            custom_data["features"]["park_interaction"][name] = json!({ "Support": 1 });
            let start = start_with(custom_data, json!(null));
            assert_eq!(start.effects.len(), 1, "{name}");
        }
    }

    #[test]
    fn the_flags_of_queues_are_read() {
        let mut custom_data = configured();
        custom_data["features"]["park_interaction"]["per_queue"] = json!({
            "Support": { "same_agent_seconds": 3600, "reasons": [" Parts "] },
            "SID of Sales": { "reason_required": false },
        });
        custom_data["features"]["park_interaction"]["reason_required"] = json!(true);
        let worker = json!({ "features": { "park_interaction": { "same_agent_seconds": 60 } } });
        let none = json!({ "features": { "park_interaction": { "per_queue": {} } } });
        for (worker, name, seconds, reasons, required) in [
            (&worker, "Support", 3_600, vec!["Parts"], true),
            (&worker, "Sales", 60, vec![], false),
            (&worker, "Billing", 60, vec![], true),
            (&none, "Support", 0, vec![], true),
        ] {
            let view = json!({ "customData": custom_data, "configOverrides": worker });
            assert!(read(&json(&view)).unwrap().is_some());
            let task = json!({ "queueName": name, "queueSid": format!("SID of {name}") });
            let flags = flags(&json(&view), &json(&task));
            assert_eq!(flags.same_agent_seconds, seconds, "{name}");
            assert_eq!(flags.reasons, reasons, "{name}");
            assert_eq!(flags.reason_required, required, "{name}");
        }
    }

    #[test]
    fn a_malformed_flag_of_a_queue_is_named() {
        let seconds = "a whole number from 0 to 3600";
        for (support, path, expected) in [
            (
                json!({ "same_agent_seconds": "90" }),
                "per_queue.Support.same_agent_seconds",
                seconds,
            ),
            (
                json!({ "same_agent_seconds": 3_601 }),
                "per_queue.Support.same_agent_seconds",
                seconds,
            ),
            (
                json!({ "reasons": ["a", ""] }),
                "per_queue.Support.reasons[1]",
                "a text of 1 to 60 characters",
            ),
            (
                json!({ "reason_required": 1 }),
                "per_queue.Support.reason_required",
                "true or false",
            ),
            (json!([]), "per_queue.Support", "an object"),
        ] {
            let own = json!({ "features": { "park_interaction": {
                "per_queue": { "Support": support }
            } } });
            let start = start_with(configured(), own);
            assert_eq!(
                start.effects,
                [ShimEffect::Warn {
                    message: format!(
                        "`config_overrides.features.park_interaction.{path}` is malformed: \
                         expected {expected}"
                    )
                }]
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
    }

    #[test]
    fn an_admin_is_told_of_a_malformed_configuration_on_the_screen() {
        let long = "x".repeat(41);
        for (most, found) in [
            (json!("3"), "\"3\""),
            (json!(-1), "another number"),
            (json!(51), "51"),
            (json!([]), "a list"),
            (json!({}), "an object"),
            (json!(true), "true"),
            (json!(long), &["\"", &long[1..], "\""].concat()),
        ] {
            let mut custom_data = configured();
            custom_data["features"]["park_interaction"]["max_parked"] = most;
            let start = start(&json(&json!({
                "customData": custom_data,
                "roles": ["wfo.full_access", "admin"],
            })));
            let expected =
                "`ui_attributes.custom_data.features.park_interaction.max_parked` is malformed: \
                expected a whole number from 0 to 50, but there is ";
            assert_eq!(
                start.effects.last(),
                Some(&ShimEffect::notify_about(
                    NotificationId::ParkInteractionMalformedFlag,
                    [expected, found].concat()
                ))
            );
        }
    }
}
