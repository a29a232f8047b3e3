//! Tests of the list as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is a failed test"
)]

use serde_json::{json, Value};

use super::ranges::FIRST;
use super::resume::{Answer, FailureNotice, Room, WaitStep};
use super::text::Platform;
use super::time::Unit;
use super::view::{Column, Direction, Row, Status};
use super::{List, Setup, REFRESH_MS};
use crate::plugin::call::CallFailure;
use crate::plugin::effect::{NotificationId, StringKey};
use crate::plugin::json::Json;
use crate::reply::{Refusal, Reply};

const ME: &str = "WK00000000000000000000000000000001";
#[cfg(feature = "functions")]
const BEN: &str = "WK00000000000000000000000000000002";
const NOW: f64 = 1_800_000_000_000.0;
const MINUTE: f64 = 60_000.0;
const HOUR: f64 = 60.0 * MINUTE;

pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

pub(super) fn parse(text: &str) -> Json {
    let value: Result<Value, _> = serde_json::from_str(text);
    value.map_or(Json::Null, |value| Json::from(&value))
}

pub(super) const NATIVE: Platform = Platform { fold, parse };

pub(super) fn sid(number: usize) -> String {
    format!("CH{number:032}")
}

fn list_with(auto_accept: bool) -> List {
    let setup = json!({
        "workerSid": ME,
        "autoAccept": auto_accept,
        "channelNames": { "web": "Chat web", "whatsapp": "WhatsApp" },
    });
    List::new(Setup::read(&Json::from(&setup)).unwrap(), NATIVE, NOW)
}

/// A list that has been read and was empty.
fn list() -> List {
    let mut list = list_with(true);
    connect(&mut list);
    read(&mut list, &json!([]));
    list
}

fn connect(list: &mut List) {
    assert!(list.connection(true, "connected"));
}

fn read(list: &mut List, items: &Value) {
    let number = list.begin(NOW);
    assert!(page(list, number, items, true).is_empty());
}

/// Takes a page of the first reader.
fn page(list: &mut List, read: u32, items: &Value, is_end: bool) -> Vec<String> {
    list.page((read, FIRST), &Json::from(items), is_end, NOW)
}

fn item(number: usize, name: &str) -> Value {
    json!({
        "key": sid(number),
        "data": {
            "interactionSid": "KD00000000000000000000000000000001",
            "flexInteractionChannelSid": "UO00000000000000000000000000000001",
            "taskChannelUniqueName": "chat",
            "workerSid": ME,
            "parkedAt": NOW - HOUR,
            "expiresAt": NOW + HOUR,
            "customerName": name,
            "customerAddress": "whatsapp:+1555010",
            "channelType": "whatsapp",
        },
    })
}

fn put(list: &mut List, item: &Value) {
    list.put(&Json::from(item), NOW);
}

fn rows(list: &mut List) -> Vec<Row> {
    list.rows(0, usize::MAX, NOW)
}

fn names(list: &mut List) -> Vec<String> {
    let rows = rows(list).into_iter();
    rows.map(|row| row.data.customer_name.unwrap_or_default())
        .collect()
}

fn ask(list: &mut List, number: usize) {
    list.ask(&sid(number), NOW);
}

/// Lets the time pass until `until`, as the shim does: from one thing that is due to the next.
fn pass(list: &mut List, until: f64) {
    for _ in 0..1_000 {
        let Some(due) = list.next_tick().filter(|due| *due <= until) else {
            return;
        };
        list.tick(due);
    }
    panic!("something is due again and again");
}

#[test]
fn a_row_shows_the_data_of_its_item() {
    let mut list = list();
    put(&mut list, &item(1, " Wanda "));
    let [row] = rows(&mut list).try_into().unwrap();
    assert_eq!(
        serde_json::to_value(&row).unwrap(),
        json!({
            "conversationSid": sid(1),
            "data": {
                "parkedAt": NOW - HOUR,
                "expiresAt": NOW + HOUR,
                "dueAt": null,
                "expiryAt": null,
                "givenBy": null,
                "givenAt": null,
                "agentName": null,
                "lastLine": null,
                "lastLineBy": null,
                "customerWroteAt": null,
                "unread": null,
                "workerSid": ME,
                "unheardSince": null,
                "keptUntil": null,
                "queueName": null,
                "reason": null,
                "note": null,
                "customerName": "Wanda",
                "customerAddress": "+1555010",
                "channelType": "whatsapp",
            },
            "channel": "whatsapp",
            "channelLabel": "ParkInteractionChannelWhatsapp",
            "condition": "ParkInteractionListUntilMessage",
            "returnsAt": null,
            "dueIn": null,
            "endsSoon": false,
            "window": null,
            "windowIn": null,
            "windowEndsSoon": false,
            "isAttachment": false,
            "isOwnLine": false,
            "held": false,
            "parkedAgo": { "value": -1, "unit": "hour", "numeric": "always" },
            "expiresIn": { "value": 1, "unit": "hour", "numeric": "always" },
            "alerts": [],
            "byColleague": false,
            "owner": null,
            "ownerSid": null,
            "resuming": false,
            "failed": null,
            "failedField": null,
        })
    );
}

