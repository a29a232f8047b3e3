//! What the list shows: plain data for the shim, which formats numbers and times and decides nothing.

use serde::Serialize;

use super::channel;
use crate::plugin::effect::{NotificationId, StringKey};
use crate::row_data::RowData;

/// How the list as a whole stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Nothing has been read yet.
    Loading,
    /// What is shown is what there is, as far as it has been read.
    Ready,
    /// The connection is lost: what is shown may be old.
    Offline,
    /// It cannot be read: [`ListView::failure`] says why.
    Failed,
}

/// A column that rows can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Column {
    /// Name, or else address.
    Customer,
    /// Channel.
    Channel,
    /// When it was parked.
    ParkedAt,
    /// When it leaves the list.
    LeavesList,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// A to Z, oldest to newest.
    Ascending,
    /// The other way round.
    Descending,
}

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// Which way.
    pub direction: Direction,
}

/// A channel that rows can be filtered by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct ChannelCount {
    /// The channel, as in [`Row::channel`].
    pub channel: String,
    /// The key of its name in Flex's strings; none for a channel that has none there.
    pub label: Option<StringKey>,
    /// How many rows it has, whatever is searched for.
    pub count: usize,
}

impl ChannelCount {
    /// A channel without rows.
    #[must_use]
    pub fn none_of(channel: &str) -> Self {
        Self {
            channel: channel.into(),
            label: channel::label(channel),
            count: 0,
        }
    }
}

/// Something to tell people who hear the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Announcement {
    /// Counts on, so that the same words twice are two announcements.
    pub id: u32,
    /// The key of its text in Flex's strings.
    pub key: StringKey,
    /// What the text speaks of.
    pub values: AnnouncementValues,
}

/// What an announcement speaks of, as `{{count}}` and `{{total}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct AnnouncementValues {
    /// How many came, went or match.
    pub count: usize,
    /// How many there are.
    pub total: usize,
}

/// Everything about the list but its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct ListView {
    /// How it stands.
    pub status: Status,
    /// Why it cannot be read: the key of a text in Flex's strings. Only when it has failed.
    pub failure: Option<StringKey>,
    /// Whether more rows are still being read.
    pub reading: bool,
    /// How many rows there are.
    pub total: usize,
    /// The number of rows with an unheard message.
    pub unheard: usize,
    /// How many of them are searched for: the rows that can be asked for.
    pub matching: usize,
    /// The channels, by name; that of `filter` among them, though it may have no row.
    pub channels: Vec<ChannelCount>,
    /// What is searched for, as it was typed.
    pub search: String,
    /// The only channel that is shown; none: all are.
    pub filter: Option<String>,
    /// The order of the rows.
    pub sort: Sort,
    /// The last thing to tell people who hear the page.
    pub announcement: Option<Announcement>,
}

/// A unit of relative times, as `Intl.RelativeTimeFormat` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// Only with 0: now.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
}

/// Whether `Intl.RelativeTimeFormat` may say "now" instead of "in 0 seconds".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Numeric {
    /// It may.
    Auto,
    /// Always a number.
    Always,
}

/// A time as seen from now, for `new Intl.RelativeTimeFormat(locale, { numeric }).format(value, unit)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Relative {
    /// How many units; negative in the past.
    pub value: i32,
    /// Of what.
    pub unit: Unit,
    /// How to say it.
    pub numeric: Numeric,
}

/// A parked conversation. What is not known is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The conversation; unique in the list.
    pub conversation_sid: String,
    /// The data of its item; times in milliseconds since 1970. The customer's address is without its channel, such as `+15550100`.
    pub data: RowData<f64>,
    /// `web`, `whatsapp`, `sms`, `email`, `messenger`, or whatever else the account has; empty if it is not known.
    pub channel: String,
    /// The key of the channel's name in Flex's strings; none for a channel that has none there.
    pub channel_label: Option<StringKey>,
    /// The time of the park as seen from now.
    pub parked_ago: Option<Relative>,
    /// The time at which it leaves the list as seen from now; null: not by itself.
    pub expires_in: Option<Relative>,
    /// Whether another worker than this one parked it.
    pub by_colleague: bool,
    /// Whether it is on its way to the agent.
    pub resuming: bool,
    /// Why it could not be resumed: the key of a text in Flex's strings.
    pub failed: Option<NotificationId>,
    /// The `{{field}}` of that text, if it has one.
    pub failed_field: Option<String>,
}
