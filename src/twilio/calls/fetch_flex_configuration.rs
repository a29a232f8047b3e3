use serde::Deserialize;

use crate::attributes::Attributes;
use crate::flags::{FEATURE, FLAGS};
use crate::reply::Sees;
use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Reads the flag `supervisors_see` from the account's Flex configuration. The account's credentials read the stored configuration:
/// no browser takes part, and no worker's own setting.
///
/// Source: <https://www.twilio.com/docs/flex/developer/config/flex-configuration-rest-api>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchFlexConfiguration;

impl Call for FetchFlexConfiguration {
    type Answer = Sees;

    fn http(&self, _: &Access) -> Http {
        Http::get(Uri::flex_configuration())
    }

    fn read(&self, body: Body<'_>) -> Result<Sees, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            #[serde(default)]
            ui_attributes: Option<Attributes>,
        }

        let flag = FLAGS.supervisors_see;
        let mut object = body.parse::<Raw>()?.ui_attributes.unwrap_or_default();
        let mut path = "ui_attributes".to_owned();
        for key in ["custom_data"].iter().chain(&FEATURE) {
            path = format!("{path}.{key}");
            object = read_at::<Attributes>(&object, key, &path)?.unwrap_or_default();
        }
        let path = format!("{path}.{}", flag.name);
        let set = read_at::<String>(&object, flag.name, &path)?;
        let word = set.as_deref().unwrap_or(flag.default);
        Sees::parse(word).ok_or(Unreadable { field: path })
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self]
    }
}

/// Returns the value at `key`, or none for null and a missing one. The error names its `path`.
fn read_at<T: serde::de::DeserializeOwned>(
    object: &Attributes,
    key: &str,
    path: &str,
) -> Result<Option<T>, Unreadable> {
    let Some(json) = object.raw(key) else {
        return Ok(None);
    };
    serde_json::from_str(json.get()).map_err(|_| Unreadable { field: path.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, request, respond};
    use crate::twilio::Failure;
    use serde_json::{json, Value};

    fn with_flags(flags: &Value) -> Value {
        json!({
            "account_sid": "AC", "ui_attributes": {
                "custom_data": { "features": { "park_interaction": flags } },
            },
        })
    }

    #[test]
    fn the_configuration_is_read_with_the_accounts_credentials() {
        let uri = "https://flex-api.twilio.com/v1/Configuration";
        assert_eq!(
            request(&FetchFlexConfiguration),
            json!({ "method": "get", "uri": uri })
        );
    }

    #[test]
    fn supervisors_see_all_unless_the_owner_says_otherwise() {
        for (body, sees) in [
            (json!({}), Sees::All),
            (json!({ "ui_attributes": null }), Sees::All),
            (json!({ "ui_attributes": { "custom_data": {} } }), Sees::All),
            (with_flags(&json!(null)), Sees::All),
            (with_flags(&json!({ "enabled": true })), Sees::All),
            (with_flags(&json!({ "supervisors_see": null })), Sees::All),
            (with_flags(&json!({ "supervisors_see": "all" })), Sees::All),
            (
                with_flags(&json!({ "supervisors_see": "team" })),
                Sees::Team,
            ),
        ] {
            assert_eq!(answer(&FetchFlexConfiguration, &body), sees, "{body}");
        }
    }

    #[test]
    fn a_malformed_flag_is_no_default() {
        let flags = "ui_attributes.custom_data.features.park_interaction";
        let flag = format!("{flags}.supervisors_see");
        for (body, field) in [
            (with_flags(&json!([])), flags),
            (with_flags(&json!("team")), flags),
            (
                json!({ "ui_attributes": { "custom_data": 1 } }),
                "ui_attributes.custom_data",
            ),
            (json!({ "ui_attributes": [] }), "ui_attributes"),
            (with_flags(&json!({ "supervisors_see": "Team" })), &flag),
            (with_flags(&json!({ "supervisors_see": "" })), &flag),
            (with_flags(&json!({ "supervisors_see": ["team"] })), &flag),
            (with_flags(&json!({ "supervisors_see": true })), &flag),
        ] {
            let field = field.to_owned();
            let expected = Err(Failure::UnreadableResponse { field });
            assert_eq!(
                respond(&FetchFlexConfiguration, 200, &body),
                expected,
                "{body}"
            );
        }
    }
}