/// Holds the item of the Functions and the row of the list together.
#[cfg(feature = "functions")]
#[test]
fn a_row_shows_what_the_functions_wrote() {
    use crate::record::tests::{guardian, record};

    let attributes =
        r#"{"customerName":"Wanda","customerAddress":"whatsapp:+1","channelType":"whatsapp"}"#;
    let mut record = record();
    record.task_attributes = Some(attributes.into());
    record.park.parked_at = Some(1_799_999_000_000);
    record.park.expires_at = Some(1_800_000_900_000);
    let mut guardian = guardian();
    guardian.worker = crate::sid::WorkerSid::parse(BEN).unwrap();
    guardian.due = Some(crate::guardian::Due {
        at: 1_800_001_000_000,
        keep_minutes: Some(60),
        is_expiry: false,
    });
    record.park.due_at = Some(1_800_001_000_000);
    record.park.agent_name = Some("Ben".into());
    let note = crate::park_note::ParkNote {
        reason: Some("Order number".into()),
        note: Some("Tonight".into()),
        last: crate::row_data::LastMessage {
            line: Some("Here it is".into()),
            by: Some("agent".into()),
            customer_wrote_at: Some(1_799_999_800_000),
            unread: Some(2),
        },
    };
    record.park.expiry_at = Some(1_900_000_000_000);
    let data = crate::list_item::data(&record, &guardian, &note);
    let data: Value = serde_json::from_str(&data).unwrap();

    let mut list = list();
    put(&mut list, &json!({ "key": sid(1), "data": data }));
    let [row] = rows(&mut list).try_into().unwrap();
    assert_eq!(row.data.customer_name.as_deref(), Some("Wanda"));
    assert_eq!(row.data.customer_address.as_deref(), Some("+1"));
    assert_eq!(row.channel, "whatsapp");
    assert_eq!(row.data.park.parked_at, Some(1_799_999_000_000.0));
    assert_eq!(row.data.park.expires_at, Some(1_800_000_900_000.0));
    assert_eq!(row.data.worker_sid.as_deref(), Some(BEN));
    assert!(row.by_colleague);
    assert_eq!(row.data.park.due_at, Some(1_800_001_000_000.0));
    assert_eq!(row.data.kept_until, Some(1_800_001_000_000.0));
    assert_eq!(row.data.park.agent_name.as_deref(), Some("Ben"));
    assert_eq!(row.data.reason.as_deref(), Some("Order number"));
    assert_eq!(row.data.note.as_deref(), Some("Tonight"));
    assert_eq!(row.data.park.expiry_at, Some(1_900_000_000_000.0));
    assert_eq!(row.data.last.line.as_deref(), Some("Here it is"));
    assert_eq!(row.data.last.by.as_deref(), Some("agent"));
    assert_eq!(row.data.last.customer_wrote_at, Some(1_799_999_800_000.0));
    assert_eq!(row.data.last.unread, Some(2));

    guardian.unheard_since = Some(1_799_999_900_000);
    let data = crate::list_item::data(&record, &guardian, &note);
    let data: Value = serde_json::from_str(&data).unwrap();
    put(&mut list, &json!({ "key": sid(1), "data": data }));
    let [row] = rows(&mut list).try_into().unwrap();
    assert_eq!(row.data.unheard_since, Some(1_799_999_900_000.0));
}

#[test]
fn an_item_of_the_templates_feature_is_understood() {
    let mut list = list();
    let attributes = json!({ "customerName": "Sam", "from": "+1555011", "channelType": "sms" });
    put(
        &mut list,
        &json!({
            "key": sid(1),
            "data": {
                "interactionSid": "KD00000000000000000000000000000001",
                "flexInteractionChannelSid": "UO00000000000000000000000000000001",
                "participantSid": "UT00000000000000000000000000000001",
                "workflowSid": "WW00000000000000000000000000000001",
                "taskChannelUniqueName": "sms",
                "taskAttributes": attributes.to_string(),
                "webhookSid": "WH00000000000000000000000000000001",
            },
            "dateUpdated": NOW - 3.0 * MINUTE,
            "dateExpires": NOW + 2.0 * MINUTE,
        }),
    );
    let [row] = rows(&mut list).try_into().unwrap();
    assert_eq!(row.data.customer_name.as_deref(), Some("Sam"));
    assert_eq!(row.data.customer_address.as_deref(), Some("+1555011"));
    assert_eq!(row.channel, "sms");
    assert_eq!(row.parked_ago.unwrap().value, -3);
    assert_eq!(row.expires_in.unwrap().unit, Unit::Minute);
}

#[test]
fn garbage_is_a_row_of_what_is_known() {
    for data in [
        json!(null),
        json!("text"),
        json!([1]),
        json!({}),
        json!({ "customerName": 7, "customerAddress": " ", "channelType": {}, "parkedAt": "x", "expiresAt": -1 }),
        json!({ "taskAttributes": "not JSON", "interactionSid": "KD1", "parkedAt": 1e300 }),
        json!({ "taskAttributes": "[]" }),
    ] {
        let mut list = list();
        put(
            &mut list,
            &json!({ "key": sid(1), "data": data, "dateUpdated": null }),
        );
        let [row] = rows(&mut list).try_into().unwrap();
        assert_eq!(row.conversation_sid, sid(1), "{data}");
        assert_eq!(
            (row.data.customer_name, row.data.customer_address),
            (None, None),
            "{data}"
        );
        assert_eq!(
            (row.channel.as_str(), row.channel_label),
            ("", None),
            "{data}"
        );
        assert_eq!(
            (row.data.park.parked_at, row.data.park.expires_at),
            (None, None),
            "{data}"
        );
    }
}

#[test]
fn what_has_no_key_is_no_row() {
    let mut list = list();
    for item in [
        json!(null),
        json!({}),
        json!({ "key": 3, "data": {} }),
        json!({ "key": "" }),
    ] {
        put(&mut list, &item);
    }
    assert_eq!(list.view().total, 0);
}

#[test]
fn an_address_is_no_name() {
    let mut list = list();
    put(
        &mut list,
        &json!({ "key": sid(1), "data": { "customerName": "+1", "customerAddress": "+1" } }),
    );
    let [row] = rows(&mut list).try_into().unwrap();
    assert_eq!(
        (row.data.customer_name, row.data.customer_address),
        (None, Some("+1".into()))
    );
}

#[test]
fn words_are_found_in_any_order_and_case() {
    let mut list = list();
    put(&mut list, &item(1, "Ünal Çelik"));
    put(&mut list, &item(2, "王小明"));
    put(&mut list, &item(3, "สมชาย ใจดี"));
    for (text, found) in [
        ("", 3),
        ("  ", 3),
        ("ÜNAL", 1),
        ("çelik ünal", 1),
        ("çelik wanda", 0),
        ("小明", 1),
        ("ใจ", 1),
        ("whatsAPP", 3),
        ("+1 (555) 010", 3),
        ("1-555-010", 3),
        ("5550102", 0),
        ("-", 0),
    ] {
        list.search(text.into(), NOW);
        assert_eq!(list.view().matching, found, "`{text}`");
        assert_eq!(list.view().search, text);
    }
}

#[test]
fn a_channel_is_found_by_its_translated_name() {
    let mut list = list();
    put(
        &mut list,
        &json!({ "key": sid(1), "data": { "channelType": "web" } }),
    );
    for text in ["chat", "web"] {
        list.search(text.into(), NOW);
        assert_eq!(list.view().matching, 1, "`{text}`");
    }
}

