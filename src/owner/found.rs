//! A parked conversation as read from the account.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attributes::Attributes;
use crate::functions::wake_url;
use crate::park_note::ParkNote;
use crate::protocol::armed::{self, ArmedGuardian};
use crate::protocol::evidence;
use crate::record::{ParkedRecord, OWN_KEY};
use crate::sid::{ConversationSid, WebhookSid};
use crate::twilio::body::{Body, JsonText, Text};
use crate::twilio::calls::{ArmedWebhook, Target, TaskEvent};
use crate::twilio::time::Millis;

use super::appointment::{Appointment, AppointmentState};
use super::listed::{Listed, Row};
use super::note;
use super::reading::{Guarded, ParkedWith, Reading};

/// The data that was read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    conversation_sid: ConversationSid,
    attributes: JsonText,
    /// The webhooks as Twilio returns them.
    webhooks: Box<RawValue>,
    /// `TaskRouter`'s events of the task that the attributes name, as Twilio returns them.
    #[serde(default)]
    events: Option<Box<RawValue>>,
    /// True if the agent's list has a row for it.
    #[serde(default)]
    row: bool,
    /// True if a task of it waits for an agent.
    #[serde(default)]
    is_offered: bool,
    #[serde(default)]
    worker_name: Option<Text>,
    /// The name of the queue that it was parked from, by its SID.
    #[serde(default)]
    queue_name: Option<Text>,
    /// The data of the item with the reason and the note of the park.
    #[serde(default)]
    note: Option<Box<RawValue>>,
}

/// Reads the webhooks of a JSON list. An entry that cannot be read is left out.
pub(super) fn webhooks(list: &str) -> Vec<ArmedWebhook> {
    let list: Vec<Box<RawValue>> = serde_json::from_str(list).unwrap_or_default();
    list.iter()
        .filter_map(|json| ArmedWebhook::parse(json.get()).ok())
        .collect()
}

/// Reads the events of a JSON list. A list that cannot be read is empty.
pub(super) fn events(list: &str) -> Vec<TaskEvent> {
    let page = RawValue::from_string(format!("{{\"events\":{list}}}")).ok();
    TaskEvent::parse_list(Body::new(page.as_deref())).unwrap_or_default()
}

impl Found {
    pub fn describe(self, domain: &str, now: Millis) -> Listed {
        let reading = self.read(domain, now);
        let notes = note::all(&reading, domain);
        let Reading {
            record, guardian, ..
        } = reading;
        let is_listed = record.as_ref().is_some_and(|record| record.is_listed);
        Listed {
            conversation_sid: self.conversation_sid,
            parked_with: reading.parked_with,
            worker_name: self.worker_name.map(|name| name.0),
            parked_at: guardian
                .as_ref()
                .and_then(|guardian| guardian.parked_at)
                .or(record.as_ref().and_then(|record| record.park.parked_at)),
            unheard_since: guardian
                .as_ref()
                .and_then(|guardian| guardian.unheard_since),
            appointment: reading.appointment,
            queue_sid: guardian.as_ref().map(|guardian| guardian.queue.clone()),
            queue_name: self
                .queue_name
                .map(|name| name.0)
                .or(record.as_ref().and_then(|record| record.queue_name.clone())),
            channel: record.as_ref().and_then(channel).or(guardian
                .as_ref()
                .map(|guardian| guardian.task_channel_unique_name.clone())),
            reason: self.note.and_then(|data| ParkNote::read(data.get()).reason),
            customer_name: record.as_ref().and_then(customer_name),
            webhook: reading.webhook,
            row: match (&guardian, self.row, is_listed) {
                (None, _, _) => Row::Unknown,
                (Some(_), true, _) => Row::There,
                (Some(_), false, true) => Row::Missing,
                (Some(_), false, false) => Row::None,
            },
            worker_sid: guardian.map(|guardian| guardian.worker),
            notes,
        }
    }

