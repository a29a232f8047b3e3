//! Conversations in the browser: the requests and objects of its SDK, and the media service.

pub mod media;
pub mod objects;
pub mod sdk;

use super::Conversation;
use crate::iam::Token;

/// Returns true if the caller may read a conversation: as participant, creator or supervisor.
fn may_see(caller: &Token, conversation: &Conversation) -> bool {
    caller.oversees()
        || conversation.created_by == caller.identity
        || conversation
            .participant_with_identity(&caller.identity)
            .is_some()
}
