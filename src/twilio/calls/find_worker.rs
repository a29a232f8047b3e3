use serde::de::IgnoredAny;
use serde::Deserialize;
use serde_json::json;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::Call;

/// Checks whether a worker has this chat identity.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FindWorker {
    pub identity: String,
    /// The field to search.
    pub by: WorkerField,
}

/// A field of a worker that holds the chat identity. Flex writes both; an account may have changed either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkerField {
    /// The worker's friendly name.
    FriendlyName,
    /// The worker attribute `contact_uri`: the identity, with or without the prefix `client:`. Twilio allows three such
    /// requests per second and account.
    ContactUri,
}

impl Call for FindWorker {
    /// True if there is such a worker.
    type Answer = bool;

    fn http(&self, access: &Access) -> Http {
        let query = match self.by {
            WorkerField::FriendlyName => json!({ "FriendlyName": self.identity, "PageSize": 1 }),
            WorkerField::ContactUri => json!({
                "TargetWorkersExpression": contact_uri_is(&self.identity),
                "PageSize": 1,
            }),
        };
        Http::get(Uri::workspace(access).part("Workers")).with_query(query)
    }

    fn read(&self, body: Body<'_>) -> Result<bool, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            workers: Vec<IgnoredAny>,
        }

        body.parse::<Raw>().map(|raw| !raw.workers.is_empty())
    }

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let call = |by| Self {
            identity: "Ben".into(),
            by,
        };
        vec![
            call(WorkerField::FriendlyName),
            call(WorkerField::ContactUri),
        ]
    }
}

/// Returns the expression that finds workers with this identity, in every known form of `contact_uri`.
fn contact_uri_is(identity: &str) -> String {
    let plain = quotable(identity);
    let mut forms = vec![format!("client:{plain}"), plain.clone()];
    let lower = plain.to_lowercase();
    if lower != plain {
        forms.extend([format!("client:{lower}"), lower]);
    }
    let forms: Vec<String> = forms
        .iter()
        .map(|form| format!("contact_uri == \"{form}\""))
        .collect();
    forms.join(" OR ")
}

/// Removes quotes and backslashes from an identity, for use in a quoted part of an expression. Flex's own identities
/// have none; an identity with a quote belongs to no worker.
fn quotable(identity: &str) -> String {
    identity
        .chars()
        .filter(|c| !matches!(c, '"' | '\\'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};

    #[test]
    fn either_field_is_searched() {
        let expression = "contact_uri == \"client:Ben\" OR contact_uri == \"Ben\" \
                          OR contact_uri == \"client:ben\" OR contact_uri == \"ben\"";
        let params = [
            json!({ "FriendlyName": "Ben", "PageSize": 1 }),
            json!({ "TargetWorkersExpression": expression, "PageSize": 1 }),
        ];
        for (call, params) in FindWorker::examples().iter().zip(params) {
            let uri = "https://taskrouter.twilio.com/v1/Workspaces/WS…/Workers";
            let sent = json!({ "method": "get", "uri": uri, "params": params });
            assert_eq!(request(call), sent);
        }
    }

    #[test]
    fn an_identity_cannot_break_out_of_the_expression() {
        assert_eq!(
            contact_uri_is("\" or 1 == \"1"),
            "contact_uri == \"client: or 1 == 1\" OR contact_uri == \" or 1 == 1\""
        );
    }

    #[test]
    fn an_empty_page_means_no_worker() {
        let call = example::<FindWorker>();
        assert!(!answer(&call, &json!({ "workers": [] })));
        assert!(answer(&call, &json!({ "workers": [{ "sid": "WK" }] })));
    }
}