#[test]
fn the_filter_is_kept_when_its_channel_has_no_row() {
    let mut list = list();
    put(&mut list, &item(1, "Wanda"));
    put(
        &mut list,
        &json!({ "key": sid(2), "data": { "channelType": "web", "customerName": "Charlie" } }),
    );
    put(
        &mut list,
        &json!({ "key": sid(3), "data": { "channelType": "line" } }),
    );
    list.filter(Some("web".into()), NOW);
    assert_eq!(names(&mut list), ["Charlie"]);
    let counts = |list: &List| {
        let channels = list.view().channels.into_iter();
        channels
            .map(|known| (known.channel, known.count))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        counts(&list),
        [
            ("line".into(), 1),
            ("web".into(), 1),
            ("whatsapp".into(), 1)
        ]
    );
    list.take(&sid(2), NOW);
    assert_eq!(
        counts(&list),
        [
            ("line".into(), 1),
            ("web".into(), 0),
            ("whatsapp".into(), 1)
        ]
    );
    assert_eq!(list.view().matching, 0);
    list.filter(None, NOW);
    assert_eq!(list.view().matching, 2);
}

#[test]
fn columns_sort_both_ways_with_missing_values_last() {
    let mut list = list();
    let row = |number: usize, data: Value| json!({ "key": sid(number), "data": data });
    let a =
        json!({ "customerName": "a", "channelType": "sms", "parkedAt": 1.0, "dueAt": NOW - 1.0 });
    let b = json!({ "customerName": "B", "channelType": "web", "parkedAt": 3.0, "expiresAt": NOW + 2.0 });
    let c = json!({ "customerName": "c", "channelType": "whatsapp", "parkedAt": 2.0, "expiresAt": NOW + 1.0, "dueAt": NOW + 1.0 });
    for item in [row(1, a), row(2, b), row(3, c), row(4, json!({}))] {
        put(&mut list, &item);
    }
    assert_eq!(
        names(&mut list),
        ["B", "c", "a", ""],
        "newest first at first"
    );
    for (column, direction, expected) in [
        ("parkedAt", Direction::Ascending, ["a", "c", "B", ""]),
        ("customer", Direction::Ascending, ["a", "B", "c", ""]),
        ("customer", Direction::Descending, ["c", "B", "a", ""]),
        // `web` is called "Chat web", and `sms` has no other name here.
        ("channel", Direction::Ascending, ["B", "a", "c", ""]),
        ("channel", Direction::Descending, ["c", "a", "B", ""]),
        ("listedUntil", Direction::Ascending, ["c", "B", "a", ""]),
        ("listedUntil", Direction::Descending, ["a", "", "B", "c"]),
        ("due", Direction::Ascending, ["a", "c", "B", ""]),
        ("due", Direction::Descending, ["B", "", "c", "a"]),
        ("parkedAt", Direction::Descending, ["B", "c", "a", ""]),
    ] {
        list.sort(column);
        let sort = list.view().sort;
        assert_eq!(sort.direction, direction, "{column}");
        assert_eq!(names(&mut list), expected, "{column} {direction:?}");
    }
    assert_eq!(list.view().sort.column, Column::ParkedAt);
}

fn unheard(number: usize, since: &Value) -> Value {
    let mut item = item(number, &number.to_string());
    item["data"]["unheardSince"] = since.clone();
    item
}

#[test]
fn unheard_rows_come_first_the_oldest_message_first() {
    let mut list = list();
    put(&mut list, &item(1, "1"));
    put(&mut list, &unheard(2, &json!(NOW - MINUTE)));
    put(&mut list, &unheard(3, &json!(NOW - HOUR)));
    put(&mut list, &item(4, "4"));
    for (column, expected) in [
        ("customer", ["3", "2", "1", "4"]),
        ("customer", ["3", "2", "4", "1"]),
        ("parkedAt", ["3", "2", "1", "4"]),
    ] {
        list.sort(column);
        assert_eq!(names(&mut list), expected, "{column}");
    }
    assert_eq!(list.view().unheard, 2);
    put(&mut list, &item(3, "3"));
    assert_eq!(names(&mut list).first().unwrap(), "2");
    assert_eq!(list.view().unheard, 1);
}

/// An item whose conversation comes back at `due`, and with a message since `since`. `kept`: the message does not change that.
fn appointment(number: usize, due: f64, kept: bool, since: &Value) -> Value {
    let mut item = unheard(number, since);
    item["data"]["dueAt"] = json!(due);
    if kept {
        item["data"]["keptUntil"] = json!(due);
    }
    item
}

#[test]
fn a_row_says_when_its_conversation_comes_back() {
    use StringKey as Key;
    let later = NOW + 3.0 * HOUR;
    let nothing = json!(null);
    let changed = |field: &str, value: Value| {
        let mut item = appointment(1, later, true, &nothing);
        item["data"][field] = value;
        item
    };
    for (item, condition, due_in) in [
        (item(1, "1"), Key::ParkInteractionListUntilMessage, None),
        (
            appointment(1, later, false, &nothing),
            Key::ParkInteractionListUntilEither,
            Some(3),
        ),
        (
            appointment(1, later, true, &nothing),
            Key::ParkInteractionListUntilTime,
            Some(3),
        ),
        (
            changed("keptUntil", json!(NOW - 1.0)),
            Key::ParkInteractionListUntilEither,
            Some(3),
        ),
        (
            changed("dueAt", json!("soon")),
            Key::ParkInteractionListUntilTime,
            Some(3),
        ),
        (
            appointment(1, NOW, false, &nothing),
            Key::ParkInteractionListDueSince,
            Some(0),
        ),
        (
            appointment(1, NOW - HOUR, true, &nothing),
            Key::ParkInteractionListDueSince,
            Some(0),
        ),
    ] {
        let mut list = list();
        put(&mut list, &item);
        let [row] = rows(&mut list).try_into().unwrap();
        assert_eq!(row.condition, condition, "{item}");
        assert_eq!(row.due_in.map(|due| due.value), due_in, "{item}");
        assert!(!row.held, "{item}");
    }
}

