//! The data for the view: plain data for the shim, which formats numbers and times and decides nothing.

use serde::Serialize;

use super::entry::Entry;
use super::resume::Resumes;
use super::time::{self, Relative, DAY, HOUR};
use crate::answer_window::WINDOW_MS;
use crate::last_line::BY_AGENT;
use crate::plugin::channel;
use crate::plugin::effect::{NotificationId, StringKey};
use crate::row_data::{ParkDetails, RowData};
use crate::sid::WorkerSid;

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
    /// The agent in whose list it stands.
    Agent,
    /// Queue.
    Queue,
    /// Reason.
    Reason,
    /// How long it waits: overdue ones first, then by the time of the park.
    Waiting,
}

impl Column {
    const ALL: [Self; 9] = [
        Self::Customer,
        Self::Channel,
        Self::ParkedAt,
        Self::Due,
        Self::ListedUntil,
        Self::Agent,
        Self::Queue,
        Self::Reason,
        Self::Waiting,
    ];

    /// Returns the column's name, as it is serialized.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Channel => "channel",
            Self::ParkedAt => "parkedAt",
            Self::Due => "due",
            Self::ListedUntil => "listedUntil",
            Self::Agent => "agent",
            Self::Queue => "queue",
            Self::Reason => "reason",
            Self::Waiting => "waiting",
        }
    }

    /// Returns the column with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
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

impl Direction {
    /// Returns the direction's name, as it is serialized.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }
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

/// A parked conversation. A value that is not known is null.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts for the view"
)]
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
    /// The key of the condition's text: [`Return::new`] chooses it. Its values are the times `returns_at` and `due_in`.
    pub condition: StringKey,
    /// The time at which it comes back by itself, in milliseconds since 1970; null: only a message brings it back.
    pub returns_at: Option<f64>,
    /// That time as seen from now.
    pub due_in: Option<Relative>,
    /// True if the longest wait that the owner allows ends soon: the agent can prolong it.
    pub ends_soon: bool,
    /// The key of the text about the channel's window; null: it has none. Its value is `window_in`.
    pub window: Option<StringKey>,
    /// The end of that window as seen from now.
    pub window_in: Option<Relative>,
    /// True if that window ends soon, or has ended.
    pub window_ends_soon: bool,
    /// True if the last message has attachments and no text.
    pub is_attachment: bool,
    /// True if this agent wrote the last message.
    pub is_own_line: bool,
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
    /// The agent in whose list it stands; null in the agent's own list.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string | null"))]
    pub owner_sid: Option<WorkerSid>,
    /// That agent's name.
    pub owner: Option<String>,
    /// The reasons for which it needs attention.
    pub alerts: Vec<Reason>,
}

/// A reason for which a row needs attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Reason {
    /// The key of the text.
    pub key: StringKey,
    /// The limit that the owner has set, the `{{count}}` of the text.
    pub limit: u32,
}

impl Row {
    /// Makes the row of an entry for the worker `own`, with what `resumes` knows of it.
    #[must_use]
    pub fn new(entry: &Entry, own: &WorkerSid, resumes: &Resumes, now: f64) -> Self {
        let data = &entry.data;
        let failure = resumes.failure(&entry.key);
        let back = Return::new(&data.park, entry.kept.get(), now);
        let window_end = data
            .last
            .customer_wrote_at
            .map(|at| at + f64::from(WINDOW_MS));
        let window = window_end.map(|end| window(end, now));
        let own = own.as_str();
        let by_colleague = data.worker_sid.as_ref().is_some_and(|worker| worker != own);
        Self {
            conversation_sid: entry.key.clone(),
            data: data.clone(),
            channel: entry.channel.clone(),
            channel_label: channel::label(&entry.channel),
            condition: back.condition,
            returns_at: back.at,
            due_in: back.at.map(|time| time::ahead(time, now)),
            ends_soon: back.ends_soon,
            window: window.map(|(key, _)| key),
            window_in: window_end.map(|end| time::ahead(end, now)),
            window_ends_soon: window.is_some_and(|(_, ends_soon)| ends_soon),
            is_attachment: data.last.by.is_some() && data.last.line.is_none(),
            is_own_line: !by_colleague && data.last.by.as_deref() == Some(BY_AGENT),
            held: entry.is_held(),
            parked_ago: data.park.parked_at.map(|time| time::ago(time, now)),
            expires_in: data.park.expires_at.map(|time| time::ahead(time, now)),
            by_colleague,
            resuming: resumes.is_under_way(&entry.key),
            failed: failure.as_ref().map(|notice| notice.id),
            failed_field: failure.and_then(|notice| notice.field),
            owner_sid: None,
            owner: None,
            alerts: Vec::new(),
        }
    }
}

/// The time at which a conversation comes back by itself, and the text about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Return {
    /// The key of the text.
    pub condition: StringKey,
    /// The time, if the text has one.
    pub at: Option<f64>,
    /// True if it is the end of the longest wait, and near.
    pub ends_soon: bool,
}

impl Return {
    /// Makes it from the times of the park. `kept`: no message brings the conversation back before its appointment.
    #[must_use]
    pub fn new(park: &ParkDetails<f64>, kept: bool, now: f64) -> Self {
        let expiry = park.expiry_at.filter(|expiry| {
            let whole = park.parked_at.map_or(f64::INFINITY, |from| expiry - from);
            park.due_at.is_none() && *expiry <= now + DAY.min(whole / 10.0)
        });
        let at = park.due_at.or(expiry);
        let is_ahead = at.is_some_and(|at| at > now);
        Self {
            condition: match at {
                None => StringKey::ParkInteractionListUntilMessage,
                Some(_) if !is_ahead => StringKey::ParkInteractionListDueSince,
                Some(_) if expiry.is_some() => StringKey::ParkInteractionListExpires,
                Some(_) if kept => StringKey::ParkInteractionListUntilTime,
                Some(_) => StringKey::ParkInteractionListUntilEither,
            },
            at,
            ends_soon: expiry.is_some() && is_ahead,
        }
    }
}

/// The time before the end of a channel's window from which it is marked, in milliseconds.
const WINDOW_ENDS_SOON: f64 = 2.0 * HOUR;

/// Returns the key of the text about a channel's window that ends at `end`, and true if it ends soon or has ended.
#[must_use]
pub fn window(end: f64, now: f64) -> (StringKey, bool) {
    let key = if end > now {
        StringKey::ParkInteractionListWindow
    } else {
        StringKey::ParkInteractionListWindowClosed
    };
    (key, end < now + WINDOW_ENDS_SOON)
}
