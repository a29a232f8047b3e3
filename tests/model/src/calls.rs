//! Properties of calls that the checker needs.

use park_interaction::twilio::AnyCall;

/// The state on which a call's answer depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Nothing that changes.
    Nothing,
    /// The messages.
    Messages,
    /// The participants of the conversation and of its channel.
    People,
    /// The tasks that a worker can take.
    Room,
    /// Anything else. Calls that change something belong here too.
    More,
}

pub fn reads(call: &AnyCall) -> Reads {
    match call {
        AnyCall::ValidateToken(_)
        | AnyCall::FindWorker(_)
        | AnyCall::FetchFlexConfiguration(_)
        | AnyCall::ListTaskEvents(_) => Reads::Nothing,
        AnyCall::ListMessages(_) | AnyCall::FetchMessage(_) => Reads::Messages,
        AnyCall::ListChatParticipants(_) | AnyCall::ListParticipants(_) => Reads::People,
        AnyCall::FetchWorker(_) | AnyCall::ListWorkerChannels(_) => Reads::Room,
        _ => Reads::More,
    }
}

/// Returns true for a call of the extras of a park.
pub fn is_extra(call: &AnyCall) -> bool {
    matches!(call, AnyCall::CreateMessage(_) | AnyCall::UpdateTask(_))
}

/// Returns true if a call takes or returns the claim.
pub fn is_claim(call: &AnyCall) -> bool {
    matches!(call, AnyCall::CreateClaim(_) | AnyCall::UpdateClaim(_))
}

/// Returns true if a call changes anything.
pub fn changes(call: &AnyCall) -> bool {
    reads(call) == Reads::More
        && !matches!(
            call,
            AnyCall::FetchConversation(_)
                | AnyCall::ListWebhooks(_)
                | AnyCall::FetchChannel(_)
                | AnyCall::ListInvites(_)
                | AnyCall::ListTasks(_)
                | AnyCall::FetchTask(_)
                | AnyCall::FetchClaim(_)
                | AnyCall::FetchItem(_)
        )
}