#[test]
fn the_time_left_follows_the_clock() {
    let mut list = list();
    put(&mut list, &appointment(1, NOW + HOUR, false, &json!(null)));
    for (now, condition, value) in [
        (NOW, StringKey::ParkInteractionListUntilEither, 1),
        (
            NOW + HOUR - 2.0 * MINUTE,
            StringKey::ParkInteractionListUntilEither,
            2,
        ),
        (NOW + HOUR, StringKey::ParkInteractionListDueSince, 0),
    ] {
        let row = list.rows(0, 1, now).pop().unwrap();
        assert_eq!(
            (row.condition, row.due_in.unwrap().value),
            (condition, value)
        );
    }
}

/// Returns the item with one field of its data changed.
fn with(mut item: Value, field: &str, value: Value) -> Value {
    item["data"][field] = value;
    item
}

/// Puts the item into an empty list. Returns its row, drawn at `now`.
fn row_at(item: &Value, now: f64) -> Row {
    let mut list = list();
    put(&mut list, item);
    list.rows(0, 1, now).pop().unwrap()
}

#[test]
fn the_end_of_the_longest_wait_is_told_in_its_last_day_or_tenth() {
    let expires = |hours: f64| with(item(1, "1"), "expiryAt", json!(NOW + hours * HOUR));
    let long = |hours: f64| with(expires(hours), "parkedAt", json!(NOW - 1_000.0 * HOUR));
    let no_park = |hours: f64| with(expires(hours), "parkedAt", json!(null));
    let due = with(expires(1.0), "dueAt", json!(NOW + 2.0 * HOUR));
    for (item, ends_soon, condition) in [
        (
            long(25.0),
            false,
            StringKey::ParkInteractionListUntilMessage,
        ),
        (long(24.0), true, StringKey::ParkInteractionListExpires),
        (long(0.0), false, StringKey::ParkInteractionListDueSince),
        (long(-5.0), false, StringKey::ParkInteractionListDueSince),
        (no_park(24.0), true, StringKey::ParkInteractionListExpires),
        // It was parked an hour ago.
        (
            expires(0.2),
            false,
            StringKey::ParkInteractionListUntilMessage,
        ),
        (expires(0.1), true, StringKey::ParkInteractionListExpires),
        (due, false, StringKey::ParkInteractionListUntilEither),
    ] {
        let row = row_at(&item, NOW);
        assert_eq!(
            (row.ends_soon, row.condition),
            (ends_soon, condition),
            "{item}"
        );
        let is_shown = condition != StringKey::ParkInteractionListUntilMessage;
        assert_eq!(row.returns_at.is_some(), is_shown, "{item}");
        assert_eq!(row.due_in.is_some(), is_shown, "{item}");
    }
    assert!(row_at(&long(25.0), NOW + HOUR).ends_soon, "it ticks");
}

#[test]
fn rows_that_expire_are_among_those_that_are_due() {
    let mut list = list();
    put(&mut list, &item(1, "never"));
    put(
        &mut list,
        &with(item(2, "last"), "expiryAt", json!(NOW + 90.0 * HOUR)),
    );
    put(
        &mut list,
        &with(item(3, "first"), "dueAt", json!(NOW + HOUR)),
    );
    list.sort("due");
    assert_eq!(names(&mut list), ["first", "last", "never"]);
}

#[test]
fn the_window_is_counted_from_the_customers_last_message() {
    let wrote = |channel: &str, hours: f64| {
        let item = with(item(1, "1"), "channelType", json!(channel));
        with(item, "customerWroteAt", json!(NOW - hours * HOUR))
    };
    let open = Some(StringKey::ParkInteractionListWindow);
    let closed = Some(StringKey::ParkInteractionListWindowClosed);
    for (item, window, left, ends_soon) in [
        (wrote("whatsapp", 21.0), open, Some(3), false),
        (wrote("messenger", 22.0), open, Some(2), false),
        (wrote("WhatsApp", 22.1), open, Some(2), true),
        (wrote("whatsapp", 24.0), closed, Some(0), true),
        (wrote("whatsapp", 90.0), closed, Some(0), true),
        (wrote("web", 21.0), None, None, false),
        (wrote("sms", 21.0), None, None, false),
        (item(1, "1"), None, None, false),
        // The message that waits opens it again.
        (
            with(wrote("whatsapp", 30.0), "unheardSince", json!(NOW - HOUR)),
            open,
            Some(23),
            false,
        ),
        (unheard(1, &json!(NOW - 30.0 * HOUR)), closed, Some(0), true),
    ] {
        let row = row_at(&item, NOW);
        assert_eq!(row.window, window, "{item}");
        assert_eq!(row.window_in.map(|left| left.value), left, "{item}");
        assert_eq!(row.window_ends_soon, ends_soon, "{item}");
    }
}

#[test]
fn the_last_message_is_shown_and_found() {
    let line = "Here is the number: 17";
    let said = with(item(1, "1"), "lastLine", json!(line));
    let said = with(said, "lastLineBy", json!("customer"));
    let own = with(said.clone(), "lastLineBy", json!("agent"));
    let media = with(own.clone(), "lastLine", json!(null));
    let by_ben = with(own.clone(), "workerSid", json!("WK2"));
    let nothing = with(media.clone(), "lastLineBy", json!(7));
    for (item, text, is_attachment, is_own) in [
        (&said, Some(line), false, false),
        (&own, Some(line), false, true),
        (&media, None, true, true),
        (&by_ben, Some(line), false, false),
        (&nothing, None, false, false),
    ] {
        let row = row_at(item, NOW);
        assert_eq!(row.data.last.line.as_deref(), text, "{item}");
        assert_eq!(
            (row.is_attachment, row.is_own_line),
            (is_attachment, is_own),
            "{item}"
        );
    }
    let forged = with(said.clone(), "lastLine", json!("y".repeat(400)));
    assert_eq!(row_at(&forged, NOW).data.last.line, Some("y".repeat(120)));

    let mut list = list();
    put(&mut list, &said);
    put(&mut list, &item(2, "2"));
    list.search("NUMBER".into(), NOW);
    assert_eq!(names(&mut list), ["1"]);
}

