//! What is parked, as the owner's command shows it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::attributes::Attributes;
use crate::guardian::Guardian;
use crate::record::{is_parked_by_another_plugin, ParkedRecord};
use crate::reply::Reply;
use crate::sid::{ConversationSid, FlowSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{ArmedWebhook, Target};

use super::incoming::wake_url;

const HEAD: [&str; 8] = [
    "conversation",
    "parked by",
    "since",
    "unheard",
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
    webhooks: Vec<Box<RawValue>>,
    /// Whether the agent's list has a row for it.
    #[serde(default)]
    row: bool,
    #[serde(default)]
    worker_name: Option<String>,
}

/// A parked conversation, as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    conversation_sid: ConversationSid,
    /// Who parked it. Absent where nothing that can be relied upon says so.
    worker_sid: Option<WorkerSid>,
    /// Absent where the worker is there no more.
    worker_name: Option<String>,
    /// In milliseconds since 1970. Absent where another plugin parked it.
    parked_at: Option<u64>,
    /// Since when a customer's message is unheard, in milliseconds since 1970.
    unheard_since: Option<u64>,
    queue_name: Option<String>,
    channel: Option<String>,
    webhook: Guarded,
    row: Row,
}

/// What the customer's next message reaches.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(tag = "calls", rename_all = "camelCase")]
enum Guarded {
    /// Our function.
    Function,
    /// A Studio flow.
    #[serde(rename_all = "camelCase")]
    Flow { flow_sid: FlowSid },
    /// Another address: the template's functions, ours at a former domain, or those of another parking plugin.
    Elsewhere { url: String },
    /// Nothing: there is no webhook.
    Nothing,
}

#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Row {
    There,
    /// Its time has run out, or it was lost.
    Missing,
    /// It was parked without the list.
    None,
    /// Another plugin parked it, in a way that is not understood here.
    AnotherPlugin,
}

/// Where to look for what belongs to a parked conversation: `webhooks` is the JSON list of its webhooks, as Twilio answers them.
/// Returns a JSON text: `workerSid`, and `row` with its `map` and `key`. Both are null where no webhook of ours says who
/// parked it.
#[wasm_bindgen(js_name = placesOf)]
#[must_use]
pub fn places_of(conversation: &str, webhooks: &str) -> String {
    let webhooks: Vec<Box<RawValue>> = serde_json::from_str(webhooks).unwrap_or_default();
    let worker = guardian(&armed(&webhooks)).map(|guardian| guardian.worker);
    let row = worker
        .as_ref()
        .zip(ConversationSid::parse(conversation).ok());
    let row = row.map(|(worker, conversation)| {
        json!({ "map": MapName::list_of(worker).as_str(), "key": conversation })
    });
    json!({ "workerSid": worker, "row": row }).to_string()
}

/// Describes what is parked, the longest first. `found` is a JSON text with a list of `conversationSid`, `attributes`, `webhooks`,
/// `row` and `workerName`. Returns a JSON text: `parked`, and the same as a table, `text`. `domain` is that of the Functions,
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

/// Whether these attributes, a JSON text, say that the conversation is parked, by this product or by another plugin.
#[wasm_bindgen(js_name = saysParked)]
#[must_use]
pub fn says_parked(attributes: &str) -> bool {
    ParkedRecord::find(attributes).is_some() || is_parked_by_another_plugin(attributes)
}

fn armed(webhooks: &[Box<RawValue>]) -> Vec<ArmedWebhook> {
    let parsed = webhooks.iter().map(|json| ArmedWebhook::parse(json.get()));
    parsed.filter_map(Result::ok).collect()
}

/// What the newest address of ours says.
fn guardian(armed: &[ArmedWebhook]) -> Option<Guardian> {
    let addresses = armed.iter().filter_map(|webhook| match &webhook.target {
        Some(Target::Url(url)) => Guardian::from_query(url.split_once('?')?.1),
        _ => None,
    });
    addresses.max_by_key(|guardian| guardian.parked_at)
}

impl Found {
    fn describe(self, wake_url: &str) -> Listed {
        let armed = armed(&self.webhooks);
        let guardian = guardian(&armed);
        let record = ParkedRecord::find(&self.attributes);
        let is_listed = record.as_ref().is_some_and(|record| record.is_listed);
        Listed {
            row: match (&record, is_listed, self.row) {
                (None, _, _) if guardian.is_none() => Row::AnotherPlugin,
                (_, _, true) => Row::There,
                (_, true, false) => Row::Missing,
                (_, false, false) => Row::None,
            },
            webhook: guarded(&armed, guardian.as_ref(), record.as_ref(), wake_url),
            conversation_sid: self.conversation_sid,
            worker_name: self.worker_name,
            parked_at: guardian
                .as_ref()
                .and_then(|guardian| guardian.parked_at)
                .or(record.as_ref().and_then(|record| record.parked_at)),
            unheard_since: guardian
                .as_ref()
                .and_then(|guardian| guardian.unheard_since),
            queue_name: record.as_ref().and_then(|record| record.queue_name.clone()),
            channel: record.as_ref().and_then(channel).or(guardian
                .as_ref()
                .map(|one| one.task_channel_unique_name.clone())),
            worker_sid: guardian.map(|guardian| guardian.worker),
        }
    }
}

