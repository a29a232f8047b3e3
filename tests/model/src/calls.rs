//! What the checker has to know of calls.

use park_interaction::twilio::AnyCall;

/// What a call's answer depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Nothing that changes.
    Nothing,
    /// Which messages there are.
    Messages,
    /// Who is in the conversation and in its channel.
    People,
    /// Which tasks a worker can take.
    Room,
    /// Anything else; or it changes something itself.
    More,
}

pub fn reads(call: &AnyCall) -> Reads {
    match call {
        AnyCall::ValidateToken(_) | AnyCall::FindWorker(_) | AnyCall::ListTaskEvents(_) => {
            Reads::Nothing
        }
        AnyCall::ListMessages(_) | AnyCall::FetchMessage(_) => Reads::Messages,
        AnyCall::ListChatParticipants(_) | AnyCall::ListParticipants(_) => Reads::People,
        AnyCall::FetchWorker(_) | AnyCall::ListWorkerChannels(_) => Reads::Room,
        _ => Reads::More,
    }
}

/// Whether it takes or gives back the claim.
pub fn is_claim(call: &AnyCall) -> bool {
    matches!(call, AnyCall::CreateClaim(_) | AnyCall::UpdateClaim(_))
}

/// Whether it changes anything.
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
        )
}