/// A change of the row's times, such as a later end of the longest wait, comes without the line.
#[test]
fn the_last_message_stays_while_the_conversation_is_parked() {
    let said = with(item(1, "1"), "lastLine", json!("Which one?"));
    let said = with(said, "lastLineBy", json!("agent"));
    let bare = with(item(1, "1"), "expiryAt", json!(NOW + HOUR));
    let parked_again = with(bare.clone(), "parkedAt", json!(NOW));
    let unheard = with(bare.clone(), "unheardSince", json!(NOW));
    for (change, stays) in [(bare, true), (parked_again, false), (unheard, false)] {
        let mut list = list();
        put(&mut list, &said);
        put(&mut list, &change);
        let row = list.rows(0, 1, NOW).pop().unwrap();
        assert_eq!(row.data.last.line.is_some(), stays, "{change}");
        assert_eq!(row.is_own_line, stays);
        list.search("which".into(), NOW);
        assert_eq!(list.view().matching == 1, stays);
    }
    let mut list = list();
    put(&mut list, &said);
    put(&mut list, &with(item(1, "1"), "note", json!("Asked again")));
    for text in ["which", "again"] {
        list.search(text.into(), NOW);
        assert_eq!(list.view().matching, 1, "{text}");
    }
}

#[test]
fn a_customer_without_a_name_is_last_in_both_directions() {
    let mut list = list();
    put(&mut list, &item(1, "Zoe"));
    put(
        &mut list,
        &with(item(2, ""), "customerAddress", json!("+1555")),
    );
    put(&mut list, &item(3, "Ada"));
    list.sort("customer");
    assert_eq!(names(&mut list), ["Ada", "Zoe", ""]);
    list.sort("customer");
    assert_eq!(names(&mut list), ["Zoe", "Ada", ""]);
}

#[test]
fn search_filter_and_order_outlive_a_reload() {
    let mut before = list();
    before.search("WAN".into(), NOW);
    before.filter(Some("whatsapp".into()), NOW);
    before.sort("customer");
    before.sort("customer");
    let view = serde_json::to_value(before.view()).unwrap();
    let again = |saved: &Value| {
        let setup = json!({ "workerSid": ME, "saved": saved });
        let mut list = List::new(Setup::read(&Json::from(&setup)).unwrap(), NATIVE, NOW);
        for (number, name) in [(1, "Wanda"), (2, "Wanja"), (3, "Ada")] {
            put(&mut list, &item(number, name));
        }
        list
    };
    let mut after = again(&view);
    assert_eq!(names(&mut after), ["Wanja", "Wanda"]);
    let shown = after.view();
    assert_eq!(
        (shown.search.as_str(), shown.filter.as_deref(), shown.sort),
        ("WAN", Some("whatsapp"), before.view().sort)
    );
    for damaged in [
        json!(null),
        json!("x"),
        json!({ "search": 7, "filter": [], "sort": "customer" }),
        json!({ "sort": { "column": 1, "direction": "up" } }),
    ] {
        let list = again(&damaged);
        assert_eq!(list.view().matching, 3, "{damaged}");
        assert_eq!(list.view().sort, super::order::NEWEST_FIRST, "{damaged}");
    }
}

#[test]
fn a_message_that_waits_for_a_kept_time_is_not_unheard() {
    let mut list = list();
    let since = json!(NOW - MINUTE);
    put(&mut list, &appointment(1, NOW + HOUR, true, &since));
    put(&mut list, &appointment(2, NOW + HOUR, false, &since));
    let held: Vec<_> = rows(&mut list)
        .into_iter()
        .map(|row| {
            (
                row.conversation_sid,
                row.data.unheard_since.is_some(),
                row.held,
            )
        })
        .collect();
    assert_eq!(held, [(sid(2), true, false), (sid(1), true, true)]);
    assert_eq!(list.view().unheard, 1);
}

#[test]
fn held_messages_come_after_unheard_ones_and_before_the_rest() {
    let mut list = list();
    put(&mut list, &item(1, "1"));
    put(
        &mut list,
        &appointment(2, NOW + HOUR, true, &json!(NOW - HOUR)),
    );
    put(&mut list, &unheard(3, &json!(NOW - MINUTE)));
    put(
        &mut list,
        &appointment(4, NOW + MINUTE, true, &json!(NOW - MINUTE)),
    );
    put(&mut list, &appointment(5, NOW + MINUTE, true, &json!(null)));
    for (column, expected) in [
        ("customer", ["3", "2", "4", "1", "5"]),
        ("due", ["3", "2", "4", "5", "1"]),
        ("due", ["3", "2", "4", "1", "5"]),
    ] {
        list.sort(column);
        assert_eq!(names(&mut list), expected, "{column}");
    }
}

#[test]
fn a_held_message_becomes_unheard_at_the_kept_time() {
    let mut list = list();
    put(&mut list, &unheard(1, &json!(NOW - MINUTE)));
    put(
        &mut list,
        &appointment(2, NOW + HOUR, true, &json!(NOW - HOUR)),
    );
    put(&mut list, &appointment(3, NOW + HOUR, true, &json!(null)));
    pass(&mut list, NOW + HOUR - 1.0);
    assert_eq!(
        (names(&mut list)[0].as_str(), list.view().unheard),
        ("1", 1)
    );

    assert_eq!(list.next_tick(), Some(NOW + REFRESH_MS));
    list.tick(NOW + REFRESH_MS);
    assert_eq!(
        list.next_tick(),
        Some(NOW + HOUR),
        "also if no row is shown"
    );
    list.tick(NOW + HOUR);
    assert_eq!(
        (names(&mut list)[0].as_str(), list.view().unheard),
        ("2", 2)
    );
    assert!(list.rows(0, 3, NOW + HOUR).iter().all(|row| !row.held));
    assert_eq!(list.index_of(&sid(2)), Some(0));
    pass(&mut list, NOW + HOUR + MINUTE);
    let said = list.view().announcement.unwrap();
    assert_eq!(
        (said.key, said.values.count),
        (StringKey::ParkInteractionListUnheard, 2)
    );
}

#[test]
fn reason_and_note_are_found() {
    let mut list = list();
    let mut noted = item(1, "Wanda");
    noted["data"]["reason"] = json!("Waiting for a colleague");
    noted["data"]["note"] = json!("Order 47-11,\nsends a photo");
    noted["data"]["agentName"] = json!("Ada");
    put(&mut list, &noted);
    put(&mut list, &item(2, "Sam"));
    for (text, found) in [
        ("colleague", 1),
        ("PHOTO order", 1),
        ("4711", 0),
        ("wanda photo", 1),
        ("sam photo", 0),
        ("ada", 0),
    ] {
        list.search(text.into(), NOW);
        assert_eq!(list.view().matching, found, "`{text}`");
    }
}