    fn read(&self, domain: &str, now: Millis) -> Reading {
        let webhooks = webhooks(self.webhooks.get());
        let newest = armed::newest(armed::guardians(webhooks.iter(), &wake_url(domain)));
        let attributes = Attributes::parse(&self.attributes.0).unwrap_or_default();
        let record = ParkedRecord::find(&self.attributes.0);
        let events: Vec<TaskEvent> = match &self.events {
            Some(list) => events(list.get()),
            None => Vec::new(),
        };
        let guardian = match (&newest, &record) {
            (Some(newest), _) => Some(newest.guardian.clone()),
            (None, Some(record)) => evidence::guardian(&self.conversation_sid, record, &events),
            (None, None) => None,
        };
        let has_own_key = attributes.raw(OWN_KEY).is_some();
        let named = ["webhookSid", "WebhookSid"]
            .into_iter()
            .find_map(|key| attributes.get::<WebhookSid>(key));
        let webhook = guarded(&webhooks, newest.as_ref(), named.as_ref(), domain);
        let parked_with = if has_own_key || newest.is_some() {
            ParkedWith::ThisProduct
        } else if record.is_some() && looks_like_the_templates(&attributes, &webhooks) {
            ParkedWith::Template
        } else {
            ParkedWith::AnotherPlugin
        };
        // The record has no authority beside an address of ours.
        let due_at = match &guardian {
            Some(guardian) => guardian.due.as_ref().map(|due| due.at),
            None => record.as_ref().and_then(|record| record.park.due_at),
        };
        let appointment = due_at.map(|at| self.appointment(at, now));
        Reading {
            appointment,
            conversation: self.conversation_sid.clone(),
            has_log: !events.is_empty(),
            record,
            webhooks,
            newest,
            guardian,
            parked_with,
            webhook,
        }
    }

    fn appointment(&self, at: Millis, now: Millis) -> Appointment {
        let state = if now < at {
            AppointmentState::Ahead
        } else if self.is_offered {
            AppointmentState::Routed
        } else {
            AppointmentState::Overdue
        };
        Appointment { at, state }
    }
}

fn customer_name(record: &ParkedRecord) -> Option<String> {
    let attributes = Attributes::parse(record.task_attributes.as_deref()?).ok()?;
    let mut keys = ["customerName", "from"].into_iter();
    keys.find_map(|key| attributes.text_at(key))
}

fn channel(record: &ParkedRecord) -> Option<String> {
    let attributes = Attributes::parse(record.task_attributes.as_deref()?).ok()?;
    attributes.text_at("channelType")
}

/// Returns true if the template has parked it: it writes the queue and the worker, and its webhook calls a function of the same name as
/// ours.
fn looks_like_the_templates(attributes: &Attributes, webhooks: &[ArmedWebhook]) -> bool {
    let calls_another = |webhook: &ArmedWebhook| match &webhook.target {
        Some(Target::Url(url)) => {
            armed::wake_query(webhook).is_none() && armed::is_another_unpark(url)
        }
        _ => false,
    };
    attributes.raw("queueSid").is_some()
        && attributes.raw("workerSid").is_some()
        && !webhooks.iter().any(calls_another)
}

/// Returns the receiver of the customer's next message: by the newest address of ours or, without one, by the webhook that the
/// attributes name or that calls a wake function.
fn guarded(
    webhooks: &[ArmedWebhook],
    newest: Option<&ArmedGuardian>,
    named: Option<&WebhookSid>,
    domain: &str,
) -> Guarded {
    let wake_url = wake_url(domain);
    let runs = |wanted| {
        let is_it =
            |one: &ArmedWebhook| matches!(&one.target, Some(Target::Flow(flow)) if flow == wanted);
        webhooks.iter().any(is_it)
    };
    if let Some(ArmedGuardian { guardian, .. }) = newest {
        if let Some(flow) = &guardian.flow {
            let flow_sid = flow.clone();
            return if runs(flow) {
                Guarded::Flow { flow_sid }
            } else {
                Guarded::Nothing
            };
        }
    }
    let armed = match newest {
        Some(newest) => webhooks.iter().find(|one| one.sid == newest.webhook),
        None => webhooks
            .iter()
            .find(|one| Some(&one.sid) == named)
            .or_else(|| webhooks.iter().find(|one| armed::wake_query(one).is_some())),
    };
    match armed.and_then(|armed| armed.target.as_ref()) {
        Some(Target::Url(url)) if armed::is_at(url, &wake_url) => Guarded::Function,
        Some(Target::Url(url)) => Guarded::Elsewhere {
            url: url.split('?').next().unwrap_or_default().to_owned(),
        },
        Some(Target::Flow(flow)) => Guarded::Flow {
            flow_sid: flow.clone(),
        },
        None => Guarded::Nothing,
    }
}
