//! An item of the Sync map, as the list keeps it.
//!
//! Items are written by this project (`list_item`), by the template's feature, or by anybody: a value that is not as expected counts
//! as missing.

use std::cell::Cell;

use super::text::{Platform, Searchable};
use crate::answer_window::channel_with_window;
use crate::last_line::LONGEST_LINE;
use crate::plugin::channel;
use crate::plugin::json::{shortened, Json};
use crate::row_data::{LastMessage, RowData};

/// A parked conversation of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The item's key: the conversation's SID.
    pub key: String,
    /// The item's data, put in order: the address without its channel, a name only if it is not the address, an unheard message only
    /// if its time is past, no end while there is one, a time to come back wherever one is kept, and the time of the customer's last
    /// message only for a channel that limits the time of an answer.
    pub data: RowData<f64>,
    /// True while the kept time is ahead: a message does not bring the conversation back before it. The list ends it.
    pub kept: Cell<bool>,
    /// The channel, see [`channel::of`].
    pub channel: String,
    /// The texts by which it is found and sorted.
    pub texts: Texts,
    /// True once its own time has come: it should be with an agent. The list keeps it up to date.
    pub overdue: Cell<bool>,
    /// The time of the last write, in milliseconds since 1970. 0: not known.
    pub written_at: f64,
    /// The last read of the map that has met it.
    pub met: u32,
    /// The place of the agent in whose list it stands; see [`super::super::team`]. 0 in the agent's own list.
    pub owner: usize,
}

/// Texts of an entry, folded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Texts {
    /// Name, or else address; empty if there is neither.
    pub customer: String,
    /// The channel's name in the agent's language.
    pub channel: String,
    /// The name of the agent in whose list it stands; empty in the agent's own list.
    pub owner: String,
    /// The texts in which the search looks.
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
        let mut data = RowData::read(item.get("data"));
        complete(&mut data, item, platform);
        let channel = channel::of(
            data.channel_type.as_deref(),
            data.customer_address.as_deref(),
        );
        let address = data.customer_address.as_deref();
        // A customer whose name is not known goes by their address.
        if data.customer_name.as_deref() == address {
            data.customer_name = None;
        }
        data.customer_address = address.map(|address| channel::bare(address).into());
        let written_at = item.get_time("dateUpdated");
        data.unheard_since = data
            .unheard_since
            .filter(|since| is_past(*since, written_at, now));
        data.park.parked_at = data.park.parked_at.or(written_at);
        // A row does not leave the list while its customer waits.
        data.park.expires_at = match data.unheard_since {
            Some(_) => None,
            None => data
                .park
                .expires_at
                .or_else(|| item.get_time("dateExpires")),
        };
        data.park.due_at = data.park.due_at.or(data.kept_until);
        if let Some(line) = &mut data.last.line {
            *line = shortened(line, LONGEST_LINE).into();
        }
        let last = data.last.customer_wrote_at;
        data.last.customer_wrote_at = channel_with_window(&channel).and_then(|_| {
            // The message that waits is the customer's.
            let wrote_at = [last, data.unheard_since];
            wrote_at.into_iter().flatten().reduce(f64::max)
        });
        let mut entry = Self {
            key: key.into(),
            kept: Cell::new(is_ahead(data.kept_until, now)),
            data,
            channel,
            texts: Texts::default(),
            overdue: Cell::default(),
            written_at: written_at.unwrap_or_default(),
            met: 0,
            owner: 0,
        };
        let _ = entry.become_overdue(now);
        entry.texts = entry.fold(platform, &channel_name(&entry.channel));
        Some(entry)
    }

    /// Keeps the last message of the same park, which only the park itself writes into the row.
    pub fn keep_last_message(&mut self, known: &Self, platform: Platform) {
        let is_same = self.data.park.parked_at == known.data.park.parked_at
            && self.data.unheard_since.is_none();
        if is_same && self.data.last == LastMessage::default() {
            self.data.last.clone_from(&known.data.last);
            if let Some(line) = &self.data.last.line {
                self.texts.all.add(&(platform.fold)(line));
            }
        }
    }

    /// Returns true if a message of the customer waits for an agent. A message that waits for the kept time is not unheard.
    #[must_use]
    pub fn is_unheard(&self) -> bool {
        self.data.unheard_since.is_some() && !self.kept.get()
    }

    /// Returns true if a message of the customer waits for the kept time.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.data.unheard_since.is_some() && self.kept.get()
    }

    /// Ends the kept time if it has come. Returns true if it has: a row with a message has another place then.
    #[must_use]
    pub fn end_kept_time(&self, now: f64) -> bool {
        self.kept.replace(is_ahead(self.data.kept_until, now)) != self.kept.get()
    }

    /// Notes that its own time has come. Returns true if that is news.
    #[must_use]
    pub fn become_overdue(&self, now: f64) -> bool {
        let is_overdue = self.returns_at().is_some_and(|at| at <= now);
        self.overdue.replace(is_overdue) != is_overdue
    }

    /// Returns the time at which the conversation comes back by itself.
    #[must_use]
    pub fn returns_at(&self) -> Option<f64> {
        self.data.park.due_at.or(self.data.park.expiry_at)
    }

    /// Notes the agent in whose list it stands: their place, and their folded name.
    pub fn belong_to(&mut self, owner: usize, name: &str) {
        self.owner = owner;
        self.texts.owner = name.into();
        self.texts.all.add(name);
    }

    fn fold(&self, platform: Platform, channel: &str) -> Texts {
        let folded = |text: &Option<String>| text.as_deref().map(platform.fold);
        let customer =
            folded(&self.data.customer_name).or_else(|| folded(&self.data.customer_address));
        let channel = (platform.fold)(channel);
        let mut all = Searchable::default();
        self.data
            .each_searched(&mut |text| all.add(&(platform.fold)(text)));
        all.add(&channel);
        all.add(&self.channel);
        Texts {
            all,
            customer: customer.unwrap_or_default(),
            channel,
            owner: String::new(),
        }
    }
}

/// Adds the values that an item of the template's feature has in its task's attributes only: by the same name, or else by `from`.
fn complete(data: &mut RowData<f64>, item: &Json, platform: Platform) {
    let attributes = item.get("data").get_text("taskAttributes");
    let (None, Some(attributes)) = (&data.customer_address, attributes) else {
        return;
    };
    let attributes = (platform.parse)(attributes);
    let fill = |field: &mut Option<String>, name| {
        if field.is_none() {
            *field = attributes.get_text(name).map(Into::into);
        }
    };
    fill(&mut data.customer_name, "customerName");
    fill(&mut data.customer_name, "from");
    fill(&mut data.customer_address, "customerAddress");
    fill(&mut data.customer_address, "from");
    fill(&mut data.channel_type, "channelType");
}

fn is_ahead(time: Option<f64>, now: f64) -> bool {
    time.is_some_and(|time| time > now)
}

/// Returns true if a time is not in the future, by the agent's clock or by Twilio's time of the last change.
fn is_past(time: f64, written_at: Option<f64>, now: f64) -> bool {
    time <= now || written_at.is_some_and(|written_at| time <= written_at)
}
