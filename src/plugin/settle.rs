//! Settle: removes the parked state after an agent has joined.
//!
//! The agent gets no notification, not even of a failure: the parked state does no harm, and the customer's next
//! message removes it too.

use super::call::CallFailure;
use super::effect::{ShimEffect, ShimOutcome};
use super::json::{Field, Json, MalformedField};
use super::task::{is_assigned, is_messaging};
use crate::reply::Reply;
use crate::request::SettleRequest;
use crate::sid::ConversationSid;
use crate::task_attributes::{CONVERSATION, ORIGINAL_ROUTING};

/// Returns the request for the `task` of `view`, or `None` if its conversation was not parked.
pub fn request(view: &Json) -> Result<Option<SettleRequest>, MalformedField> {
    let task = Field::root("", view).at("task");
    let was_parked = task.down(&["attributes", ORIGINAL_ROUTING]).is_present()?;
    if !was_parked || !is_messaging(&task)? || !is_assigned(&task)? {
        return Ok(None);
    }
    Ok(Some(SettleRequest {
        conversation_sid: task
            .down(&["attributes", CONVERSATION])
            .sid(ConversationSid::parse)?,
    }))
}

/// Returns the outcome after the call. A failure is a warning for engineers.
#[must_use]
pub fn outcome(called: Result<Reply, CallFailure>) -> ShimOutcome {
    ShimOutcome::done(match called {
        Ok(_) | Err(CallFailure::Cancelled) => Vec::new(),
        Err(failure) => vec![ShimEffect::Warn {
            message: format!("could not settle the conversation: {failure}"),
        }],
    })
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
    use crate::reply::Refusal;

    fn woken() -> serde_json::Value {
        let mut task = task();
        task["attributes"]["originalRouting"] = json!({
            "queueSid": "WQ00000000000000000000000000000001",
        });
        task
    }

    fn request_for(task: &serde_json::Value) -> Result<Option<SettleRequest>, MalformedField> {
        request(&json(&json!({ "task": task })))
    }

    #[test]
    fn the_accepted_task_of_a_parked_conversation_is_settled() {
        let request = request_for(&woken()).unwrap().unwrap();
        assert_eq!(
            request.conversation_sid.as_str(),
            "CH00000000000000000000000000000001"
        );
    }

    #[test]
    fn other_tasks_are_ignored() {
        let mut pending = woken();
        pending["status"] = json!("pending");
        let mut call = woken();
        call["channelType"] = json!("voice");
        for task in [task(), pending, call, json!(null)] {
            assert_eq!(request_for(&task), Ok(None));
        }
    }

    #[test]
    fn the_malformed_field_of_a_task_is_named() {
        let mut task = woken();
        task["attributes"]["conversationSid"] = json!("x");
        assert_eq!(
            request_for(&task).unwrap_err().path,
            "task.attributes.conversationSid"
        );
    }

    #[test]
    fn the_agent_gets_no_notification() {
        assert_eq!(outcome(Ok(Reply::Settled)), ShimOutcome::done(Vec::new()));
        assert_eq!(
            outcome(Err(CallFailure::Cancelled)),
            ShimOutcome::done(Vec::new())
        );
        let failed = outcome(Err(CallFailure::Refused(Refusal::TwilioUnavailable)));
        assert!(matches!(
            failed.effects.as_slice(),
            [ShimEffect::Warn { .. }]
        ));
    }
}
