//! Notes for the owner on a parked conversation, each with a remedy.

use serde::Serialize;

use crate::protocol::armed::{is_another_unpark, wake_query};
use crate::twilio::calls::{ArmedWebhook, Target};

use super::appointment::AppointmentState;
use super::reading::{host, Guarded, ParkedWith, Reading};

/// A note.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    kind: Kind,
    /// The same in sentences.
    pub text: String,
}

/// The subject of a note.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Kind {
    /// Nothing of Twilio's shows where it is parked.
    Unverified,
    /// The template's feature or another plugin parked it.
    ParkedWithAnother,
    /// Its webhook calls Functions of this product at another domain.
    FormerDomain,
    /// No webhook hears the customer.
    NoWebhook,
    /// The time of its appointment has passed, and no agent is asked.
    Overdue,
    /// Other code has damaged or wiped its attributes.
    Damaged,
    /// A second webhook makes a task of the customer's next message.
    SecondWebhook,
    /// A Studio flow of others receives the customer's messages too.
    OtherFlow,
}

/// Returns all notes on a conversation.
pub(super) fn all(reading: &Reading, domain: &str) -> Vec<Note> {
    let found = [
        unverified(reading),
        parked_with_another(reading),
        not_armed(reading, domain),
        overdue(reading),
        damaged(reading),
        second_webhook(reading),
        other_flow(reading),
    ];
    found.into_iter().flatten().collect()
}

fn unverified(reading: &Reading) -> Option<Note> {
    let record = reading.record.as_ref()?;
    if reading.guardian.is_some() {
        return None;
    }
    let log = match (&record.task_sid, reading.has_log) {
        (None, _) => "its attributes name no task whose log could show it",
        (Some(_), false) => {
            "TaskRouter's log of the parked task is gone, which is kept for 30 days"
        }
        (Some(_), true) => {
            "TaskRouter's log of the task that its attributes name does not show this conversation"
        }
    };
    let wakes = match reading.webhook.other_host() {
        Some(host) => format!("The functions at {host} are called when the customer writes."),
        None => "When the customer writes, nobody is asked.".to_owned(),
    };
    Some(Note {
        kind: Kind::Unverified,
        text: format!(
            "Its attributes say that it is parked, and nothing of Twilio's shows where: no webhook of this product's says so, and \
             {log}. {wakes} It can be neither reconciled nor released. Invite an agent by hand, or take the parked state out: \
             docs/operations.md, \"What cannot be verified\"."
        ),
    })
}

fn parked_with_another(reading: &Reading) -> Option<Note> {
    let who = match reading.parked_with {
        ParkedWith::ThisProduct => return None,
        ParkedWith::Template => "the flex-project-template's feature",
        ParkedWith::AnotherPlugin => "another plugin",
    };
    let wakes = match reading.webhook.other_host() {
        Some(host) => format!("Its webhook calls {host}."),
        None => String::new(),
    };
    let text = match (&reading.record, &reading.guardian) {
        (None, _) => format!(
            "Parked with {who}, in a way that is not read here. {wakes} It is left alone: reconcile and release pass over it. \
             Wake it there before that plugin goes."
        ),
        (Some(_), Some(_)) => format!(
            "Parked with {who}. {wakes} npm run parked -- reconcile arms a webhook of this product's in its place."
        ),
        (Some(_), None) => format!("Parked with {who}."),
    };
    Some(Note {
        kind: Kind::ParkedWithAnother,
        text: text.replace("  ", " "),
    })
}

fn not_armed(reading: &Reading, domain: &str) -> Option<Note> {
    reading.guardian.as_ref()?;
    let (kind, what) = match &reading.webhook {
        Guarded::Nothing => (Kind::NoWebhook, "No webhook hears the customer.".to_owned()),
        Guarded::Elsewhere { url } if reading.newest.is_some() => (
            Kind::FormerDomain,
            format!("Its webhook calls the Functions at {}.", host(url)),
        ),
        _ => return None,
    };
    Some(Note {
        kind,
        text: format!("{what} npm run parked -- reconcile arms one that calls {domain}."),
    })
}

fn overdue(reading: &Reading) -> Option<Note> {
    let appointment = reading.appointment?;
    // Without a guardian, reconciling cannot help; another note says so.
    reading.guardian.as_ref()?;
    (appointment.state == AppointmentState::Overdue).then(|| Note {
        kind: Kind::Overdue,
        text: "The time of its appointment has passed, and none of its tasks waits for an agent. \
               npm run parked -- reconcile routes it."
            .to_owned(),
    })
}

fn damaged(reading: &Reading) -> Option<Note> {
    reading.newest.as_ref()?;
    let record = reading.record.as_ref();
    if record.is_some_and(|record| record.task_attributes.is_some()) {
        return None;
    }
    Some(Note {
        kind: Kind::Damaged,
        text: "Other code has damaged or wiped its attributes. It wakes and can be released all the same, by what its webhook's \
               address says; the new task lacks the attributes of the parked one."
            .to_owned(),
    })
}

fn second_webhook(reading: &Reading) -> Option<Note> {
    let newest = reading.newest.as_ref()?;
    let record = reading.record.as_ref();
    let named = record.and_then(|record| record.webhook_sid.as_ref());
    let mut others = reading
        .webhooks
        .iter()
        .filter(|webhook| webhook.sid != newest.webhook);
    let (webhook, url) = others.find_map(unparks)?;
    let remedy = if wake_query(webhook).is_some() || Some(&webhook.sid) == named {
        "npm run parked -- reconcile removes it.".to_owned()
    } else {
        format!(
            "Remove it: twilio api:conversations:v1:conversations:webhooks:remove --conversation-sid {} --sid {}",
            reading.conversation, webhook.sid
        )
    };
    Some(Note {
        kind: Kind::SecondWebhook,
        text: format!(
            "A second webhook calls {}: one message may make two tasks. {remedy}",
            host(url)
        ),
    })
}

/// Twilio does not document whether the webhook of the flow by which a conversation came in goes when the flow has sent it to Flex.
fn other_flow(reading: &Reading) -> Option<Note> {
    let newest = reading.newest.as_ref()?;
    let (webhook, flow) = reading.webhooks.iter().find_map(|webhook| {
        let Some(Target::Flow(flow)) = &webhook.target else {
            return None;
        };
        (newest.guardian.flow.as_ref() != Some(flow)).then_some((webhook, flow))
    })?;
    Some(Note {
        kind: Kind::OtherFlow,
        text: format!(
            "The Studio flow {flow} hears of the customer's messages too, and begins anew with the next one. If that is not meant to \
             be, switch on the flag pause_studio_flow, and for this one: twilio api:conversations:v1:conversations:webhooks:remove --conversation-sid {} --sid {}",
            reading.conversation, webhook.sid
        ),
    })
}

/// Returns the address of a webhook that calls an unpark function of any plugin.
fn unparks(webhook: &ArmedWebhook) -> Option<(&ArmedWebhook, &str)> {
    match &webhook.target {
        Some(Target::Url(url)) if is_another_unpark(url) => Some((webhook, url)),
        _ => None,
    }
}
