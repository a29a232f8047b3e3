//! The operations of the plugin: from a view of Flex's data to a call of a Function, and from its reply to effects.

use super::call::CallFailure;
use super::effect::{Deed, ShimOutcome};
use super::json::Json;
use super::{change, close, keep, park, rules, settings, settle, unpark};
use crate::reply::{Refusal, Reply};
use crate::request::{
    path, ChangeRequest, CheckRequest, EndRequest, GiveRequest, KeepRequest, ParkOptions,
    ParkRequest, SettleRequest, UnparkRequest,
};

/// An operation that the shim can start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operation<'a> {
    /// Wake the Function that parks, so that a click need not wait for it.
    Prepare,
    /// Park a conversation by the configuration of this view; see [`park`] and [`settings`].
    Park(&'a Json),
    /// Resume a conversation; see [`unpark`].
    Unpark,
    /// Close a conversation for good, if the owner allows it; see [`close`].
    End(bool),
    /// Give a conversation to the queue, or to another agent; see [`close`].
    Give,
    /// Let the agent read their list in Sync, or those of other agents.
    Access,
    /// Change time or reason of a conversation by the configuration of this view; see [`change`] and [`settings`].
    Change(&'a Json),
    /// Settle a conversation; see [`settle`].
    Settle,
    /// Check a waiting conversation; see [`super::watch`].
    Check,
    /// Restart the longest wait of a parked conversation; see [`keep`].
    Keep {
        /// Its length, in hours.
        hours: u32,
        /// Its end, in seconds since 1970.
        until: u32,
    },
}

/// A call of a Function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FunctionCall {
    /// Prepare for a park.
    Prepare,
    /// Park a conversation.
    Park(Box<ParkRequest>),
    /// Resume a conversation.
    Unpark(UnparkRequest),
    /// Close a conversation for good.
    End(EndRequest),
    /// Give a conversation to the queue, or to another agent.
    Give(GiveRequest),
    /// Let the agent read lists in Sync: of these agents, with commas between their SIDs, or else their own.
    Access(Option<String>),
    /// Change time or reason of a conversation.
    Change(ChangeRequest),
    /// Settle a conversation.
    Settle(SettleRequest),
    /// Check a waiting conversation.
    Check(CheckRequest),
    /// Restart the longest wait of a parked conversation, which ends then: at a time in seconds since 1970.
    Keep(KeepRequest, u32),
}

impl Operation<'_> {
    /// Returns the call to make, or the outcome if there is none to make.
    pub fn prepare(self, view: &Json) -> Result<FunctionCall, ShimOutcome> {
        let failed = |malformed| ShimOutcome::failed(&CallFailure::Malformed(malformed));
        let failed_to =
            |deed, malformed| ShimOutcome::failed_to(deed, &CallFailure::Malformed(malformed));
        match self {
            Self::Prepare => Ok(FunctionCall::Prepare),
            Self::Access => Ok(FunctionCall::Access(view.get_text("of").map(Into::into))),
            Self::Park(configuration) => {
                let task = view.get("task");
                let flags = settings::flags(configuration, task);
                if let Some(reason) = rules::refusal(&flags, task) {
                    return Err(reason.outcome());
                }
                let files = park::files_chosen(view);
                if files > 0 {
                    let failure = CallFailure::FilesChosen(files);
                    return Err(ShimOutcome::failed_to(Deed::Park, &failure));
                }
                park::request(view, ParkOptions::new(&flags))
                    .map(|request| FunctionCall::Park(Box::new(request)))
                    .map_err(|malformed| failed_to(Deed::Park, malformed))
            }
            Self::Unpark => unpark::request(view)
                .map(FunctionCall::Unpark)
                .map_err(|malformed| failed_to(Deed::Resume, malformed)),
            Self::End(false) => Err(ShimOutcome::failed_to(
                Deed::End,
                &CallFailure::Refused(Refusal::NotAllowed),
            )),
            Self::End(true) => close::end_request(view)
                .map(FunctionCall::End)
                .map_err(|malformed| failed_to(Deed::End, malformed)),
            Self::Give => close::give_request(view)
                .map(FunctionCall::Give)
                .map_err(|malformed| failed_to(close::giving(view), malformed)),
            Self::Change(configuration) => {
                let options = ParkOptions::new(&settings::flags(configuration, &Json::Null));
                change::request(view, &options)
                    .map(FunctionCall::Change)
                    .map_err(|malformed| failed_to(Deed::Change, malformed))
            }
            Self::Settle => match settle::request(view) {
                Ok(Some(request)) => Ok(FunctionCall::Settle(request)),
                Ok(None) => Err(ShimOutcome::done(Vec::new())),
                Err(malformed) => Err(settle::outcome(Err(CallFailure::Malformed(malformed)))),
            },
            // The view is the same as for a resume.
            Self::Check => {
                let request = unpark::request(view).map_err(failed)?;
                Ok(FunctionCall::Check(CheckRequest {
                    conversation_sid: request.conversation_sid,
                }))
            }
            Self::Keep { hours, until } => keep::request(view, hours)
                .map(|request| FunctionCall::Keep(request, until))
                .map_err(failed),
        }
    }
}

