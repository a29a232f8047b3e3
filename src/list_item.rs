//! The row of an agent's list of parked interactions: an item of a Sync map.
//!
//! Source: <https://www.twilio.com/docs/sync/api/map-item-resource>

use crate::attributes::Attributes;
use crate::guardian::Guardian;
use crate::park_note::ParkNote;
use crate::record::ParkedRecord;
use crate::row_data::{LastMessage, ParkDetails, RowData};
use crate::sid::{ConversationSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{Item, LONGEST_TTL_SECONDS};
use crate::twilio::time::Millis;

/// The largest size of an item's data, in bytes.
pub const LIMIT: usize = 16 * 1024;

/// The default life of a row, in seconds. The row leaves the list then; the conversation stays parked.
pub const TTL_SECONDS: u32 = 24 * 60 * 60;

/// The task attribute for the channel.
const CHANNEL_TYPE: &str = "channelType";

/// Sync's word for "never expires".
const NO_TTL: u32 = 0;

/// Returns the time at which the row of a conversation that was parked at `parked_at` leaves the list; `None`: not by itself. A text
/// message may be answered days later, so SMS does not expire.
#[must_use]
pub fn expires_at(
    parked_at: Millis,
    task_attributes: &Attributes,
    ttl_seconds: Option<u32>,
) -> Option<Millis> {
    let seconds = match task_attributes.text_at(CHANNEL_TYPE).as_deref() {
        Some("sms") => NO_TTL,
        _ => ttl_seconds.unwrap_or(TTL_SECONDS),
    };
    (seconds != NO_TTL).then(|| parked_at + Millis::from(seconds) * 1_000)
}

/// Returns the time to live of a row that is written at `now`, in seconds. `None`: its time is over. While a message is unheard, it
/// is never over.
#[must_use]
pub fn ttl(record: &ParkedRecord, guardian: &Guardian, now: Millis) -> Option<u32> {
    let Some(expires_at) = record.park.expires_at else {
        return Some(NO_TTL);
    };
    let left = expires_at.saturating_sub(now).div_ceil(1_000);
    let left = u32::try_from(left)
        .unwrap_or(u32::MAX)
        .min(LONGEST_TTL_SECONDS);
    match guardian.unheard_since {
        Some(_) => Some(left.max(TTL_SECONDS)),
        None => Some(left).filter(|left| *left != NO_TTL),
    }
}

/// Returns the row of a parked conversation, written at `now`. A row whose time is over lasts as briefly as Sync allows.
#[must_use]
pub fn row(
    record: &ParkedRecord,
    guardian: &Guardian,
    note: &ParkNote,
    conversation: &ConversationSid,
    now: Millis,
) -> Item {
    Item {
        map: MapName::list_of(&guardian.worker),
        key: conversation.clone(),
        data: data(record, guardian, note),
        ttl_seconds: ttl(record, guardian, now).unwrap_or(1),
    }
}

/// Returns a row of another agent's list for the list of `worker`, who was given the conversation. It is for a row that no record
/// describes: it has all that it had.
#[must_use]
pub fn moved(
    data: &str,
    worker: &WorkerSid,
    park: &ParkDetails<Millis>,
    conversation: &ConversationSid,
) -> Item {
    let mut row = Attributes::parse(data).unwrap_or_default();
    row.set("workerSid", worker);
    let given = ParkDetails {
        given_by: park.given_by.clone(),
        given_at: park.given_at,
        ..ParkDetails::default()
    };
    given.write(&mut row);
    Item {
        map: MapName::list_of(worker),
        key: conversation.clone(),
        data: row.text(),
        ttl_seconds: TTL_SECONDS,
    }
}

/// Returns the row's data, the JSON text that Sync takes. Without room, it lacks optional texts: first the last message's line, which
/// nobody misses in the task, then the note, and at last the reason.
#[must_use]
pub fn data(record: &ParkedRecord, guardian: &Guardian, note: &ParkNote) -> String {
    let bare = record.has_bare_row.then(|| bare(record, note));
    let (record, note) = bare
        .as_ref()
        .map_or((record, note), |(bare, note)| (bare, note));
    let mut note = note.clone();
    let mut data = complete_data(record, guardian, &note);
    for drop in [
        (|note| note.last.line = None) as fn(&mut ParkNote),
        |note| note.note = None,
        |note| note.reason = None,
    ] {
        if data.len() > LIMIT {
            drop(&mut note);
            data = complete_data(record, guardian, &note);
        }
    }
    data
}

/// Returns record and note without what a bare row lacks: names, addresses, texts of people, and all of the task's attributes but the
/// channel. The reason stays, since it is one of the owner's own list.
fn bare(record: &ParkedRecord, note: &ParkNote) -> (ParkedRecord, ParkNote) {
    let attributes = record.task_attributes.as_deref().unwrap_or_default();
    let attributes = Attributes::parse(attributes).unwrap_or_default();
    let mut channel = Attributes::default();
    if let Some(name) = attributes.text_at(CHANNEL_TYPE) {
        channel.set(CHANNEL_TYPE, &name);
    }
    let record = ParkedRecord {
        task_attributes: Some(channel.text()),
        park: ParkDetails {
            agent_name: None,
            given_by: None,
            ..record.park.clone()
        },
        ..record.clone()
    };
    let note = ParkNote {
        note: None,
        last: LastMessage {
            line: None,
            ..note.last.clone()
        },
        ..note.clone()
    };
    (record, note)
}

/// Returns the row's data with all texts. The first seven names are those that the template's feature writes and reads.
fn complete_data(record: &ParkedRecord, guardian: &Guardian, note: &ParkNote) -> String {
    let task_attributes = record.task_attributes.as_deref().unwrap_or("{}");
    let mut item = Attributes::default();
    item.set("interactionSid", &guardian.channel.interaction);
    item.set("flexInteractionChannelSid", &guardian.channel.channel);
    if let Some(participant) = &record.participant_sid {
        item.set("participantSid", participant);
    }
    item.set("workflowSid", &guardian.workflow);
    item.set("taskChannelUniqueName", &guardian.task_channel_unique_name);
    item.set("taskAttributes", task_attributes);
    if let Some(webhook) = &record.webhook_sid {
        item.set("webhookSid", webhook);
    }
    let attributes = Attributes::parse(task_attributes).unwrap_or_default();
    let text = |keys: &[&str]| keys.iter().find_map(|key| attributes.text_at(key));
    RowData {
        park: ParkDetails {
            // A wiped record lacks the time, which its guardian has.
            parked_at: record.park.parked_at.or(guardian.parked_at),
            ..record.park.clone()
        },
        worker_sid: Some(guardian.worker.to_string()),
        unheard_since: guardian.unheard_since,
        kept_until: guardian.kept_until(),
        last: note.last.clone(),
        reason: note.reason.clone(),
        note: note.note.clone(),
        customer_name: text(&["customerName", "from"]),
        customer_address: text(&["customerAddress", "from"]),
        channel_type: text(&[CHANNEL_TYPE]),
        queue_name: record.queue_name.clone(),
    }
    .write(&mut item);
    item.text()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::record::tests::{guardian, record};

    #[test]
    fn rows_expire_after_a_day_but_for_text_messages() {
        let sms = Attributes::parse(r#"{"channelType":"sms"}"#).unwrap();
        let web = Attributes::parse(r#"{"channelType":"web"}"#).unwrap();
        let day = Some(86_401_000);
        assert_eq!(expires_at(1_000, &sms, None), None);
        assert_eq!(expires_at(1_000, &sms, Some(60)), None);
        assert_eq!(expires_at(1_000, &web, None), day);
        assert_eq!(expires_at(1_000, &Attributes::default(), None), day);
        assert_eq!(expires_at(1_000, &web, Some(60)), Some(61_000));
        assert_eq!(expires_at(1_000, &web, Some(NO_TTL)), None);
    }

    #[test]
    fn a_bare_row_holds_nothing_about_people() {
        let note = ParkNote {
            reason: Some("Order".into()),
            note: Some("secret".into()),
            last: LastMessage {
                line: Some("secret".into()),
                by: Some("customer".into()),
                customer_wrote_at: Some(1),
                unread: Some(2),
            },
        };
        let attributes = r#"{"customerName":"secret","customerAddress":"secret","from":"secret",
            "channelType":"whatsapp","other":{"text":"secret"}}"#;
        let record = ParkedRecord {
            task_attributes: Some(attributes.into()),
            has_bare_row: true,
            park: ParkDetails {
                agent_name: Some("secret".into()),
                given_by: Some("secret".into()),
                given_at: Some(3),
                ..record().park
            },
            ..record()
        };
        let text = data(&record, &guardian(), &note);
        assert!(!text.contains("secret"), "{text}");
        let written = Attributes::parse(&text).unwrap();
        let row = RowData::<Millis>::read(&written);
        assert_eq!(row.reason.as_deref(), Some("Order"));
        assert_eq!(row.channel_type.as_deref(), Some("whatsapp"));
        assert_eq!((row.last.unread, row.park.given_at), (Some(2), Some(3)));
        let attributes = written.text_at("taskAttributes");
        assert_eq!(attributes.as_deref(), Some(r#"{"channelType":"whatsapp"}"#));
        let with_texts = ParkedRecord {
            has_bare_row: false,
            ..record
        };
        assert!(data(&with_texts, &guardian(), &note).contains("secret"));
    }

    #[test]
    fn a_full_row_lacks_optional_texts() {
        let note = ParkNote {
            reason: Some("Order".into()),
            note: Some("Tonight".into()),
            last: LastMessage {
                line: Some("Here".into()),
                ..LastMessage::default()
            },
        };
        let filled = |bytes: usize| ParkedRecord {
            task_attributes: Some(format!(r#"{{"x":"{}"}}"#, "x".repeat(bytes))),
            ..record()
        };
        let row = |bytes| {
            let data = data(&filled(bytes), &guardian(), &note);
            let row = RowData::<Millis>::read(&Attributes::parse(&data).unwrap());
            (data.len() <= LIMIT, row.last.line, row.note, row.reason)
        };
        let room = LIMIT - complete_data(&filled(0), &guardian(), &note).len();
        let (line, text, reason) = (
            note.last.line.clone(),
            note.note.clone(),
            note.reason.clone(),
        );
        assert_eq!(row(room), (true, line, text.clone(), reason.clone()));
        assert_eq!(row(room + 1), (true, None, text, reason.clone()));
        let line_bytes = r#","lastLine":"Here""#.len();
        assert_eq!(row(room + line_bytes + 1), (true, None, None, reason));
        let note_bytes = r#","note":"Tonight""#.len();
        let further = room + line_bytes + note_bytes;
        assert_eq!(row(further + 1), (true, None, None, None));
        assert!(!row(further + 99).0, "the rest does not fit");
    }

    #[test]
    fn the_row_of_an_unheard_message_does_not_expire() {
        let (record, quiet) = (record(), guardian());
        let now = record.park.expires_at.unwrap() + 1;
        assert_eq!(ttl(&record, &quiet, now), None);
        let unheard = Guardian {
            unheard_since: Some(now),
            ..quiet
        };
        assert_eq!(ttl(&record, &unheard, now), Some(TTL_SECONDS));
        assert!(data(&record, &unheard, &ParkNote::default()).contains("\"unheardSince\":"));
    }
}
