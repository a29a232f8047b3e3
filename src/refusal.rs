//! The refusals: the reasons for which an operation is not done, each declared once in the table below.
//!
//! A row holds the variant with its data, the name on the wire, the HTTP status, and the notification for the agent. From the rows
//! come the types of this module, the plugin's reader (`plugin::reply`) and the plugin's notifications (`plugin::effect`).
//! docs/operations.md says what each means for an operator; a test compares its names and statuses with the rows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Passes the rows of the table to the macro `$each`, after the tokens in `$before`.
///
/// The data of a refusal is one field with a name of one word. It fills the `{{field}}` of the notification's text. Further fields
/// may be missing on the wire: they are empty or 0 then. A row with `Error` or `Warning` declares its notification; a row without
/// either shares that of another row.
macro_rules! refusals {
    ($each:ident $($before:tt)*) => { $each! { { $($before)* }
        /// A field is missing or malformed.
        BadRequest { field: String } = "badRequest", 400, ParkInteractionNotParkable;
        /// The Flex token is missing, expired or not valid.
        InvalidToken = "invalidToken", 401, ParkInteractionInvalidToken Login;
        /// The caller may not do this to this conversation.
        NotAllowed = "notAllowed", 403, ParkInteractionNotAllowed Error;
        /// The conversation is not parked.
        NotParked = "notParked", 404, ParkInteractionNotParked Error;
        /// The conversation is parked without a longest wait, so there is no end to move.
        NotExpiring = "notExpiring", 409, ParkInteractionNotParkable;
        /// The task is not a conversation-based messaging task, or not for this conversation.
        NotParkable = "notParkable", 409, ParkInteractionNotParkable Error;
        /// More than one agent is in the conversation, or another one is being invited.
        SeveralAgents = "severalAgents", 409, ParkInteractionSeveralAgents Error;
        /// The conversation is in the list of another agent than the caller believes.
        Moved = "moved", 409, ParkInteractionMoved Warning;
        /// Another park or resume of this conversation is under way.
        Busy = "busy", 409, ParkInteractionBusy Warning;
        /// The agent who wants the conversation is in an activity in which they take no tasks.
        Away = "away", 409, ParkInteractionAway Warning;
        /// The agent who wants the conversation has no room for another one.
        Full = "full", 409, ParkInteractionCapacityFull Warning;
        /// The conversation is closed.
        ConversationClosed = "conversationClosed", 410, ParkInteractionConversationClosed Error;
        /// The agent has as many parked conversations as they may have. The oldest is that of a customer, since a time in seconds.
        LimitReached { most: u32, customer: String, since: u32 } = "limitReached", 409, ParkInteractionLimitReached Warning;
        /// The time of the appointment is not from a minute to 30 days ahead.
        TimeOutOfRange = "timeOutOfRange", 422, ParkInteractionTimeOutOfRange Error;
        /// The parked state does not fit beside the conversation's other attributes (16 KB in all).
        TooLarge = "tooLarge", 422, ParkInteractionTooLarge Error;
        /// The conversation has five webhooks already.
        TooManyWebhooks = "tooManyWebhooks", 422, ParkInteractionTooManyWebhooks Error;
        /// The Functions' environment lacks a variable, or names something that does not exist.
        Misconfigured { field: String } = "misconfigured", 500, ParkInteractionMisconfigured Error;
        /// Twilio refused for good: trying again does not help.
        TwilioRefused { code: u32 } = "twilioRefused", 502, ParkInteractionTwilioRefused Error;
        /// Twilio did not answer, or answered with an error that passes.
        TwilioUnavailable = "twilioUnavailable", 503, ParkInteractionTwilioUnavailable Error;
    } };
}
#[cfg(feature = "plugin")]
pub(crate) use refusals;

/// Makes the types of this module from the table.
macro_rules! declare {
    ({} $(
        #[doc = $doc:literal]
        $Refusal:ident $({ $field:ident: $Type:ty $(, $more:ident: $MoreType:ty)* })? = $name:literal, $status:literal, $Notification:ident $($Kind:ident)?;
    )*) => {
        /// The reason for which an operation is not done. A refused operation has changed nothing.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum Refusal {
            $(
                #[doc = $doc]
                #[serde(rename = $name)]
                $Refusal $({
                    /// The data, which the message and the notification name.
                    $field: $Type,
                    $(
                        /// More of the data.
                        #[serde(default, skip_serializing_if = "is_default")]
                        $more: $MoreType,
                    )*
                })?,
            )*
        }

        impl Refusal {
            /// Returns the HTTP status that goes with the refusal.
            #[must_use]
            pub fn status(&self) -> u16 {
                match self {
                    $(Self::$Refusal { .. } => $status,)*
                }
            }

            /// Returns the refusal's name, without its data.
            #[must_use]
            pub fn name(&self) -> RefusalName {
                match self {
                    $(Self::$Refusal { .. } => RefusalName::$Refusal,)*
                }
            }

            /// Returns the refusal's data, if it has any.
            #[must_use]
            pub fn detail(&self) -> Option<&dyn fmt::Display> {
                match self {
                    $(Self::$Refusal $({ $field, .. })? => declare!(@detail $($field)?),)*
                }
            }

            /// Every refusal, with some data where it has any.
            #[cfg(test)]
            pub(crate) fn examples() -> Vec<Self> {
                vec![$(Self::$Refusal $({
                    $field: "4711".parse::<$Type>().unwrap_or_default(),
                    $($more: "4712".parse::<$MoreType>().unwrap_or_default(),)*
                })?,)*]
            }
        }

        /// The name of a refusal, by which it is known on the wire, in logs and to other plugins.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum RefusalName {
            $(
                #[doc = $doc]
                #[serde(rename = $name)]
                $Refusal,
            )*
        }

        impl RefusalName {
            /// Returns the name as it stands on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Refusal => $name,)*
                }
            }
        }
    };
    (@detail) => { None };
    (@detail $field:ident) => { Some($field) };
}
refusals!(declare);

#[cfg_attr(
    not(feature = "functions"),
    allow(dead_code, reason = "only the Functions write refusals")
)]
fn is_default<T: Default + PartialEq>(data: &T) -> bool {
    *data == T::default()
}

impl fmt::Display for RefusalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The meaning and the remedy of a refusal stand there only. Its rows are those with a status in the second column.
    #[test]
    fn operations_lists_every_refusal_with_its_status() {
        let rows = include_str!("../docs/operations.md").lines();
        let mut listed: Vec<(String, u16)> = rows
            .filter_map(|row| {
                let mut columns = row.split('|').map(str::trim).skip(1);
                let kind = columns.next()?.trim_matches('`').to_owned();
                Some((kind, columns.next()?.parse().ok()?))
            })
            .collect();
        let mut expected: Vec<(String, u16)> = Refusal::examples()
            .iter()
            .map(|refusal| (refusal.name().to_string(), refusal.status()))
            .collect();
        listed.sort();
        expected.sort();
        assert_eq!(listed, expected);
    }

    #[test]
    fn a_refusal_has_one_name_everywhere() {
        for refusal in Refusal::examples() {
            let name = refusal.name();
            let written = serde_json::to_value(&refusal).unwrap_or_default();
            assert_eq!(written.get("kind"), Some(&name.as_str().into()));
            assert_eq!(
                serde_json::to_value(name).ok().as_ref(),
                written.get("kind")
            );
            assert_eq!(
                serde_json::from_value::<Refusal>(written).ok(),
                Some(refusal)
            );
        }
    }
}
