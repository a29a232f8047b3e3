//! The window of a channel: the time in which an agent can answer with a free text.

use super::json::Json;

/// The time for which `WhatsApp` and Messenger take free texts after the customer's last message.
///
/// Source: <https://www.twilio.com/docs/whatsapp/key-concepts>
pub const WINDOW_MS: f64 = 24.0 * 60.0 * 60.0 * 1_000.0;

/// The channels that have one.
const CHANNELS: [&str; 2] = ["whatsapp", "messenger"];

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

/// Returns the name of a channel, if it limits the time of an answer.
#[must_use]
pub fn channel_with_window(channel: &str) -> Option<&'static str> {
    CHANNELS
        .into_iter()
        .find(|name| channel.eq_ignore_ascii_case(name))
}

/// Returns true for an address on a channel, such as `whatsapp:+15550100`.
fn is_on(address: &str, channel: &str) -> bool {
    address
        .strip_prefix(channel)
        .is_some_and(|rest| rest.starts_with(':'))
}
