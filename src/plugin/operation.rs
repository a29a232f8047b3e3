//! The operations: from the view of Flex's data to the effects. Only the call in between needs a browser.

use super::call::Failure;
use super::effect::Outcome;
use super::json::Json;
use super::{park, settle, unpark};
use crate::reply::Reply;
use crate::request::{path, CheckRequest, ParkOptions, ParkRequest, SettleRequest, UnparkRequest};

/// What the shim asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// See [`park`].
    Park(ParkOptions),
    /// See [`unpark`].
    Unpark,
    /// See [`settle`].
    Settle,
    /// See [`super::watch`].
    Check,
}

/// A call to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Park a conversation.
    Park(ParkRequest),
    /// Resume one.
    Unpark(UnparkRequest),
    /// Settle one.
    Settle(SettleRequest),
    /// Ask whether one that waits is looked after.
    Check(CheckRequest),
}

impl Operation {
    /// The call to make, or else the outcome already.
    pub fn prepare(self, view: &Json) -> Result<Call, Outcome> {
        let failed = |malformed| Outcome::failed(&Failure::Malformed(malformed));
        match self {
            Self::Park(options) => park::request(view, options).map(Call::Park).map_err(failed),
            Self::Unpark => unpark::request(view).map(Call::Unpark).map_err(failed),
            Self::Settle => match settle::request(view) {
                Ok(Some(request)) => Ok(Call::Settle(request)),
                Ok(None) => Err(Outcome::done(Vec::new())),
                Err(malformed) => Err(settle::outcome(Err(Failure::Malformed(malformed)))),
            },
            // The view has the same field as that of a resume.
            Self::Check => {
                let request = unpark::request(view).map_err(failed)?;
                Ok(Call::Check(CheckRequest {
                    conversation_sid: request.conversation_sid,
                }))
            }
        }
    }
}

impl Call {
    /// The function's path.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::Park(_) => path::PARK,
            Self::Unpark(_) => path::UNPARK,
            Self::Settle(_) => path::SETTLE,
            Self::Check(_) => path::CHECK,
        }
    }

    /// Returns true if the call is repeated after a transient failure. The watch has its own times.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        !matches!(self, Self::Check(_))
    }

    /// What to do after it.
    #[must_use]
    pub fn outcome(&self, called: Result<Reply, Failure>) -> Outcome {
        match self {
            Self::Park(request) => park::outcome(request, called),
            Self::Unpark(_) => unpark::outcome(called),
            Self::Settle(_) => settle::outcome(called),
            // The result shows in the item.
            Self::Check(_) => Outcome::done(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]

    use serde_json::json;

    use super::super::effect::Effect;
    use super::super::task::tests::{json, task};
    use super::*;
    use crate::sid::ConversationSid;

    #[test]
    fn each_operation_calls_its_own_function() {
        let mut woken = task();
        woken["attributes"]["originalRouting"] = json!({});
        for (operation, view, expected) in [
            (
                Operation::Park(ParkOptions::default()),
                json!({ "task": task() }),
                path::PARK,
            ),
            (
                Operation::Unpark,
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::UNPARK,
            ),
            (Operation::Settle, json!({ "task": woken }), path::SETTLE),
            (
                Operation::Check,
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::CHECK,
            ),
        ] {
            assert_eq!(operation.prepare(&json(&view)).unwrap().path(), expected);
        }
    }

    #[test]
    fn malformed_input_is_told_to_the_agent_except_when_settling() {
        for operation in [Operation::Park(ParkOptions::default()), Operation::Unpark] {
            let outcome = operation.prepare(&Json::Null).unwrap_err();
            assert_eq!(outcome.error.unwrap().variant, "malformed");
            assert!(matches!(
                outcome.effects.as_slice(),
                [Effect::Notify { .. }]
            ));
        }
        let mut woken = task();
        woken["attributes"] = json!({
            "originalRouting": {},
            "conversationSid": 1,
            "flexInteractionChannelSid": "UO",
        });
        let outcome = Operation::Settle
            .prepare(&json(&json!({ "task": woken })))
            .unwrap_err();
        assert!(matches!(outcome.effects.as_slice(), [Effect::Warn { .. }]));
    }

    #[test]
    fn a_question_of_the_watch_is_asked_once_and_in_silence() {
        let view = json(&json!({ "ConversationSid": "CH00000000000000000000000000000001" }));
        let call = Operation::Check.prepare(&view).unwrap();
        assert!(!call.is_repeated());
        for called in [
            Ok(Reply::Waiting),
            Err(Failure::Unreachable),
            Err(Failure::Cancelled),
        ] {
            assert_eq!(call.outcome(called), Outcome::done(Vec::new()));
        }
    }

    #[test]
    fn requests_that_name_a_conversation_have_one_form() {
        let conversation_sid = ConversationSid::example();
        let resume = serde_json::to_value(UnparkRequest {
            conversation_sid: conversation_sid.clone(),
        });
        let settle = serde_json::to_value(SettleRequest {
            conversation_sid: conversation_sid.clone(),
        });
        let check = serde_json::to_value(CheckRequest { conversation_sid });
        let resume = resume.unwrap();
        assert_eq!([settle.unwrap(), check.unwrap()], [resume.clone(), resume]);
    }

    #[test]
    fn an_ordinary_task_needs_no_settling() {
        let outcome = Operation::Settle
            .prepare(&json(&json!({ "task": task() })))
            .unwrap_err();
        assert_eq!(outcome, Outcome::done(Vec::new()));
    }
}
