use serde::de::IgnoredAny;
use serde::Deserialize;
use serde_json::json;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http, Uri};
use crate::twilio::{answers_as, Call};

/// Asks whether a chat identity is a worker's.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/worker>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FindWorker {
    /// The identity.
    pub identity: String,
    /// By what the worker is known.
    pub by: WorkerMark,
}

/// By what a worker is known to have a chat identity. Flex gives workers both; an account may have changed either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkerMark {
    /// The worker's friendly name.
    FriendlyName,
    /// The worker attribute `contact_uri`: the identity, with or without `client:` before it. Twilio takes three such requests
    /// a second for a whole account.
    ContactUri,
}

impl Call for FindWorker {
    type Answer = bool;
    answers_as!(FindWorker);

    fn http(&self, access: &Access) -> Http {
        let query = match self.by {
            WorkerMark::FriendlyName => json!({ "FriendlyName": self.identity, "PageSize": 1 }),
            WorkerMark::ContactUri => json!({
                "TargetWorkersExpression": contact_uri_is(&self.identity),
                "PageSize": 1,
            }),
        };
        Http::get(Uri::workspace(access).part("Workers")).query(query)
    }

    fn read(&self, body: Body<'_>) -> Result<bool, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            workers: Vec<IgnoredAny>,
        }

        body.parse::<Raw>().map(|raw| !raw.workers.is_empty())
    }
}

/// The expression that workers with this identity fulfil, in every form in which `contact_uri` was seen.
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

/// An identity as it can stand in a quoted part of an expression. Flex's own identities hold no quotes; another one with a
/// quote in it is nobody's.
fn quotable(identity: &str) -> String {
    identity
        .chars()
        .filter(|c| !matches!(c, '"' | '\\'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_cannot_break_out_of_the_expression() {
        assert_eq!(
            contact_uri_is("\" or 1 == \"1"),
            "contact_uri == \"client: or 1 == 1\" OR contact_uri == \" or 1 == 1\""
        );
    }

    #[test]
    fn every_form_of_contact_uri_is_asked_for() {
        assert_eq!(
            contact_uri_is("Ben"),
            "contact_uri == \"client:Ben\" OR contact_uri == \"Ben\" \
             OR contact_uri == \"client:ben\" OR contact_uri == \"ben\""
        );
    }
}