fn channel(record: &ParkedRecord) -> Option<String> {
    let attributes = Attributes::parse(record.task_attributes.as_deref()?).ok()?;
    attributes.text_at("channelType")
}

fn guarded(
    armed: &[ArmedWebhook],
    guardian: Option<&Guardian>,
    record: Option<&ParkedRecord>,
    wake_url: &str,
) -> Guarded {
    let named = record.and_then(|record| record.webhook_sid.as_ref());
    let runs = |wanted: &FlowSid| {
        armed
            .iter()
            .any(|one| matches!(&one.target, Some(Target::Flow(flow)) if flow == wanted))
    };
    let is_ours = |url: &str| {
        let rest = url.strip_prefix(wake_url);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
    };
    if let Some(flow) = guardian.and_then(|guardian| guardian.flow.clone()) {
        return if runs(&flow) {
            Guarded::Flow { flow_sid: flow }
        } else {
            Guarded::Nothing
        };
    }
    let urls = armed.iter().filter_map(|webhook| match &webhook.target {
        Some(Target::Url(url)) => Some((&webhook.sid, url)),
        _ => None,
    });
    let calls_us = urls.clone().any(|(_, url)| is_ours(url));
    let named_url = urls.clone().find(|(sid, _)| Some(*sid) == named);
    let named_flow = armed.iter().find_map(|webhook| match &webhook.target {
        Some(Target::Flow(flow)) if Some(&webhook.sid) == named => Some(flow),
        _ => None,
    });
    // Another plugin's record names its webhook in a way that is not read here.
    let another = urls.clone().next().filter(|_| record.is_none());
    match (named_flow, named_url.or(another)) {
        _ if calls_us => Guarded::Function,
        (Some(flow), _) => Guarded::Flow {
            flow_sid: flow.clone(),
        },
        (None, Some((_, url))) => Guarded::Elsewhere { url: url.clone() },
        (None, None) => Guarded::Nothing,
    }
}

