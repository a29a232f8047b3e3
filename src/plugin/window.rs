//! The start of a channel's window, from the messages on the agent's screen.

use super::json::Json;
use crate::answer_window::{channel_with_window, is_on};

/// Returns the time of the customer's last message, and the channel, if this has a window. Agents write under other names than
/// customers, whose addresses have the channel in front.
#[must_use]
pub fn customer_wrote_at(view: &Json) -> Option<(&'static str, f64)> {
    let name = channel_with_window(view.get("task").get_text("channelType")?)?;
    let Json::List(messages) = view.get("messages") else {
        return None;
    };
    let mut wrote_at = None;
    for message in messages {
        if let Json::List(pair) = message {
            if let [Json::Text(author), Json::Number(at)] = pair.as_slice() {
                if is_on(author, name) {
                    wrote_at = Some(*at);
                }
            }
        }
    }
    Some((name, wrote_at?))
}
