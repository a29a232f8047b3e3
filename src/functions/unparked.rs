//! The return of parked conversations, for the log.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::attributes::Attributes;
use crate::reply::{Changed, OutcomeName, ReplyName};
use crate::stored::ReadFrom;
use crate::task_attributes::{CONVERSATION, PARKED};
use crate::twilio::time::Millis;
use crate::twilio::AnyCall;

/// The conversations for which an invocation has created an invite, with the attribute [`PARKED`] of the task of each.
#[derive(Debug, Default)]
pub(super) struct Unparked(BTreeMap<String, Attributes>);

/// The return of one conversation, as a line of the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedReturn {
    /// The time between the park and the new task. Absent where another plugin parked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    parked_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A conversation that a sweep has changed, as a line of the log has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoggedChange {
    #[serde(flatten)]
    changed: Changed,
    #[serde(flatten)]
    unparked: Option<LoggedReturn>,
}

impl Unparked {
    /// Remembers the return if `call` creates an invite. The attributes of its task describe the park.
    pub(super) fn watch(&mut self, call: &AnyCall) {
        let attributes = match call {
            AnyCall::CreateInvite(invite) => &invite.attributes,
            AnyCall::CreateInteraction(interaction) => &interaction.invite.attributes,
            _ => return,
        };
        let Ok(task) = Attributes::parse(attributes) else {
            return;
        };
        let (Some(conversation), Some(parked)) =
            (task.text_at(CONVERSATION), task.get::<Attributes>(PARKED))
        else {
            return;
        };
        self.0.insert(conversation, parked);
    }

    /// Returns the return of a conversation with this outcome, if an invite was created for it.
    pub(super) fn logged(
        &self,
        conversation: &str,
        outcome: OutcomeName,
        now: Millis,
    ) -> Option<LoggedReturn> {
        let OutcomeName::Replied(
            ReplyName::Routed | ReplyName::ParkedAndWoken | ReplyName::CustomerWrote,
        ) = outcome
        else {
            return None;
        };
        let parked = self.0.get(conversation)?;
        let parked_at = Millis::read_from(parked, "at");
        Some(LoggedReturn {
            parked_seconds: parked_at.map(|at| now.saturating_sub(at) / 1_000),
            cause: parked.text_at("cause"),
            reason: parked.text_at("reason"),
        })
    }

    /// Returns the change of a conversation with its return, if there is one.
    pub(super) fn logged_change(&self, changed: &Changed, now: Millis) -> LoggedChange {
        let conversation = changed.conversation_sid.as_str();
        LoggedChange {
            unparked: self.logged(conversation, changed.outcome, now),
            changed: changed.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use serde_json::{json, Value};

    use super::*;
    use crate::park_note::ParkNote;
    use crate::record::tests as recorded;
    use crate::record::{next_task_attributes, Return};
    use crate::refusal::Refusal;
    use crate::reply::Reply;
    use crate::sid::ConversationSid;
    use crate::twilio::calls::{CreateInteraction, CreateInvite};

    const PARKED_AT: Millis = 1_790_000_000_000;
    const ROUTED: OutcomeName = OutcomeName::Replied(ReplyName::Routed);

    fn invite() -> CreateInvite {
        let guardian = recorded::guardian();
        let back = Return {
            at: 0,
            cause: "time",
            note: ParkNote {
                reason: Some("Order number".into()),
                note: Some("She calls tonight".into()),
                ..ParkNote::default()
            },
        };
        let conversation = ConversationSid::example();
        let example = AnyCall::examples().into_iter().find_map(|call| match call {
            AnyCall::CreateInvite(invite) => Some(*invite),
            _ => None,
        });
        CreateInvite {
            attributes: next_task_attributes(None, &guardian, &conversation, &back),
            ..example.unwrap()
        }
    }

    fn logged(call: &AnyCall, outcome: OutcomeName, now: Millis) -> Value {
        let mut unparked = Unparked::default();
        unparked.watch(call);
        let logged = unparked.logged(ConversationSid::example().as_str(), outcome, now);
        serde_json::to_value(logged).unwrap()
    }

    #[test]
    fn an_invite_shows_cause_and_parked_time() {
        let invite = invite();
        let expected = json!({ "parkedSeconds": 90, "cause": "time", "reason": "Order number" });
        let renewal = CreateInteraction {
            conversation: ConversationSid::example(),
            medium: "web".into(),
            invite: invite.clone(),
        };
        for call in [invite.into(), renewal.into()] {
            assert_eq!(logged(&call, ROUTED, PARKED_AT + 90_999), expected);
        }
    }

    /// The clocks of two Functions may differ.
    #[test]
    fn a_park_in_the_future_took_no_time() {
        let line = logged(&invite().into(), ROUTED, PARKED_AT - 1);
        assert_eq!(line.get("parkedSeconds"), Some(&json!(0)));
    }

    #[test]
    fn only_a_new_task_is_a_return() {
        let call: AnyCall = invite().into();
        for reply in Reply::examples() {
            let is_return = matches!(
                reply,
                Reply::Routed | Reply::ParkedAndWoken | Reply::CustomerWrote
            );
            let line = logged(&call, reply.name(), PARKED_AT);
            assert_eq!(!line.is_null(), is_return, "{reply:?}");
        }
        for call in AnyCall::examples() {
            let creates = matches!(
                call,
                AnyCall::CreateInvite(_) | AnyCall::CreateInteraction(_)
            );
            assert!(
                creates || logged(&call, ROUTED, PARKED_AT).is_null(),
                "{call:?}"
            );
        }
    }

    #[test]
    fn a_sweep_names_the_return_of_each_conversation() {
        let mut unparked = Unparked::default();
        unparked.watch(&invite().into());
        let other = ConversationSid::parse(format!("CH{}", "9".repeat(32))).unwrap();
        let outcomes = [
            (ConversationSid::example(), ROUTED),
            (
                ConversationSid::example(),
                OutcomeName::Refused(Refusal::Busy.name()),
            ),
            (other, ROUTED),
        ];
        let lines = outcomes.map(|(conversation_sid, outcome)| {
            let changed = Changed {
                conversation_sid,
                outcome,
            };
            serde_json::to_value(unparked.logged_change(&changed, PARKED_AT + 60_000)).unwrap()
        });
        let [routed, busy, unknown] = lines;
        assert_eq!(
            routed,
            json!({
                "conversationSid": ConversationSid::example(), "outcome": "routed",
                "parkedSeconds": 60, "cause": "time", "reason": "Order number",
            })
        );
        for line in [busy, unknown] {
            assert_eq!(line.as_object().unwrap().len(), 2, "{line}");
        }
    }
}