#[test]
fn a_wrong_or_future_time_is_no_unheard_message() {
    for since in [
        json!(null),
        json!(0),
        json!(-1),
        json!(1e300),
        json!("1799999999999"),
        json!([NOW]),
        json!({}),
        json!(true),
        json!(NOW + 1.0),
    ] {
        let mut list = list();
        put(&mut list, &unheard(1, &since));
        assert_eq!(rows(&mut list)[0].data.unheard_since, None, "{since}");
        assert_eq!(list.view().unheard, 0, "{since}");
    }
}

#[test]
fn a_slow_clock_hides_no_unheard_message() {
    let mut list = list();
    let mut item = unheard(1, &json!(NOW + 1.0));
    item["dateUpdated"] = json!(NOW + MINUTE);
    put(&mut list, &item);
    assert_eq!(rows(&mut list)[0].data.unheard_since, Some(NOW + 1.0));
}

#[test]
fn an_unheard_row_does_not_leave() {
    let mut list = list();
    let mut item = unheard(1, &json!(NOW - HOUR));
    item["data"]["expiresAt"] = json!(NOW - 1.0);
    item["dateExpires"] = json!(NOW - 1.0);
    put(&mut list, &item);
    pass(&mut list, NOW + HOUR);
    assert_eq!(rows(&mut list)[0].data.park.expires_at, None);
}

#[test]
fn only_the_rows_that_are_asked_for_are_given() {
    let mut list = list();
    for number in 0..10 {
        let mut item = item(number, &number.to_string());
        item["data"]["parkedAt"] = json!(NOW - f64::from(u32::try_from(number).unwrap()));
        put(&mut list, &item);
    }
    let shown = list.rows(3, 5, NOW);
    let keys: Vec<_> = shown.into_iter().map(|row| row.conversation_sid).collect();
    assert_eq!(keys, [sid(3), sid(4)]);
    assert_eq!(list.index_of(&sid(4)), Some(4));
    assert_eq!(list.index_of(&sid(10)), None);
    assert_eq!(list.rows(9, 30, NOW).len(), 1);
    assert!(list.rows(10, 20, NOW).is_empty());
    assert!(list.rows(5, 3, NOW).is_empty());
}

#[test]
fn the_first_page_is_shown_while_the_others_are_read() {
    let mut list = list_with(true);
    assert_eq!(list.view().status, Status::Loading);
    connect(&mut list);
    let number = list.begin(NOW);
    assert!(!page(&mut list, number, &json!([item(1, "a")]), false).is_empty());
    let view = list.view();
    assert_eq!(
        (view.status, view.reading, view.total),
        (Status::Ready, true, 1)
    );
    assert!(page(&mut list, number, &json!([item(2, "b")]), true).is_empty());
    let view = list.view();
    assert_eq!(
        (view.status, view.reading, view.total),
        (Status::Ready, false, 2)
    );
}

#[test]
fn another_read_takes_out_rows_that_went_meanwhile() {
    let mut list = list();
    for number in 1..=3 {
        put(&mut list, &item(number, "old"));
    }
    let number = list.begin(NOW);
    assert!(!page(&mut list, number, &json!([item(1, "new")]), false).is_empty());
    put(&mut list, &item(4, "parked just now"));
    list.take(&sid(1), NOW);
    assert!(page(&mut list, number, &json!([item(3, "new"), null]), true).is_empty());
    let mut kept: Vec<_> = rows(&mut list)
        .into_iter()
        .map(|row| row.conversation_sid)
        .collect();
    kept.sort();
    assert_eq!(kept, [sid(3), sid(4)]);
}

#[test]
fn an_earlier_read_no_longer_counts() {
    let mut list = list();
    let earlier = list.begin(NOW);
    let number = list.begin(NOW);
    assert!(page(&mut list, earlier, &json!([item(1, "a")]), false).is_empty());
    list.fail((earlier, FIRST), Some(500));
    assert_eq!((list.view().total, list.view().status), (0, Status::Ready));
    assert!(page(&mut list, number, &json!([]), true).is_empty());
    list.fail((number, FIRST), Some(500));
    assert_eq!(list.view().status, Status::Ready, "it had ended");
}

#[test]
fn a_lost_connection_is_announced_and_its_return_reads_again() {
    let mut list = list();
    put(&mut list, &item(1, "a"));
    assert!(!list.connection(true, "connected"), "nothing has changed");
    for (online, state) in [
        (true, "disconnected"),
        (true, "connecting"),
        (false, "connected"),
    ] {
        assert!(!list.connection(online, state));
        assert_eq!(list.view().status, Status::Offline);
        assert_eq!(list.view().total, 1, "what was known is still shown");
    }
    assert!(list.connection(true, "connected"));
    assert_eq!(list.view().status, Status::Ready);
}

#[test]
fn a_read_that_fails_says_why_and_can_be_tried_again() {
    for (status, failure) in [
        (Some(403), StringKey::ParkInteractionListForbidden),
        (Some(401), StringKey::ParkInteractionListForbidden),
        (Some(503), StringKey::ParkInteractionListUnavailable),
        (None, StringKey::ParkInteractionListUnavailable),
    ] {
        let mut list = list_with(true);
        connect(&mut list);
        let number = list.begin(NOW);
        list.fail((number, FIRST), status);
        assert_eq!(
            (list.view().status, list.view().failure),
            (Status::Failed, Some(failure))
        );
        list.begin(NOW);
        assert_eq!(
            (list.view().status, list.view().failure),
            (Status::Loading, None)
        );
    }
}

#[test]
fn a_token_that_is_not_taken_fails_until_a_new_one_is() {
    let mut list = list();
    assert!(!list.connection(true, "denied"));
    assert_eq!(
        list.view().failure,
        Some(StringKey::ParkInteractionListForbidden)
    );
    assert!(list.connection(true, "connected"));
    assert_eq!(list.view().status, Status::Ready);
}

