//! An item of the Sync map, as the list keeps it.
//!
//! Items are written by this project (`list_item`), by the template's feature, or by anybody: whatever is not what it
//! should be is taken for missing.

use super::channel;
use super::text::{Platform, Searchable};
use crate::plugin::json::Json;

/// A parked conversation of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The item's key: the conversation's SID.
    pub key: String,
    /// Who parked it.
    pub worker_sid: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The customer's address without its channel.
    pub address: Option<String>,
    /// The medium, see [`channel::of`].
    pub channel: String,
    /// The time of the oldest message that no agent has seen, in milliseconds since 1970.
    pub unheard_since: Option<f64>,
    /// When it was parked, in milliseconds since 1970.
    pub parked_at: Option<f64>,
    /// When it leaves the list; `None`: not by itself.
    pub expires_at: Option<f64>,
    /// What it is found and sorted by.
    pub texts: Texts,
    /// The last read of the map that has met it.
    pub met: u32,
}

/// Texts of an entry, folded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts {
    /// Name, or else address; empty if there is neither.
    pub customer: String,
    /// The channel's name in the agent's language.
    pub channel: String,
    /// All that the search looks into.
    pub all: Searchable,
}

impl Entry {
    /// Reads an item: `key`, `data`, and the times `dateUpdated` and `dateExpires` in milliseconds, where Sync
    /// has them. `channel_name` is a channel's name in the agent's language. `None` for an item without a key.
    pub fn read(
        item: &Json,
        now: f64,
        platform: Platform,
        channel_name: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let key = item.get_text("key")?;
        let data = item.get("data");
        let attributes = match (
            data.get_text("customerAddress"),
            data.get_text("taskAttributes"),
        ) {
            (None, Some(attributes)) => (platform.parse)(attributes),
            _ => Json::Null,
        };
        // As the writing side does it: the item's own field, or else the task's attribute of the name, or else `from`.
        let customer = |name| {
            data.get_text(name)
                .or_else(|| attributes.get_text(name).or(attributes.get_text("from")))
        };
        let address = customer("customerAddress");
        let channel_type = data
            .get_text("channelType")
            .or_else(|| attributes.get_text("channelType"));
        let written_at = item.get_time("dateUpdated");
        let unheard_since = data
            .get_time("unheardSince")
            .filter(|since| is_past(*since, written_at, now));
        // A row does not leave the list while its customer waits.
        let expires_at = match unheard_since {
            Some(_) => None,
            None => data
                .get_time("expiresAt")
                .or_else(|| item.get_time("dateExpires")),
        };
        let mut entry = Self {
            key: key.into(),
            worker_sid: data.get_text("workerSid").map(Into::into),
            // Somebody whose name nobody knows goes by their address.
            name: customer("customerName")
                .filter(|name| Some(*name) != address)
                .map(Into::into),
            address: address.map(|address| channel::bare(address).into()),
            channel: channel::of(channel_type, address),
            unheard_since,
            parked_at: data.get_time("parkedAt").or(written_at),
            expires_at,
            texts: Texts::default(),
            met: 0,
        };
        entry.texts = entry.fold(platform, &channel_name(&entry.channel));
        Some(entry)
    }

    /// Returns true if a message of the customer waits for an agent.
    #[must_use]
    pub fn is_unheard(&self) -> bool {
        self.unheard_since.is_some()
    }

    fn fold(&self, platform: Platform, channel: &str) -> Texts {
        let name = self.name.as_deref().map(platform.fold);
        let address = self.address.as_deref().map(platform.fold);
        let channel = (platform.fold)(channel);
        Texts {
            all: Searchable::of(&[
                name.as_deref().unwrap_or_default(),
                address.as_deref().unwrap_or_default(),
                &channel,
                &self.channel,
            ]),
            customer: name.or(address).unwrap_or_default(),
            channel,
        }
    }
}

/// Returns true if a time is not in the future, by the agent's clock or by Twilio's time of the last change.
fn is_past(time: f64, written_at: Option<f64>, now: f64) -> bool {
    time <= now || written_at.is_some_and(|written_at| time <= written_at)
}
