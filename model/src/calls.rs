//! What the checker has to know of calls.

use park_interaction::protocol::Call;

/// Whether nobody else can change its answer.
pub fn is_constant(call: &Call) -> bool {
    matches!(
        call,
        Call::ValidateToken | Call::FindWorker(_) | Call::FetchConversationParticipant(..)
    )
}

/// Whether it takes or gives back the claim.
pub fn is_claim(call: &Call) -> bool {
    matches!(call, Call::CreateClaim(_) | Call::UpdateClaim(..))
}

/// Whether it changes anything.
pub fn changes(call: &Call) -> bool {
    !is_constant(call)
        && !matches!(
            call,
            Call::FetchConversation(_)
                | Call::ListParticipants(..)
                | Call::FetchTask(_)
                | Call::ListInvites(..)
                | Call::ListWebhooks(_)
                | Call::ListMessages(_)
                | Call::FetchClaim(_)
        )
}

/// The variant's name, `CreateClaim` for example.
pub fn name_of(call: &Call) -> String {
    let text = format!("{call:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}