fn table(parked: &[Listed], now: f64) -> String {
    let rows: Vec<[String; 8]> = std::iter::once(HEAD.map(str::to_owned))
        .chain(parked.iter().map(|one| one.cells(now)))
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Listed {
    fn cells(&self, now: f64) -> [String; 8] {
        let unknown = || "?".to_owned();
        let worker = self.worker_sid.as_ref().map(ToString::to_string);
        [
            self.conversation_sid.to_string(),
            self.worker_name.clone().or(worker).unwrap_or_else(unknown),
            self.parked_at.map_or_else(unknown, |at| age(at, now)),
            self.unheard_since
                .map_or_else(|| "-".to_owned(), |at| age(at, now)),
            self.queue_name.clone().unwrap_or_else(unknown),
            self.channel.clone().unwrap_or_else(unknown),
            match &self.webhook {
                Guarded::Function => "armed".to_owned(),
                Guarded::Flow { flow_sid } => format!("flow {flow_sid}"),
                Guarded::Elsewhere { url } => host(url).to_owned(),
                Guarded::Nothing => "MISSING".to_owned(),
            },
            match self.row {
                Row::There => "there".to_owned(),
                Row::Missing => "gone".to_owned(),
                Row::None => "none".to_owned(),
                Row::AnotherPlugin => "parked by another plugin".to_owned(),
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
    use super::*;
    use crate::record::tests as recorded;
    use crate::sid::example as sid;
    use serde_json::Value;

    const WAKE: &str = "https://park.twil.io/features/park-interaction/common/unpark-interaction";
    const NOW: f64 = 1_790_000_000_000.0;

    fn attributes() -> String {
        let record = ParkedRecord {
            task_attributes: Some(r#"{"channelType":"whatsapp","from":"+15550001111"}"#.to_owned()),
            is_listed: true,
            ..recorded::record()
        };
        record.write_into("{}", &recorded::guardian(), &ConversationSid::example())
    }

    fn address(hours: u64, unheard: Option<u64>) -> String {
        let parked_at = 1_790_000_000_000 - hours * 3_600_000;
        let guardian = Guardian {
            parked_at: Some(parked_at),
            unheard_since: unheard.map(|minutes| 1_790_000_000_000 - minutes * 60_000),
            ..recorded::guardian()
        };
        guardian.address(WAKE)
    }

    fn found(number: u32, attributes: &str, webhooks: &Value) -> Value {
        json!({
            "conversationSid": format!("CH{number:032}"), "attributes": attributes,
            "webhooks": webhooks, "row": true, "workerName": "Ada Agent",
        })
    }

    fn webhook(configuration: &Value) -> Value {
        json!([{ "sid": sid("WH"), "configuration": configuration }])
    }

    fn described(found: Vec<Value>) -> Value {
        let text = describe_parked(&Value::from(found).to_string(), "park.twil.io", NOW);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_longest_parked_comes_first_and_no_customer_is_named() {
        let one = |number, hours, unheard| {
            let armed = webhook(&json!({ "url": address(hours, unheard) }));
            found(number, &attributes(), &armed)
        };
        let described = described(vec![one(1, 2, None), one(2, 50, Some(7))]);
        let text = described["text"].as_str().unwrap();
        let cells = |line: &str| -> Vec<String> {
            let cells = line.split("  ").map(str::trim);
            cells
                .filter(|cell| !cell.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let lines: Vec<Vec<String>> = text.lines().map(cells).collect();
        assert_eq!(lines[0], HEAD);
        let longest = format!("CH{:032}", 2);
        assert_eq!(
            lines[1],
            [
                longest.as_str(),
                "Ada Agent",
                "2 d 2 h",
                "7 min",
                "Everyone",
                "whatsapp",
                "armed",
                "there"
            ]
        );
        assert_eq!(lines[2][2..4], ["2 h 0 min", "-"]);
        assert!(!described.to_string().contains("+1555"), "{described}");
    }

    #[test]
    fn the_webhook_is_shown_by_what_it_calls() {
        let theirs = "https://template.twil.io/features/park-interaction/common/unpark-interaction";
        let flow = sid("FW");
        for (webhooks, expected, cell) in [
            (
                webhook(&json!({ "url": WAKE })),
                json!({ "calls": "function" }),
                "armed",
            ),
            (
                webhook(&json!({ "url": address(1, None) })),
                json!({ "calls": "function" }),
                "armed",
            ),
            (
                webhook(&json!({ "flow_sid": flow })),
                json!({ "calls": "flow", "flowSid": flow }),
                &*format!("flow {flow}"),
            ),
            (
                webhook(&json!({ "url": theirs })),
                json!({ "calls": "elsewhere", "url": theirs }),
                "template.twil.io",
            ),
            (json!([]), json!({ "calls": "nothing" }), "MISSING"),
        ] {
            let described = described(vec![found(1, &attributes(), &webhooks)]);
            assert_eq!(described["parked"][0]["webhook"], expected);
            assert!(
                described["text"].as_str().unwrap().contains(cell),
                "{described}"
            );
        }
    }

    #[test]
    fn a_damaged_record_is_listed_and_one_of_another_plugin_is_named() {
        let armed = webhook(&json!({ "url": address(1, None) }));
        let damaged = described(vec![found(1, r#"{"parkInteraction":[]}"#, &armed)]);
        assert_eq!(damaged["parked"][0]["workerSid"], json!(sid("WK")));
        let theirs = json!({
            "InteractionSid": sid("KD"), "ChannelSid": sid("UO"), "WebhookSid": sid("WH"),
        })
        .to_string();
        assert!(says_parked(&theirs));
        let url = "https://serverless-1234-dev.twil.io/unpark-an-interaction";
        let another = described(vec![found(1, &theirs, &webhook(&json!({ "url": url })))]);
        let text = another["text"].as_str().unwrap();
        assert!(text.contains("serverless-1234-dev.twil.io"), "{text}");
        assert!(text.contains("parked by another plugin"), "{text}");
    }

    #[test]
    fn places_are_those_that_the_webhooks_address_names() {
        let conversation = sid("CH");
        let armed = webhook(&json!({ "url": address(1, None) })).to_string();
        let places: Value = serde_json::from_str(&places_of(&conversation, &armed)).unwrap();
        let map = format!("ParkedInteractions_{}", sid("WK"));
        assert_eq!(
            places,
            json!({ "workerSid": sid("WK"), "row": { "map": map, "key": conversation } })
        );
        let none: Value = serde_json::from_str(&places_of(&conversation, "[]")).unwrap();
        assert_eq!(none, json!({ "workerSid": null, "row": null }));
    }

    #[test]
    fn what_was_dealt_with_is_no_refusal() {
        for outcome in [
            "routed",
            "alreadyRouted",
            "restored",
            "settled",
            "removed",
            "waiting",
            "ignored",
        ] {
            assert!(!is_refusal(outcome), "{outcome}");
        }
        for outcome in [
            "conversationClosed",
            "busy",
            "twilioUnavailable",
            "notParked",
        ] {
            assert!(is_refusal(outcome), "{outcome}");
        }
    }
}
