//! A conversation that waits for an agent, as open desktops see it: an item of a Sync map.
//!
//! A wake takes the row out of the list, so what waits has a place of its own. Desktops watch it: where nothing has looked after
//! the conversation for longer than it should, one of them asks the Function to. What stands here gives nobody a right: the
//! Function looks at Twilio, whatever an item says.

use serde::Serialize;

use crate::sid::ConversationSid;
use crate::sync_name::MapName;
use crate::twilio::calls::{DeleteItem, Item};
use crate::twilio::time::Millis;

/// How long an item outlives its last change, in seconds. It is written again each time somebody looks after the conversation.
const TTL_SECONDS: u32 = 24 * 60 * 60;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    unheard_since: Millis,
    /// When a desktop is to ask the Function, unless the item changes before.
    ask_at: Millis,
}

/// The item of a conversation with a message that is unheard since `unheard_since`. At `ask_at` a desktop is to ask the Function.
#[must_use]
pub fn item(conversation: &ConversationSid, unheard_since: Millis, ask_at: Millis) -> Item {
    let data = Data {
        unheard_since,
        ask_at,
    };
    Item {
        map: MapName::waiting(conversation),
        key: conversation.clone(),
        // Numbers always have a JSON form.
        data: serde_json::to_string(&data).unwrap_or_default(),
        ttl_seconds: TTL_SECONDS,
    }
}

/// The deletion of a conversation's item.
#[must_use]
pub fn delete(conversation: &ConversationSid) -> DeleteItem {
    DeleteItem {
        map: MapName::waiting(conversation),
        key: conversation.clone(),
    }
}
