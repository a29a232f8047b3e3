//! The Sync item of a conversation that waits for an agent, which open desktops watch.
//!
//! A wake deletes the row of the list, so a waiting conversation has an item in a map of its own. If no operation has
//! changed the item by its time, a desktop asks the Function for a check. An item gives no authority: the check reads
//! the state from Twilio.

use serde::Serialize;

use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::calls::{DeleteItem, Item, LONGEST_TTL_SECONDS};
use crate::twilio::time::Millis;

/// The time from the last change of an item, or from a later question, to its deletion, in seconds. Each check writes it
/// again.
const TTL_SECONDS: u32 = 24 * 60 * 60;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    unheard_since: Millis,
    /// The time at which a desktop asks the Function, unless the item changes before.
    ask_at: Millis,
}

/// Returns the item of a conversation that waits for an agent, or for the time of its appointment. `unheard_since` is the
/// time since which it waits, and `ask_at` the time at which a desktop asks the Function.
#[must_use]
pub fn item(
    conversation: &ConversationSid,
    unheard_since: Millis,
    ask_at: Millis,
    now: Millis,
) -> Item {
    let ahead = ask_at.saturating_sub(now).div_ceil(1_000);
    let data = Data {
        unheard_since,
        ask_at,
    };
    Item {
        map: MapName::waiting(conversation),
        key: conversation.clone(),
        // Serialization of numbers cannot fail.
        data: serde_json::to_string(&data).unwrap_or_default(),
        ttl_seconds: TTL_SECONDS
            .saturating_add(u32::try_from(ahead).unwrap_or(u32::MAX))
            .min(LONGEST_TTL_SECONDS),
    }
}

/// Returns the call that deletes a conversation's item.
#[must_use]
pub fn delete(conversation: &ConversationSid) -> DeleteItem {
    DeleteItem {
        map: MapName::waiting(conversation),
        key: conversation.clone(),
    }
}
