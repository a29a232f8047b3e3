//! What is parked, as the owner's command shows it.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::attributes::Attributes;
use crate::protocol::call::Target;
use crate::record::ParkedRecord;
use crate::reply::Reply;
use crate::sid::{ConversationSid, FlowSid, WorkerSid};

use super::answer;
use super::incoming::wake_url;

const HEAD: [&str; 7] = [
    "conversation",
    "parked by",
    "since",
    "queue",
    "channel",
    "webhook",
    "row",
];

/// A parked conversation, as it was read from the account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    conversation_sid: ConversationSid,
    attributes: String,
    /// As Twilio answers them.
    webhooks: Vec<Value>,
    /// Whether the row is there that the record names.
    #[serde(default)]
    row: bool,
    #[serde(default)]
    worker_name: Option<String>,
}

/// A parked conversation, as it is told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    conversation_sid: ConversationSid,
    /// Who parked it.
    worker_sid: Option<WorkerSid>,
    /// Absent where the worker is there no more.
    worker_name: Option<String>,
    /// In milliseconds since 1970. Absent where the template's feature parked it.
    parked_at: Option<u64>,
    queue_name: Option<String>,
    channel: Option<String>,
    webhook: Guardian,
    row: Row,
    /// What is wrong with the record, if anything is.
    damage: Option<String>,
}

/// Whom the webhook tells that the record names, or any other one of ours.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(tag = "tells", rename_all = "camelCase")]
enum Guardian {
    /// Our function.
    Function,
    /// A Studio flow.
    #[serde(rename_all = "camelCase")]
    Flow { flow_sid: FlowSid },
    /// Another address: the template's functions, or ours at a former domain.
    Elsewhere { url: String },
    /// Nobody: there is none.
    Nobody,
}

#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Row {
    There,
    /// Its time has run out, or it was lost.
    Missing,
    /// It was parked without the list.
    None,
}

/// Where to look for what belongs to a parked conversation, a JSON text: `workerSid`, and `row` with its `map` and `key`. Either
/// is missing where the record does not say.
#[wasm_bindgen(js_name = placesOf)]
#[must_use]
pub fn places_of(conversation: &str, attributes: &str) -> String {
    let record = record(attributes).ok();
    let row = record
        .as_ref()
        .zip(ConversationSid::parse(conversation).ok())
        .and_then(|(record, conversation)| record.row(&conversation))
        .map(|(map, key)| json!({ "map": map, "key": key }));
    json!({ "workerSid": record.map(|record| record.worker_sid), "row": row }).to_string()
}

/// What is parked, the longest first, of what was found: a JSON text with a list of `conversationSid`, `attributes`, `webhooks`,
/// `row` and `workerName`. Answers a JSON text: `parked`, and the same as a table, `text`. `domain` is that of the Functions,
/// `now` in milliseconds since 1970.
#[wasm_bindgen(js_name = describeParked)]
#[must_use]
pub fn describe_parked(found: &str, domain: &str, now: f64) -> String {
    let wake_url = wake_url(domain);
    let Ok(found) = serde_json::from_str::<Vec<Found>>(found) else {
        return json!({ "parked": [], "text": "" }).to_string();
    };
    let mut parked: Vec<Listed> = found
        .into_iter()
        .map(|found| found.describe(&wake_url))
        .collect();
    parked.sort_by_key(|one| (one.parked_at, one.conversation_sid.clone()));
    let text = table(&parked, now);
    json!({ "parked": parked, "text": text }).to_string()
}

/// Whether this outcome of one conversation, as reconciling names it, means that it was not dealt with.
#[wasm_bindgen(js_name = isRefusal)]
#[must_use]
pub fn is_refusal(outcome: &str) -> bool {
    serde_json::from_value::<Reply>(json!({ "outcome": outcome })).is_err()
}

fn record(attributes: &str) -> Result<ParkedRecord, String> {
    Attributes::parse(attributes)
        .and_then(|attributes| ParkedRecord::find(&attributes))
        .map_err(|error| error.to_string())?
        .ok_or_else(|| "there is none".to_owned())
}

