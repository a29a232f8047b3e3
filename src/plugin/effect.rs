//! Effects: the instructions for the shim, which applies them and decides nothing.

use serde::{Serialize, Serializer};

use super::call::CallFailure;
use super::version::Older;
use crate::refusal::refusals;
use crate::reply::Refusal;
use crate::sid::ConversationSid;

/// One thing to do in Flex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ShimEffect {
    /// Show a notification.
    Notify {
        /// Its id.
        id: NotificationId,
        /// The `{{field}}` of its text: the name of a field or a setting, an error code, or a number. The conversation, if a click
        /// in the notification resumes it, or if `patience` is set.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// The `{{time}}` of its text, in seconds since 1970.
        #[serde(skip_serializing_if = "Option::is_none")]
        time: Option<u32>,
        /// The key of the sentence that says what was not done, the `{{what}}` of its text.
        #[serde(skip_serializing_if = "Option::is_none")]
        what: Option<StringKey>,
        /// The time in which a task of the conversation may come to this agent, in milliseconds. If it comes, nothing is shown.
        #[serde(skip_serializing_if = "Option::is_none")]
        patience: Option<u32>,
    },
    /// Show a notification about the number of the agent's parked conversations.
    NotifyCount {
        /// Its id.
        id: NotificationId,
        /// The `{{field}}` of its text.
        count: u32,
        /// The customer of the oldest one, or an empty text.
        customer: String,
        /// The time at which that one was parked, in seconds since 1970. 0: the oldest is not known.
        since: u32,
    },
    /// Drop Flex's state of a conversation, unless the agent has a task for it again.
    ///
    /// A late update of a conversation that Flex has unloaded leaves a state that keeps Flex from loading it until the page is
    /// loaded again.
    #[serde(rename_all = "camelCase")]
    UnloadConversation {
        /// The conversation.
        #[cfg_attr(target_arch = "wasm32", tsify(type = "string"))]
        conversation_sid: ConversationSid,
        /// The time until then, in milliseconds: the last updates have arrived by then.
        after_ms: u32,
    },
    /// Write a warning to the console, for an engineer.
    Warn {
        /// The warning. It holds nothing that a customer wrote.
        message: String,
    },
}

impl ShimEffect {
    /// Shows a notification without a field.
    #[must_use]
    pub fn notify(id: NotificationId) -> Self {
        Self::Notify {
            id,
            field: None,
            time: None,
            what: None,
            patience: None,
        }
    }

    /// Shows a notification with a field.
    #[must_use]
    pub fn notify_about(id: NotificationId, field: String) -> Self {
        Self::Notify {
            id,
            field: Some(field),
            time: None,
            what: None,
            patience: None,
        }
    }
}

/// The outcome of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ShimOutcome {
    /// The reason for which it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ShimOutcomeError>,
    /// The effects to apply.
    pub effects: Vec<ShimEffect>,
}

/// A failure for other plugins, as the error that a Flex action rejects with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ShimOutcomeError {
    /// The kind of failure, such as `conversationClosed`.
    pub variant: String,
    /// The message for an engineer.
    pub message: String,
    /// True if nobody knows whether it was done after all: the answer is lost.
    #[serde(rename = "isUnclear")]
    pub is_unclear: bool,
}

impl ShimOutcome {
    /// Makes the outcome of an operation that was done.
    #[must_use]
    pub fn done(effects: Vec<ShimEffect>) -> Self {
        Self {
            error: None,
            effects,
        }
    }

    /// Makes the outcome of an operation that was not done; a notification says why.
    #[must_use]
    pub fn failed(failure: &CallFailure) -> Self {
        Self {
            error: Some(ShimOutcomeError {
                variant: failure.variant().into(),
                message: failure.to_string(),
                is_unclear: failure.is_unclear(),
            }),
            effects: notification(failure, None).into_iter().collect(),
        }
    }

    /// Makes the outcome of a park or a resume that was not done; a notification says for whom, and why.
    #[must_use]
    pub fn failed_to(deed: Deed, failure: &CallFailure) -> Self {
        Self {
            effects: notification(failure, Some(deed)).into_iter().collect(),
            ..Self::failed(failure)
        }
    }
}

/// An operation that the agent asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// To park a conversation.
    Park,
    /// To resume one.
    Resume,
    /// To restart the longest wait of one.
    Keep,
    /// To give one to the queue.
    Give,
    /// To give one to another agent.
    GiveToAgent,
    /// To change time or reason of one.
    Change,
    /// To end one.
    End,
}