#[test]
fn a_late_first_page_is_a_failure_until_it_comes() {
    let mut list = list_with(true);
    connect(&mut list);
    let number = list.begin(NOW);
    pass(&mut list, NOW + MINUTE);
    assert_eq!(list.view().status, Status::Failed);
    assert!(page(&mut list, number, &json!([item(1, "late")]), true).is_empty());
    assert_eq!(list.view().status, Status::Ready);
}

#[test]
fn a_row_leaves_when_its_time_is_over() {
    let mut list = list();
    put(&mut list, &item(1, "a"));
    pass(&mut list, NOW + HOUR - 1.0);
    assert_eq!(list.view().total, 1);
    pass(&mut list, NOW + HOUR);
    assert_eq!(list.view().total, 0);
    let late = NOW + HOUR;
    list.put(&Json::from(&item(1, "a")), late);
    assert_eq!(list.view().total, 0, "Sync still has it");
}

#[test]
fn times_are_refreshed_as_long_as_rows_are_shown() {
    let mut list = list();
    put(&mut list, &item(1, "a"));
    pass(&mut list, NOW + MINUTE);
    assert!(
        list.next_tick().unwrap() > NOW + 2.0 * MINUTE,
        "nobody looks at them"
    );
    list.rows(0, 10, NOW);
    let due = list.next_tick().unwrap();
    assert!(due <= NOW + MINUTE);
    list.tick(due);
    assert!(
        list.next_tick().unwrap() > due + MINUTE,
        "until they are asked for again"
    );
}

#[test]
fn an_empty_list_waits_for_nothing() {
    let mut list = list();
    pass(&mut list, NOW + MINUTE);
    assert_eq!(list.next_tick(), None);
}

fn said(list: &List) -> (StringKey, usize, usize) {
    let said = list.view().announcement.unwrap();
    (said.key, said.values.count, said.values.total)
}

#[test]
fn what_a_moment_brings_is_said_once() {
    let mut list = list_with(true);
    connect(&mut list);
    read(&mut list, &json!([item(1, "a"), item(2, "b")]));
    assert_eq!(list.view().announcement, None);
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListLoaded, 2, 2));

    for number in 3..6 {
        put(&mut list, &item(number, "c"));
    }
    put(&mut list, &item(1, "changed, not new"));
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListCame, 3, 5));

    list.take(&sid(3), NOW);
    list.take(&sid(3), NOW);
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListWent, 1, 4));

    list.search("b".into(), NOW);
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListMatching, 1, 4));
    assert_eq!(list.view().announcement.unwrap().id, 4);
}

#[test]
fn an_unheard_message_is_announced_first() {
    let mut list = list_with(true);
    connect(&mut list);
    read(
        &mut list,
        &json!([item(1, "a"), unheard(2, &json!(NOW - HOUR))]),
    );
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListUnheard, 1, 2));

    // The same message again is no news.
    put(&mut list, &unheard(2, &json!(NOW - HOUR)));
    put(&mut list, &item(3, "c"));
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListCame, 1, 3));

    put(&mut list, &unheard(1, &json!(NOW)));
    put(&mut list, &unheard(4, &json!(NOW)));
    list.search("nobody".into(), NOW);
    let due = list.next_tick().unwrap();
    list.tick(due);
    assert_eq!(said(&list), (StringKey::ParkInteractionListUnheard, 3, 4));
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListMatching, 0, 4));

    put(&mut list, &unheard(5, &json!(NOW)));
    for number in [1, 2, 4, 5] {
        list.take(&sid(number), NOW);
    }
    pass(&mut list, NOW + MINUTE);
    assert_eq!(said(&list), (StringKey::ParkInteractionListWent, 4, 1));
}

#[test]
fn while_somebody_types_nothing_is_said() {
    let mut list = list();
    pass(&mut list, NOW + MINUTE);
    let before = list.view().announcement;
    for step in 0..10 {
        let now = NOW + 500.0 * f64::from(step);
        list.search(format!("{step}"), now);
        list.tick(now);
    }
    assert_eq!(list.view().announcement, before);
}

fn asked() -> List {
    let mut list = list();
    put(&mut list, &item(1, "a"));
    put(&mut list, &item(2, "b"));
    ask(&mut list, 1);
    list
}

fn failed_with(id: NotificationId) -> Answer {
    Answer::Failed(FailureNotice { id, field: None })
}

/// Returns a row's `resuming` and `failed`.
fn state(list: &mut List, number: usize) -> Option<(bool, Option<NotificationId>)> {
    let rows = rows(list);
    let row = rows
        .iter()
        .find(|row| row.conversation_sid == sid(number))?;
    Some((row.resuming, row.failed))
}

#[test]
fn a_row_is_marked_from_the_click_until_it_goes() {
    let mut list = asked();
    assert_eq!(state(&mut list, 1), Some((true, None)));
    assert_eq!(state(&mut list, 2), Some((false, None)));
    list.answer(&sid(1), Answer::Coming, NOW);
    assert!(list.offer(&sid(1), NOW));
    assert_eq!(state(&mut list, 1), Some((true, None)));
    list.take(&sid(1), NOW);
    assert_eq!(state(&mut list, 1), None);
    put(&mut list, &item(1, "parked again"));
    assert_eq!(state(&mut list, 1), Some((false, None)));
}

#[test]
fn a_conversation_that_opens_by_itself_needs_no_notification() {
    for (auto_accept, answer, opens) in [
        (true, Answer::Coming, true),
        (false, Answer::Coming, false),
        (true, Answer::TakenCareOf, false),
        (true, Answer::Gone, false),
    ] {
        let mut list = list_with(auto_accept);
        put(&mut list, &item(1, "a"));
        ask(&mut list, 1);
        assert_eq!(
            list.answer(&sid(1), answer.clone(), NOW),
            opens,
            "{auto_accept} {answer:?}"
        );
    }
}

#[test]
fn what_the_agent_has_asked_for_is_accepted_once() {
    for answer_first in [true, false] {
        let mut list = asked();
        if answer_first {
            list.answer(&sid(1), Answer::Coming, NOW);
        }
        assert!(!list.offer(&sid(2), NOW), "nobody has asked for it");
        assert!(list.offer(&sid(1), NOW));
        list.answer(&sid(1), Answer::Coming, NOW);
        assert!(!list.offer(&sid(1), NOW), "once");
        assert_eq!(state(&mut list, 1), Some((true, None)));
    }
}

