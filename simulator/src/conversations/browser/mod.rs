//! Conversations in the browser: its SDK's requests and objects, and the media service.

pub mod media;
pub mod objects;
pub mod sdk;

use super::Conversation;
use crate::iam::Token;

/// Returns whether somebody may look into a conversation: they are in it, have created it, or oversee everything.
fn may_see(caller: &Token, conversation: &Conversation) -> bool {
    caller.oversees()
        || conversation.created_by == caller.identity
        || conversation
            .participant_with_identity(&caller.identity)
            .is_some()
}
