//! Settle: an agent has joined a conversation that had been parked, so what parking left behind
//! can go.
//!
//! It is a courtesy: what is left behind does no harm, and the customer's next message clears it
//! too. So the agent hears nothing of it.

use super::call::Failure;
use super::effect::{Effect, Outcome};
use super::json::{Field, Json, Malformed};
use super::task::{is_assigned, is_messaging};
use crate::reply::Reply;
use crate::request::SettleRequest;
use crate::sid::ConversationSid;
use crate::task_attributes::{CONVERSATION, ORIGINAL_ROUTING};

/// Returns the request for the `task` of `view`; `None` for a task that did not come out of parking.
pub fn request(view: &Json) -> Result<Option<SettleRequest>, Malformed> {
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

/// What to do after the call of the function: a failure is for engineers alone.
#[must_use]
pub fn outcome(called: Result<Reply, Failure>) -> Outcome {
    Outcome::done(match called {
        Ok(_) | Err(Failure::Cancelled) => Vec::new(),
        Err(failure) => vec![Effect::Warn {
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

    fn request_for(task: &serde_json::Value) -> Result<Option<SettleRequest>, Malformed> {
        request(&json(&json!({ "task": task })))
    }

    #[test]
    fn a_task_that_came_out_of_parking_is_settled_once_accepted() {
        let request = request_for(&woken()).unwrap().unwrap();
        assert_eq!(
            request.conversation_sid.as_str(),
            "CH00000000000000000000000000000001"
        );
    }

    #[test]
    fn any_other_task_is_left_alone() {
        let mut pending = woken();
        pending["status"] = json!("pending");
        let mut call = woken();
        call["channelType"] = json!("voice");
        for task in [task(), pending, call, json!(null)] {
            assert_eq!(request_for(&task), Ok(None));
        }
    }

    #[test]
    fn a_malformed_task_is_named() {
        let mut task = woken();
        task["attributes"]["conversationSid"] = json!("x");
        assert_eq!(
            request_for(&task).unwrap_err().path,
            "task.attributes.conversationSid"
        );
    }

    #[test]
    fn the_agent_hears_nothing_of_it() {
        assert_eq!(outcome(Ok(Reply::Settled)), Outcome::done(Vec::new()));
        assert_eq!(outcome(Err(Failure::Cancelled)), Outcome::done(Vec::new()));
        let failed = outcome(Err(Failure::Refused(Refusal::TwilioUnavailable)));
        assert!(matches!(failed.effects.as_slice(), [Effect::Warn { .. }]));
    }
}
