//! Park: the agent leaves, and the conversation waits for the customer.

use super::appointment;
use super::call::CallFailure;
use super::effect::{Deed, NotificationId, ShimEffect, ShimOutcome, StringKey};
use super::json::{integer, Field, Json, MalformedField};
use super::last_message;
use super::task::Messaging;
use crate::reply::{Refusal, Reply};
use crate::request::{ParkOptions, ParkRequest, ParkTarget};
use crate::sid::TaskSid;

/// Flex sends its last updates of a conversation within this time after the agent has left it.
const UNLOAD_AFTER_MS: u32 = 2_000;

/// Returns the request for `view`, with the settings of [`super::settings`]. `view` has `task`, `lastMessageIndex` (missing when
/// the agent's screen held no message), `appointment` (missing for a park until the customer writes), `agentName`, and the last
/// message: see [`last_message::read`].
pub fn request(view: &Json, options: ParkOptions) -> Result<ParkRequest, MalformedField> {
    let appointment = appointment::read(view)?;
    let root = Field::root("", view);
    let task = root.at("task");
    let Messaging {
        conversation_sid,
        interaction_sid,
        channel_sid,
    } = Messaging::read(&task)?;
    let mut target = ParkTarget {
        conversation_sid,
        interaction_sid,
        channel_sid,
        task_sid: task.at("taskSid").sid(TaskSid::parse)?,
        last_message_index: index(&root.at("lastMessageIndex"))?,
        last_line: None,
        last_line_by: None,
        customer_wrote_at: None,
    };
    last_message::read(view, &mut target);
    Ok(ParkRequest {
        target,
        options,
        appointment,
    })
}

/// Returns the number of files that the agent has chosen for the next message and not given up: the field `files` of `view`.
#[must_use]
pub fn files_chosen(view: &Json) -> u32 {
    let files = Field::root("", view).at("files");
    index(&files).ok().flatten().unwrap_or_default()
}

/// Returns the outcome of the call of the function.
#[must_use]
pub fn outcome(request: &ParkRequest, called: Result<Reply, CallFailure>) -> ShimOutcome {
    let notification = match called {
        Err(failure) => return ShimOutcome::failed_to(Deed::Park, &failure),
        // Of a click that is repeated, the first one's time stands.
        Ok(Reply::Parked {
            until, keep_time, ..
        }) => ShimEffect::Notify {
            id: match (until, keep_time) {
                (None, _) => NotificationId::ParkInteractionParked,
                (Some(_), true) => NotificationId::ParkInteractionParkedKept,
                (Some(_), false) => NotificationId::ParkInteractionParkedUntil,
            },
            field: Some(request.target.conversation_sid.to_string()),
            time: until,
            what: None,
            patience: None,
        },
        Ok(Reply::ParkedAndWoken) => {
            ShimEffect::notify(NotificationId::ParkInteractionParkedAndWoken)
        }
        Ok(_) => {
            let failure = CallFailure::Unreadable { status: 200 };
            return ShimOutcome::failed_to(Deed::Park, &failure);
        }
    };
    ShimOutcome::done(vec![
        notification,
        ShimEffect::UnloadConversation {
            conversation_sid: request.target.conversation_sid.clone(),
            after_ms: UNLOAD_AFTER_MS,
        },
    ])
}

/// Returns true if the Functions are so old that they know no appointments: they took the preparation for a park without a conversation.
#[must_use]
pub fn know_no_appointments(prepared: &Result<Reply, CallFailure>) -> bool {
    matches!(
        prepared,
        Err(CallFailure::Refused(Refusal::BadRequest { .. }))
    )
}

/// Returns true if Functions that know no appointments park the conversation without what was asked for.
#[must_use]
pub fn lacks_appointment(request: &ParkRequest) -> bool {
    let appointment = &request.appointment;
    appointment.until.is_some() || appointment.reason.is_some() || appointment.note.is_some()
}

/// Returns the notification about a conversation that older Functions have parked without its appointment.
#[must_use]
pub fn partly() -> ShimEffect {
    ShimEffect::Notify {
        id: NotificationId::ParkInteractionFunctionsOlder,
        field: None,
        time: None,
        what: Some(StringKey::ParkInteractionParkPartly),
        patience: None,
    }
}