impl FunctionCall {
    /// Returns the path of the Function.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::Prepare | Self::Park(_) => path::PARK,
            Self::Unpark(_) => path::UNPARK,
            Self::End(_) => path::END,
            Self::Give(_) => path::GIVE,
            Self::Access(_) => path::ACCESS,
            Self::Change(_) => path::CHANGE,
            Self::Settle(_) => path::SETTLE,
            Self::Check(_) => path::CHECK,
            Self::Keep(..) => path::KEEP,
        }
    }

    /// Returns true if the call is retried after a transient failure. The watch retries by itself, and a preparation comes too late then.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        !matches!(self, Self::Check(_) | Self::Prepare)
    }

    /// Returns the outcome after the call.
    #[must_use]
    pub fn outcome(&self, called: Result<Reply, CallFailure>) -> ShimOutcome {
        match self {
            Self::Park(request) => park::outcome(request, called),
            Self::Unpark(request) => unpark::outcome(request, called),
            Self::End(_) => close::end_outcome(called),
            Self::Give(request) => close::give_outcome(request, called),
            Self::Change(_) => change::outcome(called),
            Self::Settle(_) => settle::outcome(called),
            // The item shows the result of a check, and the list that of the access.
            Self::Check(_) | Self::Prepare | Self::Access(_) => ShimOutcome::done(Vec::new()),
            Self::Keep(_, until) => keep::outcome(*until, called),
        }
    }
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

    use super::super::effect::{NotificationId, ShimEffect, StringKey};
    use super::super::task::tests::{json, task};
    use super::*;
    use crate::sid::ConversationSid;

    const KEEP: Operation = Operation::Keep {
        hours: 1,
        until: 1_790_003_600,
    };

    #[test]
    fn each_operation_calls_its_own_function() {
        let mut woken = task();
        woken["attributes"]["originalRouting"] = json!({});
        for (operation, view, expected) in [
            (
                Operation::Park(&Json::Null),
                json!({ "task": task() }),
                path::PARK,
            ),
            (
                Operation::Unpark,
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::UNPARK,
            ),
            (
                Operation::End(true),
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::END,
            ),
            (
                Operation::Give,
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::GIVE,
            ),
            (
                Operation::Change(&Json::Null),
                json!({ "ConversationSid": "CH00000000000000000000000000000001", "reason": "" }),
                path::CHANGE,
            ),
            (Operation::Settle, json!({ "task": woken }), path::SETTLE),
            (
                Operation::Check,
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::CHECK,
            ),
            (
                KEEP,
                json!({ "ConversationSid": "CH00000000000000000000000000000001" }),
                path::KEEP,
            ),
        ] {
            assert_eq!(operation.prepare(&json(&view)).unwrap().path(), expected);
        }
    }

    fn park_with(flags: &serde_json::Value) -> Result<FunctionCall, ShimOutcome> {
        let flags = json!({ "customData": { "features": { "park_interaction": flags } } });
        let mut task = task();
        task["queueName"] = json!("Support");
        Operation::Park(&json(&flags)).prepare(&json(&json!({ "task": task })))
    }

    #[test]
    fn a_park_that_the_owner_does_not_allow_is_not_sent() {
        for flags in [
            json!({ "channels": ["sms"] }),
            json!({ "queues": ["Sales"] }),
        ] {
            let outcome = park_with(&flags).unwrap_err();
            assert_eq!(outcome.error.unwrap().variant, "notParkedHere", "{flags}");
            assert_eq!(outcome.effects.len(), 1);
        }
        let flags = json!({ "channels": ["sms", "web"], "queues": ["Support"] });
        assert!(park_with(&flags).is_ok());
    }

    #[test]
    fn the_seconds_of_the_queue_are_sent() {
        let seconds = |per_queue: serde_json::Value| {
            let flags = json!({ "same_agent_seconds": 60, "per_queue": per_queue });
            match park_with(&flags).unwrap() {
                FunctionCall::Park(request) => request.options.same_agent_seconds,
                other => panic!("{other:?} is no park"),
            }
        };
        let of_support = |seconds: u32| json!({ "Support": { "same_agent_seconds": seconds } });
        assert_eq!(seconds(of_support(90)), Some(90));
        assert_eq!(seconds(of_support(0)), None);
        assert_eq!(
            seconds(json!({ "Sales": { "same_agent_seconds": 90 } })),
            Some(60)
        );
    }

    #[test]
    fn malformed_input_notifies_the_agent_except_for_settle() {
        for operation in [
            Operation::Park(&Json::Null),
            Operation::Unpark,
            Operation::End(true),
            Operation::Give,
            Operation::Change(&Json::Null),
            KEEP,
        ] {
            let outcome = operation.prepare(&Json::Null).unwrap_err();
            assert_eq!(outcome.error.unwrap().variant, "malformed");
            assert!(matches!(
                outcome.effects.as_slice(),
                [ShimEffect::Notify { .. }]
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
        assert!(matches!(
            outcome.effects.as_slice(),
            [ShimEffect::Warn { .. }]
        ));
    }

    /// A park unloads the conversation, and Flex cannot keep files.
    #[test]
    fn chosen_files_stop_a_park_before_anything_is_sent() {
        let park = Operation::Park(&Json::Null);
        let view = |files| json(&json!({ "task": task(), "files": files }));
        let outcome = park.prepare(&view(2)).unwrap_err();
        assert_eq!(outcome.error.unwrap().variant, "filesChosen");
        assert!(matches!(
            outcome.effects.as_slice(),
            [ShimEffect::Notify {
                id: NotificationId::ParkInteractionFilesChosen,
                field: Some(count),
                what: Some(StringKey::ParkInteractionParkFailed),
                ..
            }] if count == "2"
        ));
        assert!(park.prepare(&view(0)).is_ok());
    }

    #[test]
    fn an_end_that_the_owner_does_not_allow_is_not_sent() {
        let view = json(&json!({ "ConversationSid": "CH00000000000000000000000000000001" }));
        let outcome = Operation::End(false).prepare(&view).unwrap_err();
        assert_eq!(outcome.error.unwrap().variant, "notAllowed");
        assert_eq!(outcome.effects.len(), 1);
    }

    #[test]
    fn a_check_is_silent_and_not_retried() {
        let view = json(&json!({ "ConversationSid": "CH00000000000000000000000000000001" }));
        let call = Operation::Check.prepare(&view).unwrap();
        assert!(!call.is_repeated());
        for called in [
            Ok(Reply::Waiting),
            Err(CallFailure::Unreachable),
            Err(CallFailure::Cancelled),
        ] {
            assert_eq!(call.outcome(called), ShimOutcome::done(Vec::new()));
        }
    }

    #[test]
    fn requests_with_a_conversation_have_the_same_form() {
        let conversation_sid = ConversationSid::example();
        let resume = serde_json::to_value(UnparkRequest {
            conversation_sid: conversation_sid.clone(),
            owner_sid: None,
            given: false,
        });
        let settle = serde_json::to_value(SettleRequest {
            conversation_sid: conversation_sid.clone(),
        });
        let check = serde_json::to_value(CheckRequest { conversation_sid });
        let resume = resume.unwrap();
        assert_eq!([settle.unwrap(), check.unwrap()], [resume.clone(), resume]);
    }

    #[test]
    fn an_ordinary_task_is_not_settled() {
        let outcome = Operation::Settle
            .prepare(&json(&json!({ "task": task() })))
            .unwrap_err();
        assert_eq!(outcome, ShimOutcome::done(Vec::new()));
    }
}