impl Deed {
    /// Returns the key of the sentence that says that it was not done, or that nobody knows. A lost answer leaves that open.
    fn not_done(self, failure: &CallFailure) -> Option<StringKey> {
        Some(match (self, failure.is_unclear()) {
            (Self::Park, false) => StringKey::ParkInteractionParkFailed,
            (Self::Park, true) => StringKey::ParkInteractionParkUnclear,
            (Self::Resume, false) => StringKey::ParkInteractionResumeFailed,
            (Self::Resume, true) => StringKey::ParkInteractionResumeUnclear,
            (Self::End, false) => StringKey::ParkInteractionEndFailed,
            (Self::End, true) => StringKey::ParkInteractionEndUnclear,
            (Self::Give, false) => StringKey::ParkInteractionGiveFailed,
            (Self::Keep, false) => StringKey::ParkInteractionKeepFailed,
            (Self::GiveToAgent, false) => StringKey::ParkInteractionGiveToAgentFailed,
            (Self::Change, false) => StringKey::ParkInteractionChangeFailed,
            // Then the row shows it.
            (Self::Keep | Self::Give | Self::GiveToAgent | Self::Change, true) => return None,
        })
    }
}

/// Returns the notification of a failure for the agent. There is none for a cancellation.
#[must_use]
pub fn notification(failure: &CallFailure, deed: Option<Deed>) -> Option<ShimEffect> {
    use NotificationId as Id;
    let (id, field) = match failure {
        CallFailure::Cancelled => return None,
        CallFailure::Refused(Refusal::LimitReached {
            most,
            customer,
            since,
        }) => {
            return Some(ShimEffect::NotifyCount {
                id: Id::ParkInteractionLimitReached,
                count: *most,
                customer: customer.clone(),
                since: *since,
            })
        }
        CallFailure::Malformed(malformed) => {
            (Id::ParkInteractionNotParkable, Some(malformed.path.clone()))
        }
        CallFailure::FilesChosen(count) => {
            (Id::ParkInteractionFilesChosen, Some(count.to_string()))
        }
        CallFailure::Unreachable | CallFailure::TimedOut => (Id::ParkInteractionUnreachable, None),
        CallFailure::Unreadable { .. } if failure.is_transient() => {
            (Id::ParkInteractionTwilioUnavailable, None)
        }
        CallFailure::Unreadable { .. } => (Id::ParkInteractionUnexpected, None),
        CallFailure::Outdated {
            older: Older::Functions,
            ..
        } => (Id::ParkInteractionFunctionsOlder, None),
        CallFailure::Outdated {
            older: Older::Plugin,
            ..
        } => (Id::ParkInteractionPluginOlder, None),
        CallFailure::Refused(refusal) => (
            Id::for_refusal(refusal),
            refusal.detail().map(ToString::to_string),
        ),
    };
    Some(ShimEffect::Notify {
        id,
        field,
        time: None,
        what: deed.and_then(|deed| deed.not_done(failure)),
        patience: None,
    })
}

/// The look of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum NotificationKind {
    /// It worked.
    Success,
    /// It worked, and can be undone while it shows.
    Undoable,
    /// It worked, but not as the agent expects.
    Warning,
    /// It did not work.
    Error,
    /// It did not work, because the agent has to log in again.
    Login,
    /// It was not done, because the message box holds files; the agent may do it without them.
    Files,
}

/// A notification to register with Flex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Notification {
    /// Its id; its text stands under the same key in Flex's strings.
    pub id: NotificationId,
    /// Its look.
    pub kind: NotificationKind,
}