fn index(field: &Field<'_>) -> Result<Option<u32>, MalformedField> {
    let found = match field.value()? {
        Json::Null => return Ok(None),
        Json::Number(number) => integer(*number),
        _ => None,
    };
    found
        .map(Some)
        .ok_or_else(|| field.malformed("a message's index, from 0"))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]

    use serde_json::json;

    use super::super::task::tests::{json, task};
    use super::*;
    use crate::request::Appointment;

    #[allow(
        clippy::needless_pass_by_value,
        reason = "the tests read better with literals"
    )]
    fn view(last_message_index: serde_json::Value) -> Json {
        json(&json!({ "task": task(), "lastMessageIndex": last_message_index }))
    }

    fn request(view: &Json) -> Result<ParkRequest, MalformedField> {
        super::request(view, ParkOptions::default())
    }

    fn parked(until: Option<u32>, keep_time: bool) -> Reply {
        Reply::Parked {
            webhook_sid: None,
            until,
            keep_time,
        }
    }

    #[test]
    fn the_request_names_what_the_task_names() {
        let options = ParkOptions {
            show_list: true,
            list_ttl_seconds: Some(3_600),
            ..ParkOptions::default()
        };
        let request = super::request(&view(json!(7)), options.clone()).unwrap();
        assert_eq!(
            serde_json::to_value(request.target).unwrap(),
            json!({
                "conversationSid": "CH00000000000000000000000000000001",
                "interactionSid": "KD00000000000000000000000000000001",
                "channelSid": "UO00000000000000000000000000000001",
                "taskSid": "WT00000000000000000000000000000001",
                "lastMessageIndex": 7,
            })
        );
        assert_eq!(request.options, options);
    }

    #[test]
    fn the_request_has_the_last_message_for_the_row() {
        let own = |by: &str, at: u32| json!([by, f64::from(at) * 1_000.0 + 999.0]);
        let messages = json!([own("whatsapp:+1", 5), own("ada", 7), own("whatsapp:+1", 6)]);
        for (last, line, by) in [
            (
                json!(["\n Which one?\n", true, false]),
                Some("Which one?"),
                Some("agent"),
            ),
            (
                json!(["The red one", false, true]),
                Some("The red one"),
                Some("customer"),
            ),
            (json!([null, false, true]), None, Some("customer")),
            (json!(["", true, true]), None, Some("agent")),
            (json!(["", false, false]), None, None),
            (json!([7, "yes", "no"]), None, None),
            (json!(["The red one"]), None, None),
            (json!(null), None, None),
        ] {
            let mut task = task();
            task["channelType"] = json!("WhatsApp");
            let view = json!({ "task": task, "lastMessage": last, "messages": messages });
            let target = request(&json(&view)).unwrap().target;
            assert_eq!(target.last_line.as_deref(), line, "{last}");
            assert_eq!(target.last_line_by.as_deref(), by, "{last}");
            assert_eq!(target.customer_wrote_at, Some(6), "{last}");
        }
        let long = json!({ "task": task(), "lastMessage": ["é".repeat(200), false, false] });
        let target = request(&json(&long)).unwrap().target;
        assert_eq!(target.last_line, Some("é".repeat(120)));
        assert_eq!(target.customer_wrote_at, None, "the channel has no window");
    }

    #[test]
    fn without_messages_on_the_screen_no_index_is_sent() {
        assert_eq!(
            request(&view(json!(null)))
                .unwrap()
                .target
                .last_message_index,
            None
        );
        for wrong in [json!(-1), json!(1.5), json!("7"), json!(1e30)] {
            assert_eq!(request(&view(wrong)).unwrap_err().path, "lastMessageIndex");
        }
    }

    #[test]
    fn a_malformed_task_is_refused_before_anything_is_sent() {
        let mut task = task();
        task["taskSid"] = json!("WR00000000000000000000000000000001");
        let view = json(&json!({ "task": task }));
        assert_eq!(request(&view).unwrap_err().path, "task.taskSid");
        assert_eq!(
            request(&Json::Null).unwrap_err().path,
            "task.attributes.conversationSid"
        );
    }

    #[test]
    fn a_parked_conversation_is_announced_and_unloaded() {
        let request = request(&view(json!(7))).unwrap();
        let outcome = outcome(&request, Ok(parked(None, false)));
        assert_eq!(
            outcome,
            ShimOutcome::done(vec![
                ShimEffect::Notify {
                    id: NotificationId::ParkInteractionParked,
                    field: Some(request.target.conversation_sid.to_string()),
                    time: None,
                    what: None,
                    patience: None,
                },
                ShimEffect::UnloadConversation {
                    conversation_sid: request.target.conversation_sid.clone(),
                    after_ms: 2_000,
                },
            ])
        );
    }

    #[test]
    fn the_notification_names_the_time_that_stands() {
        let mut request = request(&view(json!(7))).unwrap();
        // A repeated click: the first one's time stands.
        request.appointment.until = Some(1_778_500_000);
        for (keep_time, expected) in [
            (false, NotificationId::ParkInteractionParkedUntil),
            (true, NotificationId::ParkInteractionParkedKept),
        ] {
            let reply = parked(Some(1_778_569_200), keep_time);
            let outcome = outcome(&request, Ok(reply));
            assert_eq!(
                outcome.effects.first(),
                Some(&ShimEffect::Notify {
                    id: expected,
                    field: Some(request.target.conversation_sid.to_string()),
                    time: Some(1_778_569_200),
                    what: None,
                    patience: None,
                })
            );
        }
    }

    #[test]
    fn a_conversation_that_woke_at_once_is_announced_as_such() {
        let request = request(&view(json!(7))).unwrap();
        let outcome = outcome(&request, Ok(Reply::ParkedAndWoken));
        assert_eq!(
            outcome.effects.first(),
            Some(&ShimEffect::notify(
                NotificationId::ParkInteractionParkedAndWoken
            ))
        );
    }

    #[test]
    fn a_refusal_keeps_the_conversation_loaded() {
        let request = request(&view(json!(7))).unwrap();
        let outcome = outcome(
            &request,
            Err(CallFailure::Refused(Refusal::ConversationClosed)),
        );
        assert_eq!(
            outcome.effects,
            [ShimEffect::Notify {
                id: NotificationId::ParkInteractionConversationClosed,
                field: None,
                time: None,
                what: Some(StringKey::ParkInteractionParkFailed),
                patience: None,
            }]
        );
        assert_eq!(outcome.error.unwrap().variant, "conversationClosed");
    }

    /// Functions before 0.2.0 park until the customer writes, whatever is asked for, and say so.
    #[test]
    fn a_time_a_reason_and_a_note_are_an_appointment() {
        let lacks = |until: Option<u32>, reason: Option<&str>, note: Option<&str>| {
            let mut request = request(&view(json!(7))).unwrap();
            request.appointment = Appointment {
                until,
                reason: reason.map(Into::into),
                note: note.map(Into::into),
                agent_name: Some("Ada".into()),
                ..Appointment::default()
            };
            lacks_appointment(&request)
        };
        assert!(!lacks(None, None, None));
        assert!(lacks(Some(1_790_000_000), None, None));
        assert!(lacks(None, Some("parcel"), None));
        assert!(lacks(None, None, Some("Call first")));
    }

    #[test]
    fn a_preparation_that_is_refused_as_incomplete_shows_old_functions() {
        let refused = |refusal| know_no_appointments(&Err(CallFailure::Refused(refusal)));
        let field = "conversationSid".to_owned();
        assert!(refused(Refusal::BadRequest { field }));
        assert!(!refused(Refusal::InvalidToken));
        assert!(!know_no_appointments(&Ok(Reply::Ready)));
    }

    #[test]
    fn an_answer_to_another_question_is_a_failure() {
        let request = request(&view(json!(7))).unwrap();
        let outcome = outcome(&request, Ok(Reply::Settled));
        assert_eq!(outcome.error.unwrap().variant, "unreadable");
    }
}
