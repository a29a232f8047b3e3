//! The data for the view: plain data for the shim, which formats numbers and times and decides nothing.

use serde::Serialize;

use super::channel;
use crate::plugin::effect::{NotificationId, StringKey};
use crate::row_data::RowData;

/// The status of the list as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Nothing has been read yet.
    Loading,
    /// The rows are up to date, as far as the map has been read.
    Ready,
    /// The connection is lost: the rows may be out of date.
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
    /// The time of the park.
    ParkedAt,
    /// The time at which the conversation comes back by itself.
    Due,
    /// The time at which the row leaves the list.
    ListedUntil,
}

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// A to Z, oldest to newest.
    Ascending,
    /// Z to A, newest to oldest.
    Descending,
}

/// An order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// The direction.
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
    /// The number of its rows, regardless of the search.
    pub count: usize,
}

impl ChannelCount {
    /// Makes a channel without rows.
    #[must_use]
    pub fn none_of(channel: &str) -> Self {
        Self {
            channel: channel.into(),
            label: channel::label(channel),
            count: 0,
        }
    }
}

/// A text for people who use a screen reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Announcement {
    /// The announcement's number, so that the same words twice are two announcements.
    pub id: u32,
    /// The key of its text in Flex's strings.
    pub key: StringKey,
    /// The values in the text.
    pub values: AnnouncementValues,
}

/// The values in an announcement's text, `{{count}}` and `{{total}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct AnnouncementValues {
    /// The number of rows that came, went or match.
    pub count: usize,
    /// The number of all rows.
    pub total: usize,
}

/// Everything about the list but its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct ListView {
    /// The status.
    pub status: Status,
    /// The key of the text that says why the list cannot be read. Only when it has failed.
    pub failure: Option<StringKey>,
    /// True if more rows are still being read.
    pub reading: bool,
    /// The number of all rows.
    pub total: usize,
    /// The number of rows with an unheard message, without those that wait for a kept time.
    pub unheard: usize,
    /// The number of rows that match the search and the filter: `rows` returns these.
    pub matching: usize,
    /// The channels, by name. That of `filter` is among them, though it may have no row.
    pub channels: Vec<ChannelCount>,
    /// The text of the search, as it was typed.
    pub search: String,
    /// The only channel that is shown; null: all are.
    pub filter: Option<String>,
    /// The order of the rows.
    pub sort: Sort,
    /// The last announcement.
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

/// The option `numeric` of `Intl.RelativeTimeFormat`: "now", or "in 0 seconds".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Numeric {
    /// In words where the language has one, such as "now".
    Auto,
    /// Always a number.
    Always,
}

/// A time as seen from now, for `new Intl.RelativeTimeFormat(locale, { numeric }).format(value, unit)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Relative {
    /// The number of units; negative in the past.
    pub value: i32,
    /// The unit.
    pub unit: Unit,
    /// The option `numeric`.
    pub numeric: Numeric,
}

/// A parked conversation. A value that is not known is null.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The conversation; unique in the list.
    pub conversation_sid: String,
    /// The data of its item; times in milliseconds since 1970. The customer's address is without its channel, such as `+15550100`.
    pub data: RowData<f64>,
    /// `web`, `whatsapp`, `sms`, `email`, `messenger`, or another name in the account; empty if it is not known.
    pub channel: String,
    /// The key of the channel's name in Flex's strings; none for a channel that has none there.
    pub channel_label: Option<StringKey>,
    /// The key of the condition's text: [`condition`] chooses it. Its values are the time `dueAt` and `due_in`.
    pub condition: StringKey,
    /// The time at which it comes back as seen from now; null: only a message brings it back.
    pub due_in: Option<Relative>,
    /// True if a message waits for the kept time.
    pub held: bool,
    /// The time of the park as seen from now.
    pub parked_ago: Option<Relative>,
    /// The time at which it leaves the list as seen from now; null: not by itself.
    pub expires_in: Option<Relative>,
    /// True if another worker than this one parked it.
    pub by_colleague: bool,
    /// True if it is on its way to the agent.
    pub resuming: bool,
    /// The key of the text that says why it could not be resumed.
    pub failed: Option<NotificationId>,
    /// The `{{field}}` of that text, if it has one.
    pub failed_field: Option<String>,
}

/// Returns the key of the text that says when a conversation comes back. `kept`: no message brings it back before its time.
#[must_use]
pub fn condition(due_at: Option<f64>, kept: bool, now: f64) -> StringKey {
    match due_at {
        None => StringKey::ParkInteractionListUntilMessage,
        Some(time) if time <= now => StringKey::ParkInteractionListDueSince,
        Some(_) if kept => StringKey::ParkInteractionListUntilTime,
        Some(_) => StringKey::ParkInteractionListUntilEither,
    }
}