#[test]
fn an_offer_that_was_open_before_the_click_is_accepted() {
    let mut list = asked();
    list.answer(&sid(1), Answer::TakenCareOf, NOW);
    assert_eq!(state(&mut list, 1), Some((false, None)));
    assert!(list.offer(&sid(1), NOW));
}

#[test]
fn a_late_or_unasked_offer_is_not_accepted() {
    let mut late = asked();
    late.answer(&sid(1), Answer::Coming, NOW);
    assert!(!late.offer(&sid(1), NOW + 61_000.0));
    let mut failed = asked();
    failed.answer(
        &sid(1),
        failed_with(NotificationId::ParkInteractionBusy),
        NOW,
    );
    assert!(!failed.offer(&sid(1), NOW));
    let mut off = list_with(false);
    ask(&mut off, 1);
    assert!(!off.offer(&sid(1), NOW));
    assert!(!list().offer(&sid(1), NOW));
}

#[test]
fn a_failure_is_shown_until_the_next_click() {
    let mut list = asked();
    list.answer(
        &sid(1),
        failed_with(NotificationId::ParkInteractionUnreachable),
        NOW,
    );
    let told = Some(NotificationId::ParkInteractionUnreachable);
    assert_eq!(state(&mut list, 1), Some((false, told)));
    ask(&mut list, 1);
    assert_eq!(state(&mut list, 1), Some((true, None)));
}

#[test]
fn what_cannot_come_back_leaves_the_list() {
    let mut list = asked();
    list.answer(&sid(1), Answer::Gone, NOW);
    assert_eq!(state(&mut list, 1), None);
    assert_eq!(state(&mut list, 2), Some((false, None)));
}

#[test]
fn a_declined_offer_brings_the_row_back() {
    let mut list = asked();
    list.answer(&sid(1), Answer::Coming, NOW);
    list.offer(&sid(1), NOW);
    list.end(&sid(1));
    let failed = Some(NotificationId::ParkInteractionNotTaken);
    assert_eq!(state(&mut list, 1), Some((false, failed)));
    list.end(&sid(2));
    assert_eq!(
        state(&mut list, 2),
        Some((false, None)),
        "nobody has asked for it"
    );
}

#[test]
fn without_any_sign_the_row_comes_back() {
    for offered in [false, true] {
        let mut list = asked();
        list.answer(&sid(1), Answer::Coming, NOW);
        if offered {
            list.offer(&sid(1), NOW);
        }
        pass(&mut list, NOW + 2.0 * MINUTE);

        assert_eq!(state(&mut list, 1), Some((false, None)));
    }
}

#[test]
fn a_refusal_for_want_of_room_shows_at_once() {
    for (refusal, told) in [
        (Refusal::Full, NotificationId::ParkInteractionCapacityFull),
        (Refusal::Away, NotificationId::ParkInteractionAway),
    ] {
        let mut list = asked();
        let answer = Answer::from_call(&Err(CallFailure::Refused(refusal)));
        assert!(!list.answer(&sid(1), answer, NOW));
        assert_eq!(state(&mut list, 1), Some((false, Some(told))));
        assert!(!list.offer(&sid(1), NOW), "it is not on its way");
        ask(&mut list, 1);
        assert_eq!(state(&mut list, 1), Some((true, None)));
    }
}

#[test]
fn a_row_names_twilios_error() {
    let mut list = asked();
    let refusal = Refusal::TwilioRefused { code: 45_376 };
    let answer = Answer::from_call(&Err(CallFailure::Refused(refusal)));
    list.answer(&sid(1), answer, NOW);
    let row = rows(&mut list).into_iter().find(|row| row.failed.is_some());
    assert_eq!(row.unwrap().failed_field.as_deref(), Some("45376"));
}

#[test]
fn of_each_answer_the_row_keeps_what_matters_to_it() {
    use NotificationId as Id;
    for (called, answer) in [
        (Ok(Reply::Routed), Answer::Coming),
        (Ok(Reply::AlreadyRouted), Answer::TakenCareOf),
        (Ok(Reply::Settled), Answer::TakenCareOf),
        (
            Ok(Reply::Ignored),
            failed_with(Id::ParkInteractionUnexpected),
        ),
        (
            Err(CallFailure::Refused(Refusal::ConversationClosed)),
            Answer::Gone,
        ),
        (Err(CallFailure::Refused(Refusal::NotParked)), Answer::Gone),
        (
            Err(CallFailure::Refused(Refusal::Busy)),
            failed_with(Id::ParkInteractionBusy),
        ),
        (
            Err(CallFailure::Unreachable),
            failed_with(Id::ParkInteractionUnreachable),
        ),
        (Err(CallFailure::Cancelled), Answer::Cancelled),
    ] {
        assert_eq!(Answer::from_call(&called), answer, "{called:?}");
    }
}

#[test]
fn the_pages_of_the_first_read_are_no_news() {
    let mut list = list_with(true);
    connect(&mut list);
    let number = list.begin(NOW);
    page(&mut list, number, &json!([item(1, "a")]), false);
    pass(&mut list, NOW + MINUTE);
    assert_eq!(list.view().announcement, None);
}

#[test]
fn an_offer_may_overtake_the_answer() {
    for answer in [Answer::Coming, Answer::TakenCareOf] {
        let mut list = asked();
        assert!(list.offer(&sid(1), NOW));
        list.answer(&sid(1), answer.clone(), NOW);
        assert_eq!(state(&mut list, 1), Some((true, None)), "{answer:?}");
    }
}

/// Before the map has been read, no row is missing.
#[test]
fn a_wait_is_given_up_only_by_a_list_that_has_been_read() {
    const FULL: Room = Room {
        is_available: true,
        assigned: 5,
        capacity: 5,
    };
    let mut list = list_with(true);
    connect(&mut list);
    assert_eq!(list.wait(sid(1), FULL, &|_| false, NOW), None);
    read(&mut list, &json!([item(1, "a")]));
    assert_eq!(list.wait(sid(1), FULL, &|_| false, NOW), None);
    list.take(&sid(1), NOW);
    assert_eq!(
        list.wait(sid(1), FULL, &|key| key == sid(1), NOW),
        None,
        "it stands in the list of another agent"
    );
    assert_eq!(
        list.wait(sid(1), FULL, &|_| false, NOW),
        Some(WaitStep::Drop(0))
    );
}