impl Found {
    fn describe(self, wake_url: &str) -> Listed {
        let record = record(&self.attributes);
        let damage = record.as_ref().err().cloned();
        let record = record.ok();
        let row = record
            .as_ref()
            .and_then(|record| record.row(&self.conversation_sid));
        Listed {
            row: match (row, self.row) {
                (None, _) => Row::None,
                (Some(_), true) => Row::There,
                (Some(_), false) => Row::Missing,
            },
            webhook: guardian(&self.webhooks, record.as_ref(), wake_url),
            conversation_sid: self.conversation_sid,
            worker_name: self.worker_name,
            damage,
            worker_sid: record.as_ref().map(|record| record.worker_sid.clone()),
            parked_at: record.as_ref().and_then(|record| record.parked_at),
            queue_name: record.as_ref().map(|record| record.queue_name.clone()),
            channel: record.as_ref().map(channel),
        }
    }
}

fn channel(record: &ParkedRecord) -> String {
    Attributes::parse(&record.task_attributes)
        .and_then(|attributes| attributes.required("channelType", "a string"))
        .unwrap_or_else(|_| record.task_channel_unique_name.clone())
}

fn guardian(webhooks: &[Value], record: Option<&ParkedRecord>, wake_url: &str) -> Guardian {
    let named = record.and_then(|record| record.webhook_sid.as_ref());
    let armed = || {
        webhooks
            .iter()
            .filter_map(|value| answer::webhook(value).ok())
    };
    let ours = |target: &Target| target.is_at(wake_url);
    let told = armed()
        .filter(|webhook| Some(&webhook.sid) == named)
        .chain(armed())
        .find(|webhook| Some(&webhook.sid) == named || webhook.target.as_ref().is_some_and(ours))
        .and_then(|webhook| webhook.target);
    match told {
        None => Guardian::Nobody,
        Some(target) if ours(&target) => Guardian::Function,
        Some(Target::Flow(flow_sid)) => Guardian::Flow { flow_sid },
        Some(Target::Url(url)) => Guardian::Elsewhere { url },
    }
}

