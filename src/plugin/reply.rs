//! Reads what the Functions answered.
//!
//! The shared types write it; reading it with serde as well would cost the plugin a third of its
//! Wasm for twenty names. A test holds the two together.

use super::json::{Field, Json, Malformed};
use crate::reply::{Refusal, Reply};
use crate::sid::WebhookSid;

/// Takes the body of an answer for a [`Reply`].
pub fn read(body: &Json) -> Result<Reply, Malformed> {
    let body = Field::root("", body);
    let outcome = body.at("outcome");
    Ok(match outcome.text()? {
        Some("parked") => Reply::Parked {
            webhook_sid: body.at("webhookSid").optional_sid(WebhookSid::parse)?,
        },
        Some("parkedAndWoken") => Reply::ParkedAndWoken,
        Some("routed") => Reply::Routed,
        Some("alreadyRouted") => Reply::AlreadyRouted,
        Some("settled") => Reply::Settled,
        Some("waiting") => Reply::Waiting,
        Some("ignored") => Reply::Ignored,
        Some("refused") => Reply::Refused {
            refusal: refusal(&body.at("refusal"))?,
            message: text(&body.at("message"))?,
        },
        _ => return Err(outcome.malformed("an outcome of the functions")),
    })
}

fn refusal(field: &Field<'_>) -> Result<Refusal, Malformed> {
    let kind = field.at("kind");
    Ok(match kind.text()? {
        Some("badRequest") => Refusal::BadRequest {
            field: text(&field.at("field"))?,
        },
        Some("invalidToken") => Refusal::InvalidToken,
        Some("notAllowed") => Refusal::NotAllowed,
        Some("notParkable") => Refusal::NotParkable,
        Some("conversationClosed") => Refusal::ConversationClosed,
        Some("severalAgents") => Refusal::SeveralAgents,
        Some("tooLarge") => Refusal::TooLarge,
        Some("tooManyWebhooks") => Refusal::TooManyWebhooks,
        Some("notParked") => Refusal::NotParked,
        Some("busy") => Refusal::Busy,
        Some("away") => Refusal::Away,
        Some("full") => Refusal::Full,
        Some("misconfigured") => Refusal::Misconfigured {
            field: text(&field.at("field"))?,
        },
        Some("twilioRefused") => Refusal::TwilioRefused {
            code: field.at("code").whole((0, u32::MAX))?.unwrap_or_default(),
        },
        Some("twilioUnavailable") => Refusal::TwilioUnavailable,
        _ => return Err(kind.malformed("a refusal of the functions")),
    })
}

fn text(field: &Field<'_>) -> Result<String, Malformed> {
    field.text().map(Option::unwrap_or_default).map(Into::into)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::*;

    fn refusals() -> Vec<Refusal> {
        let all = vec![
            Refusal::BadRequest {
                field: "taskSid".into(),
            },
            Refusal::InvalidToken,
            Refusal::NotAllowed,
            Refusal::NotParkable,
            Refusal::ConversationClosed,
            Refusal::SeveralAgents,
            Refusal::TooLarge,
            Refusal::TooManyWebhooks,
            Refusal::NotParked,
            Refusal::Busy,
            Refusal::Away,
            Refusal::Full,
            Refusal::Misconfigured {
                field: "TWILIO_FLEX_SYNC_SID".into(),
            },
            Refusal::TwilioRefused { code: 45_376 },
            Refusal::TwilioUnavailable,
        ];
        for refusal in &all {
            // A new variant does not compile here until it stands in the list above.
            match refusal {
                Refusal::BadRequest { .. }
                | Refusal::InvalidToken
                | Refusal::NotAllowed
                | Refusal::NotParkable
                | Refusal::ConversationClosed
                | Refusal::SeveralAgents
                | Refusal::TooLarge
                | Refusal::TooManyWebhooks
                | Refusal::NotParked
                | Refusal::Busy
                | Refusal::Away
                | Refusal::Full
                | Refusal::Misconfigured { .. }
                | Refusal::TwilioRefused { .. }
                | Refusal::TwilioUnavailable => {}
            }
        }
        all
    }

    fn replies() -> Vec<Reply> {
        let mut all = vec![
            Reply::Parked { webhook_sid: None },
            Reply::Parked {
                webhook_sid: Some(WebhookSid::parse("WH00000000000000000000000000000001").unwrap()),
            },
            Reply::ParkedAndWoken,
            Reply::Routed,
            Reply::AlreadyRouted,
            Reply::Settled,
            Reply::Waiting,
            Reply::Ignored,
        ];
        all.extend(refusals().into_iter().map(|refusal| Reply::Refused {
            refusal,
            message: "in words".into(),
        }));
        for reply in &all {
            // As above.
            match reply {
                Reply::Parked { .. }
                | Reply::ParkedAndWoken
                | Reply::Routed
                | Reply::AlreadyRouted
                | Reply::Settled
                | Reply::Waiting
                | Reply::Ignored
                | Reply::Refused { .. }
                // The plugin needs none of these.
                | Reply::Restored
                | Reply::Removed
                | Reply::Reconciled { .. } => {}
            }
        }
        all
    }

    #[test]
    fn every_answer_that_the_functions_write_is_read_as_it_was_meant() {
        for reply in replies() {
            let written = serde_json::to_value(&reply).unwrap();
            assert_eq!(read(&Json::from(&written)), Ok(reply), "{written}");
        }
    }

    #[test]
    fn fields_of_a_later_version_are_passed_over() {
        let body = json!({ "outcome": "routed", "success": true, "taskSid": 3 });
        assert_eq!(read(&Json::from(&body)), Ok(Reply::Routed));
    }

    #[test]
    fn anything_else_is_malformed() {
        for (body, path) in [
            (json!(null), "outcome"),
            (json!("routed"), ""),
            (json!({ "outcome": "sold" }), "outcome"),
            (json!({ "outcome": "refused" }), "refusal.kind"),
            (
                json!({ "outcome": "refused", "refusal": { "kind": "tired" } }),
                "refusal.kind",
            ),
            (
                json!({ "outcome": "parked", "webhookSid": "CH" }),
                "webhookSid",
            ),
        ] {
            assert_eq!(read(&Json::from(&body)).unwrap_err().path, path, "{body}");
        }
    }
}
