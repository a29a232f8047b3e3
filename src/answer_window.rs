//! The window of a channel: the time after the customer's last message in which free texts arrive. Later only templates do.
//!
//! Source: <https://www.twilio.com/docs/whatsapp/key-concepts>

/// The length of the window, in milliseconds: a day.
pub const WINDOW_MS: u32 = 24 * 60 * 60 * 1_000;

/// The channels that have one.
const CHANNELS: [&str; 2] = ["whatsapp", "messenger"];

/// Returns the name of a channel, if it has a window.
#[must_use]
pub fn channel_with_window(channel: &str) -> Option<&'static str> {
    CHANNELS
        .into_iter()
        .find(|name| channel.eq_ignore_ascii_case(name))
}

/// Returns true for an address on a channel, such as `whatsapp:+15550100`.
#[must_use]
pub fn is_on(address: &str, channel: &str) -> bool {
    address
        .strip_prefix(channel)
        .is_some_and(|rest| rest.starts_with(':'))
}