fn table(parked: &[Listed], now: f64) -> String {
    let rows: Vec<[String; 7]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(parked.iter().map(|one| one.cells(now)))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let line = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Listed {
    fn cells(&self, now: f64) -> [String; 7] {
        let unknown = || "?".to_owned();
        let worker = self.worker_sid.as_ref().map(ToString::to_string);
        [
            self.conversation_sid.to_string(),
            self.worker_name.clone().or(worker).unwrap_or_else(unknown),
            self.parked_at.map_or_else(unknown, |at| age(at, now)),
            self.queue_name.clone().unwrap_or_else(unknown),
            self.channel.clone().unwrap_or_else(unknown),
            match &self.webhook {
                Guardian::Function => "armed".to_owned(),
                Guardian::Flow { flow_sid } => format!("flow {flow_sid}"),
                Guardian::Elsewhere { url } => host(url).to_owned(),
                Guardian::Nobody => "MISSING".to_owned(),
            },
            match (&self.damage, self.row) {
                (Some(damage), _) => format!("damaged record: {damage}"),
                (None, Row::There) => "there".to_owned(),
                (None, Row::Missing) => "gone".to_owned(),
                (None, Row::None) => "none".to_owned(),
            },
        ]
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or(rest)
}

/// How long ago, in the two units that matter.
fn age(at: u64, now: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time in milliseconds is positive and far below 2^53"
    )]
    let minutes = (now as u64).saturating_sub(at) / 60_000;
    let (days, hours) = (minutes / 1_440, minutes / 60 % 24);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]
    #![allow(
        clippy::needless_pass_by_value,
        reason = "what `json!` makes is handed on as it is"
    )]
    use super::*;

    const WAKE: &str = "https://park.twil.io/features/park-interaction/common/unpark-interaction";
    const NOW: f64 = 1_790_000_000_000.0;

    fn sid(prefix: &str, number: u32) -> String {
        format!("{prefix}{number:032}")
    }

    fn attributes(parked_at: Option<u64>) -> Value {
        let mut attributes = json!({
            "interactionSid": sid("KD", 1), "channelSid": sid("UO", 1), "participantSid": sid("UT", 1),
            "taskSid": sid("WT", 1), "workflowSid": sid("WW", 1), "taskChannelUniqueName": "chat",
            "queueName": "Everyone", "queueSid": sid("WQ", 1), "workerSid": sid("WK", 1),
            "taskAttributes": "{\"channelType\":\"whatsapp\",\"from\":\"+15550001111\"}",
            "webhookSid": sid("WH", 1), "mapSid": sid("MP", 1), "mapItemKey": sid("CH", 1),
        });
        if let Some(parked_at) = parked_at {
            attributes["parkInteraction"] = json!({ "parkedAt": parked_at });
        }
        attributes
    }

    fn found(number: u32, attributes: &Value, webhooks: Value) -> Value {
        json!({
            "conversationSid": sid("CH", number), "attributes": attributes.to_string(),
            "webhooks": webhooks, "row": true, "workerName": "Ada Agent",
        })
    }

    fn armed(number: u32, configuration: Value) -> Value {
        json!([{ "sid": sid("WH", number), "configuration": configuration }])
    }

    fn described(found: Vec<Value>) -> Value {
        let text = describe_parked(&Value::from(found).to_string(), "park.twil.io", NOW);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_longest_parked_comes_first_and_no_customer_is_named() {
        let function = armed(1, json!({ "url": format!("{WAKE}?interactionSid=x") }));
        let hours = |hours: u64| Some(1_790_000_000_000 - hours * 3_600_000);
        let told = described(vec![
            found(1, &attributes(hours(2)), function.clone()),
            found(2, &attributes(hours(50)), function.clone()),
            found(3, &attributes(None), function),
        ]);
        let order: Vec<_> = (0..3)
            .map(|n| &told["parked"][n]["conversationSid"])
            .collect();
        assert_eq!(order, [&sid("CH", 3), &sid("CH", 2), &sid("CH", 1)]);
        let text = told["text"].as_str().unwrap();
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| {
                line.split("  ")
                    .map(str::trim)
                    .filter(|cell| !cell.is_empty())
                    .collect()
            })
            .collect();
        assert_eq!(lines[0], HEAD);
        let second = sid("CH", 2);
        assert_eq!(
            lines[2],
            [
                second.as_str(),
                "Ada Agent",
                "2 d 2 h",
                "Everyone",
                "whatsapp",
                "armed",
                "there"
            ]
        );
        assert_eq!(lines[1][2], "?");
        assert_eq!(lines[3][2], "2 h 0 min");
        assert!(!told.to_string().contains("+1555"), "{told}");
    }

    #[test]
    fn the_webhook_is_told_by_whom_it_tells() {
        let theirs = "https://template.twil.io/features/park-interaction/common/unpark-interaction";
        let flow = sid("FW", 1);
        for (webhooks, expected, cell) in [
            (
                armed(1, json!({ "url": WAKE })),
                json!({ "tells": "function" }),
                "armed",
            ),
            (
                armed(9, json!({ "url": WAKE })),
                json!({ "tells": "function" }),
                "armed",
            ),
            (
                armed(1, json!({ "flow_sid": flow })),
                json!({ "tells": "flow", "flowSid": flow }),
                &*format!("flow {flow}"),
            ),
            (
                armed(1, json!({ "url": theirs })),
                json!({ "tells": "elsewhere", "url": theirs }),
                "template.twil.io",
            ),
            (
                armed(9, json!({ "url": theirs })),
                json!({ "tells": "nobody" }),
                "MISSING",
            ),
            (json!([]), json!({ "tells": "nobody" }), "MISSING"),
        ] {
            let told = described(vec![found(1, &attributes(Some(1)), webhooks)]);
            assert_eq!(told["parked"][0]["webhook"], expected);
            assert!(told["text"].as_str().unwrap().contains(cell), "{told}");
        }
    }

    #[test]
    fn a_damaged_record_is_listed_with_what_is_wrong() {
        let mut damaged = attributes(Some(1));
        damaged["workflowSid"] = json!("WW1");
        let told = described(vec![found(1, &damaged, json!([]))]);
        let damage = told["parked"][0]["damage"].as_str().unwrap();
        assert!(damage.contains("workflowSid"), "{damage}");
        let places = places_of(&sid("CH", 1), &damaged.to_string());
        assert_eq!(
            serde_json::from_str::<Value>(&places).unwrap(),
            json!({ "row": null, "workerSid": null })
        );
    }

    #[test]
    fn places_are_those_that_the_record_names() {
        let text = places_of(&sid("CH", 1), &attributes(Some(1)).to_string());
        let places: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            places,
            json!({ "workerSid": sid("WK", 1), "row": { "map": sid("MP", 1), "key": sid("CH", 1) } })
        );
    }

    #[test]
    fn what_was_dealt_with_is_no_refusal() {
        for outcome in [
            "routed",
            "alreadyRouted",
            "restored",
            "settled",
            "removed",
            "ignored",
        ] {
            assert!(!is_refusal(outcome), "{outcome}");
        }
        for outcome in [
            "busy",
            "twilioUnavailable",
            "notParked",
            "`queueSid`: expected a SID of its kind",
        ] {
            assert!(is_refusal(outcome), "{outcome}");
        }
    }
}
