//! The channels that customers write on, and their names.

use crate::plugin::effect::StringKey;

/// The channels that have a name in Flex's strings.
pub const NAMED: [(&str, StringKey); 5] = [
    ("web", StringKey::ParkInteractionChannelWeb),
    ("whatsapp", StringKey::ParkInteractionChannelWhatsapp),
    ("sms", StringKey::ParkInteractionChannelSms),
    ("email", StringKey::ParkInteractionChannelEmail),
    ("messenger", StringKey::ParkInteractionChannelMessenger),
];

/// Returns the key of a channel's name, if it has one.
#[must_use]
pub fn label(channel: &str) -> Option<StringKey> {
    let named = NAMED.iter().find(|(name, _)| *name == channel);
    named.map(|(_, key)| *key)
}

/// Returns the channel of a task whose attribute `channelType` is `channel_type` and whose customer has `address`; empty if neither
/// names it.
#[must_use]
pub fn of(channel_type: Option<&str>, address: Option<&str>) -> String {
    match channel_type.map(str::to_ascii_lowercase) {
        Some(channel) if channel == "chat" => "web".into(),
        Some(channel) => channel,
        None => address
            .and_then(split)
            .map_or_else(String::new, |(channel, _)| channel.into()),
    }
}

/// Returns an address without the channel that Twilio writes before it, as in `whatsapp:+15550100`.
#[must_use]
pub fn bare(address: &str) -> &str {
    split(address).map_or(address, |(_, bare)| bare)
}

fn split(address: &str) -> Option<(&str, &str)> {
    let (channel, bare) = address.split_once(':')?;
    label(channel).map(|_| (channel, bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_names_the_channel_or_else_the_address() {
        assert_eq!(of(Some("WhatsApp"), None), "whatsapp");
        assert_eq!(of(Some("chat"), None), "web");
        assert_eq!(of(Some("line"), Some("whatsapp:+1")), "line");
        assert_eq!(of(None, Some("messenger:17")), "messenger");
        assert_eq!(of(None, Some("+15550100")), "");
        assert_eq!(of(None, None), "");
    }

    #[test]
    fn an_address_loses_its_channel_and_nothing_else() {
        assert_eq!(bare("whatsapp:+15550100"), "+15550100");
        assert_eq!(bare("+15550100"), "+15550100");
        assert_eq!(bare("sip:ada@example.com"), "sip:ada@example.com");
    }
}