/// Declares keys of texts, which are written as their names. For so many keys, serde's own code takes twice the size.
macro_rules! texts {
    ($(#[$meta:meta])* pub enum $Keys:ident { $($(#[$($doc:tt)*])* $Key:ident,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
        pub enum $Keys {
            $($(#[$($doc)*])* $Key,)*
        }

        impl Serialize for $Keys {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                const NAMES: &[&str] = &[$(stringify!($Key),)*];
                serializer.serialize_str(NAMES.get(*self as usize).copied().unwrap_or_default())
            }
        }
    };
}

/// Declares the notifications: those of refusals from the table in `refusal`, and the others here, with their looks.
macro_rules! notifications {
    (
        { $($(#[$doc:meta])* $Own:ident: $Look:ident,)* }
        $(
            #[doc = $why:literal]
            $Refusal:ident $({ $data:ident: $Type:ty $(, $more:ident: $MoreType:ty)* })? = $name:literal, $status:literal, $Shared:ident $($Kind:ident)?;
        )*
    ) => {
        texts! {
            /// The notifications.
            pub enum NotificationId {
                $($(#[$doc])* $Own,)*
                $($(
                    #[doc = concat!(stringify!($Kind), ": the refusal `", $name, "`.")]
                    $Shared,
                )?)*
            }
        }

        impl NotificationId {
            /// Returns the notification for a refusal.
            #[must_use]
            pub fn for_refusal(refusal: &Refusal) -> Self {
                match refusal {
                    $(Refusal::$Refusal { .. } => Self::$Shared,)*
                }
            }
        }

        /// Every notification.
        pub const NOTIFICATIONS: &[Notification] = &[
            $(Notification { id: NotificationId::$Own, kind: NotificationKind::$Look },)*
            $($(Notification { id: NotificationId::$Shared, kind: NotificationKind::$Kind },)?)*
        ];
    };
}

refusals! { notifications
    /// The agent is free and the conversation waits.
    ParkInteractionParked: Undoable,
    /// The agent is free and the conversation waits for the customer or a time.
    ParkInteractionParkedUntil: Undoable,
    /// The agent is free and the conversation waits for a time.
    ParkInteractionParkedKept: Undoable,
    /// The agent is free, but the customer had just written.
    ParkInteractionParkedAndWoken: Warning,
    /// The conversation is on its way to an agent.
    ParkInteractionRouted: Success,
    /// It was on its way already.
    ParkInteractionAlreadyRouted: Warning,
    /// The longest wait of a parked conversation has begun again.
    ParkInteractionExtended: Success,
    /// A parked conversation is in another agent's list.
    ParkInteractionGiven: Success,
    /// Time or reason of a parked conversation have changed.
    ParkInteractionChanged: Success,
    /// A parked conversation was ended.
    ParkInteractionEnded: Success,
    /// A parked conversation was ended at the moment at which the customer wrote.
    ParkInteractionEndedUnheard: Warning,
    /// A parked conversation was not ended, because the customer has written.
    ParkInteractionCustomerWrote: Warning,
    /// The Functions cannot be reached.
    ParkInteractionUnreachable: Error,
    /// The answer is not one of the Functions.
    ParkInteractionUnexpected: Error,
    /// The Functions have an older version than the plugin.
    ParkInteractionFunctionsOlder: Error,
    /// The plugin has an older version than the Functions.
    ParkInteractionPluginOlder: Error,
    /// A resumed conversation was declined, or not accepted in time.
    ParkInteractionNotTaken: Warning,
    /// The agent takes no more tasks, and has parked conversations.
    ParkInteractionLeaving: Warning,
    /// The agent has as many tasks as they may have.
    ParkInteractionFull: Warning,
    /// A conversation waits until the agent has room for it.
    ParkInteractionWaiting: Warning,
    /// A conversation that waited for room has gone to somebody else.
    ParkInteractionWaitEnded: Warning,
    /// Somebody gave the agent a conversation.
    ParkInteractionGivenToYou: Warning,
    /// Somebody gave the agent several conversations.
    ParkInteractionSeveralGivenToYou: Warning,
    /// The message box holds files, which a park would lose.
    ParkInteractionFilesChosen: Files,
    /// The owner does not allow to park conversations of the channel.
    ParkInteractionChannelNotParked: Warning,
    /// The owner does not allow to park conversations of the queue.
    ParkInteractionQueueNotParked: Warning,
    /// The agent has many parked conversations.
    ParkInteractionManyParked: Warning,
    /// The part of the plugin for supervisors did not load.
    ParkInteractionTeamNotLoaded: Warning,
    /// The configuration has a malformed value: for admins.
    ParkInteractionMalformedFlag: Error,
    /// Messages wait for an answer for longer than the owner allows.
    ParkInteractionAlertsUnanswered: Warning,
    /// Conversations are due, and not routed.
    ParkInteractionAlertsDue: Warning,
    /// Conversations are parked for longer than the owner allows.
    ParkInteractionAlertsParked: Warning,
}

texts! {
/// The keys of the texts that are not notifications.
pub enum StringKey {
    /// The Park button's label.
    ParkInteractionButtonLabel,
    /// Its label while parking is under way.
    ParkInteractionButtonLabelBusy,
    /// The description of the Park button.
    ParkInteractionButton,
    /// Parking is under way.
    ParkInteractionButtonBusy,
    /// A conversation was not parked.
    ParkInteractionParkFailed,
    /// A conversation was parked without its appointment.
    ParkInteractionParkPartly,
    /// It is not known whether a conversation was parked.
    ParkInteractionParkUnclear,
    /// A conversation was not resumed.
    ParkInteractionResumeFailed,
    /// It is not known whether a conversation was resumed.
    ParkInteractionResumeUnclear,
    /// The longest wait of a conversation did not start again.
    ParkInteractionKeepFailed,
    /// A conversation was not ended.
    ParkInteractionEndFailed,
    /// It is not known whether a conversation was ended.
    ParkInteractionEndUnclear,
    /// A conversation was not given to the queue.
    ParkInteractionGiveFailed,
    /// A conversation was not given to another agent.
    ParkInteractionGiveToAgentFailed,
    /// Time or reason of a conversation were not changed.
    ParkInteractionChangeFailed,
    /// The reason for which parking is off: other agents.
    ParkInteractionButtonSeveralAgents,
    /// The reason for which parking is off: an open invite.
    ParkInteractionButtonInviteOpen,
    /// A time is missing.
    ParkInteractionUntilNoTime,
    /// The time that was picked is left out by a change of the clocks.
    ParkInteractionUntilNoSuchTime,
    /// The time that was picked is too soon or too late.
    ParkInteractionUntilOutOfRange,
    /// A reason is missing.
    ParkInteractionUntilNoReason,
    /// The reason for which parking is off: the channel.
    ParkInteractionChannelNotParked,
    /// The reason for which parking is off: the queue.
    ParkInteractionQueueNotParked,
    /// The browser may not run Wasm.
    ParkInteractionWasmForbidden,
    /// The name of web chat.
    ParkInteractionChannelWeb,
    /// The name of `WhatsApp`.
    ParkInteractionChannelWhatsapp,
    /// The name of SMS.
    ParkInteractionChannelSms,
    /// The name of email.
    ParkInteractionChannelEmail,
    /// The name of Messenger.
    ParkInteractionChannelMessenger,
    /// The list has been read.
    ParkInteractionListLoaded,
    /// Rows have come.
    ParkInteractionListCame,
    /// Rows have gone.
    ParkInteractionListWent,
    /// The number of rows that match.
    ParkInteractionListMatching,
    /// The number of rows with an unheard message.
    ParkInteractionListUnheard,
    /// The list may not be read with this token.
    ParkInteractionListForbidden,
    /// The list cannot be read now.
    ParkInteractionListUnavailable,
    /// A conversation waits for a message.
    ParkInteractionListUntilMessage,
    /// A conversation waits for its time.
    ParkInteractionListUntilTime,
    /// A conversation waits for its time or a message.
    ParkInteractionListUntilEither,
    /// A conversation's time has come.
    ParkInteractionListDueSince,
    /// A conversation comes back because it has waited for long.
    ParkInteractionListExpires,
    /// The channel takes free texts until a time.
    ParkInteractionListWindow,
    /// The channel takes templates only.
    ParkInteractionListWindowClosed,
    /// The agent has parked a conversation.
    ParkInteractionListByYou,
    /// An agent with a name has parked a conversation.
    ParkInteractionListByAgent,
    /// Another agent has parked a conversation.
    ParkInteractionListByColleague,
    /// A conversation is back because the customer wrote.
    ParkInteractionBackMessage,
    /// It is back because its time has come.
    ParkInteractionBackTime,
    /// It is back because it has waited for as long as the owner allows.
    ParkInteractionBackExpiry,
    /// It is back because an agent resumed it.
    ParkInteractionBackResumed,
    /// It is back because the account's owner sent it back.
    ParkInteractionBackOwner,
    /// It is back because an agent gave it to the queue.
    ParkInteractionBackGiven,
    /// A batch was cancelled before it came to the conversation.
    ParkInteractionBulkCancelled,
    /// A message waits for an answer for longer than the owner allows.
    ParkInteractionAlertUnanswered,
    /// A conversation is due, and not routed.
    ParkInteractionAlertDue,
    /// A conversation is parked for longer than the owner allows.
    ParkInteractionAlertParked,
}
}

#[cfg(test)]
mod tests {
    use super::super::json::MalformedField;
    use super::*;

    fn told(failure: &CallFailure) -> Vec<ShimEffect> {
        ShimOutcome::failed(failure).effects
    }

    #[test]
    fn a_failure_notifies_the_agent_once_a_cancellation_never() {
        for failure in [
            CallFailure::Malformed(MalformedField {
                path: "attributes.conversationSid".into(),
                expected: "a SID".into(),
                found: "nothing".into(),
            }),
            CallFailure::FilesChosen(2),
            CallFailure::Unreachable,
            CallFailure::TimedOut,
            CallFailure::Unreadable { status: 500 },
            CallFailure::Unreadable { status: 503 },
            CallFailure::Outdated {
                older: Older::Functions,
                is_unclear: true,
            },
            CallFailure::Outdated {
                older: Older::Plugin,
                is_unclear: false,
            },
            CallFailure::Refused(Refusal::Busy),
            CallFailure::Refused(Refusal::ConversationClosed),
        ] {
            assert_eq!(told(&failure).len(), 1, "{failure:?}");
        }
        assert!(told(&CallFailure::Cancelled).is_empty());
        assert!(ShimOutcome::failed(&CallFailure::Cancelled).error.is_some());
    }

    #[test]
    fn a_failure_names_the_deed_and_a_lost_answer_claims_nothing() {
        use StringKey as Key;
        let lost = [
            CallFailure::Unreachable,
            CallFailure::TimedOut,
            CallFailure::Unreadable { status: 503 },
        ];
        let sure = [
            CallFailure::FilesChosen(1),
            CallFailure::Refused(Refusal::TwilioUnavailable),
            CallFailure::Refused(Refusal::Busy),
        ];
        for (failures, expected) in [(&lost, true), (&sure, false)] {
            for failure in failures {
                let error = ShimOutcome::failed(failure).error;
                assert_eq!(error.map(|error| error.is_unclear), Some(expected));
            }
        }
        let told = |deed, failure: &CallFailure| match ShimOutcome::failed_to(deed, failure)
            .effects
            .as_slice()
        {
            [ShimEffect::Notify { what, .. }] => *what,
            _ => None,
        };
        for failure in lost {
            let park = told(Deed::Park, &failure);
            assert_eq!(park, Some(Key::ParkInteractionParkUnclear), "{failure:?}");
            let resume = told(Deed::Resume, &failure);
            assert_eq!(resume, Some(Key::ParkInteractionResumeUnclear));
        }
        for failure in sure {
            let park = told(Deed::Park, &failure);
            assert_eq!(park, Some(Key::ParkInteractionParkFailed), "{failure:?}");
            let resume = told(Deed::Resume, &failure);
            assert_eq!(resume, Some(Key::ParkInteractionResumeFailed));
        }
    }

    #[test]
    fn a_missing_setting_of_the_functions_is_named() {
        let refusal = Refusal::Misconfigured {
            field: "TWILIO_FLEX_SYNC_SID".into(),
        };
        assert_eq!(
            told(&CallFailure::Refused(refusal)),
            [ShimEffect::notify_about(
                NotificationId::ParkInteractionMisconfigured,
                "TWILIO_FLEX_SYNC_SID".into()
            )]
        );
    }

    #[test]
    fn a_refusal_for_good_names_twilios_code() {
        let refusal = Refusal::TwilioRefused { code: 45_376 };
        assert_eq!(
            told(&CallFailure::Refused(refusal)),
            [ShimEffect::notify_about(
                NotificationId::ParkInteractionTwilioRefused,
                "45376".into()
            )]
        );
    }

    #[test]
    fn no_refusal_is_shown_as_a_success() {
        for refusal in Refusal::examples() {
            let detail = refusal.detail().map(ToString::to_string);
            let id = NotificationId::for_refusal(&refusal);
            let expected = match refusal.clone() {
                Refusal::LimitReached {
                    most,
                    customer,
                    since,
                } => ShimEffect::NotifyCount {
                    id,
                    count: most,
                    customer,
                    since,
                },
                _ => ShimEffect::Notify {
                    id,
                    field: detail,
                    time: None,
                    what: None,
                    patience: None,
                },
            };
            assert_eq!(told(&CallFailure::Refused(refusal)), [expected]);
            let mut shown = NOTIFICATIONS.iter().filter(|known| known.id == id);
            assert!(shown.next().is_some_and(|known| {
                !matches!(
                    known.kind,
                    NotificationKind::Success | NotificationKind::Undoable
                )
            }));
            assert_eq!(shown.next(), None);
        }
    }
}
