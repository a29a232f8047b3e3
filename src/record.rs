//! The parked record: our part of a conversation's attributes while it is parked.
//!
//! Workflows, Studio flows and other plugins read these attributes, so their names are fixed. The rest of the record stands under
//! one key of its own, [`OWN_KEY`].
//!
//! Every agent's browser can write attributes, and other programs damage them: a number comes back as `1.79E12`, an empty
//! object as `[]`, a key is missing. So the record is data, never authority: the place of a conversation and its routing are read from
//! the [`Guardian`]. A value that cannot be read counts as missing.

use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::attributes::{Attributes, CONVERSATION_LIMIT};
use crate::guardian::{Due, Guardian};
use crate::history::{self, Deed};
use crate::insights::{self, Figures};
use crate::park_note::ParkNote;
use crate::request::InsightsFields;
use crate::row_data::ParkDetails;
use crate::sid::{
    ChannelSid, ConversationSid, InteractionSid, MapSid, ParticipantSid, QueueSid, TaskSid,
    WebhookSid, WorkerSid, WorkflowSid,
};
use crate::stored::ReadFrom;
use crate::task_attributes::PARKED;
use crate::twilio::time::Millis;

/// The attribute for the values that have no fixed name.
pub const OWN_KEY: &str = "parkInteraction";

/// The key of [`ParkedRecord::has_bare_row`] in the record's own part.
const BARE_ROW: &str = "bareRow";

/// The key of the history in the record's own part.
const HISTORY: &str = "history";

/// The timers of a conversation that Twilio accepts, in seconds: at least a minute; ten years are enough. Twilio refuses another
/// one, together with the rest of the update.
///
/// Source: <https://www.twilio.com/docs/api/errors/50375>
const TIMER_SECONDS: RangeInclusive<u32> = 60..=315_360_000;

const FIXED_KEYS: [&str; 13] = [
    "interactionSid",
    "channelSid",
    "participantSid",
    "taskSid",
    "workflowSid",
    "taskChannelUniqueName",
    "queueName",
    "queueSid",
    "workerSid",
    "taskAttributes",
    "webhookSid",
    "mapSid",
    "mapItemKey",
];

/// Attributes of a task that are about its last routing. They do not outlive the park: a workflow would send the woken task to
/// the target of the last transfer.
///
/// Flex writes `flexChannelInviteSid`; conversation transfers write the others.
const ROUTING_ATTRIBUTES: [&str; 5] = [
    "flexChannelInviteSid",
    "transferTargetType",
    "transferTargetSid",
    "transferQueueName",
    "workerSidsInConversation",
];

/// The record in the attributes of a parked conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ParkedRecord {
    /// The participant of the agent who parked.
    pub participant_sid: Option<ParticipantSid>,
    /// The task that was parked.
    pub task_sid: Option<TaskSid>,
    /// Name of the queue that the task came from.
    pub queue_name: Option<String>,
    /// The agent whose conversation it is, and in whose list the row was written last.
    pub worker_sid: Option<WorkerSid>,
    /// The parked task's attributes, the text of a JSON object.
    pub task_attributes: Option<String>,
    /// The guardian. Absent between its creation and the end of the park.
    pub webhook_sid: Option<WebhookSid>,
    /// The Sync map of the agent's list, where the list is on.
    pub map_sid: Option<MapSid>,
    /// True if the conversation has a row in the agent's list.
    pub is_listed: bool,
    /// True if the row holds nothing about people, as the owner wants it.
    pub has_bare_row: bool,
    /// The details of the park that the row shows too.
    pub park: ParkDetails<Millis>,
    /// The index of the last message on the agent's screen. Absent where it is not known.
    pub last_seen_message_index: Option<u32>,
    /// The timer by which the owner lets the conversation become inactive, in seconds. It is put back when the conversation is
    /// settled.
    pub owners_timer_seconds: Option<u32>,
    /// The timer by which the owner lets the conversation be closed for good, in seconds. It is taken away while the conversation
    /// is parked, and put back when it is settled.
    pub owners_closing_seconds: Option<u32>,
    /// The fields of Flex Insights, if the owner wants figures.
    pub insights: Option<InsightsFields>,
    /// What was done with the conversation, oldest first.
    pub history: Vec<Deed>,
}

impl ParkedRecord {
    /// Finds the record in a conversation's attributes, if there is one.
    ///
    /// A record of the template's feature, or of another plugin of its kind, counts; it lacks [`OWN_KEY`]. Single attributes of these
    /// names belong to others.
    #[must_use]
    pub fn find(attributes: &str) -> Option<Self> {
        let attributes = Attributes::parse(attributes).ok()?;
        is_record(&attributes).then(|| Self::read(&attributes))
    }

    fn read(attributes: &Attributes) -> Self {
        let own: Attributes = attributes.get(OWN_KEY).unwrap_or_default();
        let index = |key| u64::read_from(&own, key).and_then(|number| u32::try_from(number).ok());
        let timer = |key| index(key).filter(|seconds| TIMER_SECONDS.contains(seconds));
        Self {
            participant_sid: attributes.get("participantSid"),
            task_sid: attributes.get("taskSid"),
            queue_name: attributes.text_at("queueName"),
            worker_sid: attributes.get("workerSid"),
            task_attributes: task_attributes(attributes),
            webhook_sid: attributes.get("webhookSid"),
            map_sid: attributes.get("mapSid"),
            is_listed: attributes.text_at("mapItemKey").is_some(),
            has_bare_row: own.get(BARE_ROW).unwrap_or_default(),
            park: ParkDetails::read(&own),
            last_seen_message_index: index("heard"),
            owners_timer_seconds: timer("timerSeconds"),
            owners_closing_seconds: timer("closingSeconds"),
            insights: own.get("insights"),
            history: history::read(&own, HISTORY),
        }
    }

    /// Returns the attributes with this record in them. A former record is replaced. Values of others under our names are set aside,
    /// for [`without_record`] to put back; so is the whole if it is no object. Without room for it, the history is left out.
    #[must_use]
    pub fn write_into(
        &self,
        attributes: &str,
        guardian: &Guardian,
        conversation: &ConversationSid,
    ) -> String {
        let others = without_record(attributes).unwrap_or_else(|| attributes.to_owned());
        let (mut written, whole) = match Attributes::parse(&others) {
            Ok(object) => (object, None),
            Err(_) => (Attributes::default(), RawValue::from_string(others).ok()),
        };
        let mut displaced = Attributes::default();
        for key in FIXED_KEYS {
            if let Some(value) = written.remove(key) {
                displaced.set_raw(key, value);
            }
        }
        self.write_fixed(&mut written, guardian, conversation);
        let mut own = self.own(&displaced, whole);
        written.set(OWN_KEY, &own);
        let text = written.text();
        if text.len() <= CONVERSATION_LIMIT || own.remove(HISTORY).is_none() {
            return text;
        }
        written.set(OWN_KEY, &own);
        written.text()
    }

    /// Returns the object under [`OWN_KEY`]. `displaced` holds the values of others under our fixed names; `whole` is the text of
    /// attributes that are no object. [`without_record`] puts both back.
    fn own(&self, displaced: &Attributes, whole: Option<Box<RawValue>>) -> Attributes {
        let mut own = Attributes::default();
        self.park.write(&mut own);
        for (key, number) in [
            ("heard", self.last_seen_message_index),
            ("timerSeconds", self.owners_timer_seconds),
            ("closingSeconds", self.owners_closing_seconds),
        ] {
            if let Some(number) = number {
                own.set(key, &number);
            }
        }
        if self.has_bare_row {
            own.set(BARE_ROW, &true);
        }
        if let Some(fields) = &self.insights {
            own.set("insights", fields);
        }
        if !self.history.is_empty() {
            own.set(HISTORY, &self.history);
        }
        own.set("displaced", displaced);
        if let Some(whole) = whole {
            own.set_raw("whole", whole);
        }
        own
    }

    fn write_fixed(
        &self,
        written: &mut Attributes,
        guardian: &Guardian,
        conversation: &ConversationSid,
    ) {
        written.set("interactionSid", &guardian.channel.interaction);
        written.set("channelSid", &guardian.channel.channel);
        if let Some(participant) = &self.participant_sid {
            written.set("participantSid", participant);
        }
        if let Some(task) = &self.task_sid {
            written.set("taskSid", task);
        }
        written.set("workflowSid", &guardian.workflow);
        written.set("taskChannelUniqueName", &guardian.task_channel_unique_name);
        written.set("queueName", self.queue_name.as_deref().unwrap_or_default());
        written.set("queueSid", &guardian.queue);
        written.set("workerSid", &guardian.worker);
        if let Some(attributes) = &self.task_attributes {
            written.set("taskAttributes", attributes);
        }
        if let Some(webhook) = &self.webhook_sid {
            written.set("webhookSid", webhook);
        }
        if let Some(map) = &self.map_sid {
            written.set("mapSid", map);
        }
        if self.is_listed {
            written.set("mapItemKey", conversation);
        }
    }

    /// Returns the customer's address from the parked task's attributes.
    #[must_use]
    pub fn customer_address(&self) -> Option<String> {
        let attributes = Attributes::parse(self.task_attributes.as_deref()?).ok()?;
        let address = attributes.text_at("customerAddress")?;
        (!address.is_empty()).then_some(address)
    }
}

/// The return of a conversation, for the attributes of the next task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Return {
    /// The cause: one of those of [`PARKED`].
    pub cause: &'static str,
    /// The reason and the note of the park.
    pub note: ParkNote,
    /// The time of the return.
    pub at: Millis,
}

/// Returns the attributes of the next task: those of the parked one without those about its last routing, and its origin, so that a
/// workflow can route back to a queue or an agent. `record` is absent where other code wiped it out: then the parked task's
/// attributes are lost.
#[must_use]
pub fn next_task_attributes(
    record: Option<&ParkedRecord>,
    guardian: &Guardian,
    conversation: &ConversationSid,
    back: &Return,
) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct OriginalRouting<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_name: Option<&'a str>,
        queue_sid: &'a QueueSid,
        worker_sid: &'a WorkerSid,
    }

    let former = record.and_then(|record| record.task_attributes.as_deref());
    let mut attributes = Attributes::parse(former.unwrap_or_default()).unwrap_or_default();
    for key in ROUTING_ATTRIBUTES {
        attributes.remove(key);
    }
    // Flex finds the conversation of a task by these, and TaskRouter's log is evidence by them. Twilio writes them itself, whatever
    // an invite holds; that is inferred. The record may name those of another conversation.
    attributes.set("conversationSid", conversation);
    attributes.set("flexInteractionSid", &guardian.channel.interaction);
    attributes.set("flexInteractionChannelSid", &guardian.channel.channel);
    attributes.set(
        "originalRouting",
        &OriginalRouting {
            queue_name: record.and_then(|record| record.queue_name.as_deref()),
            queue_sid: &guardian.queue,
            worker_sid: &guardian.worker,
        },
    );
    let parks = parks(&attributes).saturating_add(1);
    attributes.set(PARKED, &parked(record, guardian, parks, back));
    insights::forget_ended(&mut attributes);
    if let Some((record, fields)) = record.and_then(|record| Some((record, record.insights?))) {
        let parked_at = guardian.parked_at.unwrap_or(back.at);
        let figures = Figures {
            cause: back.cause,
            seconds: back.at.saturating_sub(parked_at) / 1_000,
            parks,
        };
        insights::write_return(&mut attributes, fields, record.task_sid.as_ref(), figures);
    }
    attributes.text()
}

/// Returns a task's attributes as the record keeps them. Of the park before this one only its number stays: a customer's web
/// chat can read the record, and must not read a note.
#[must_use]
pub fn recorded(mut task_attributes: Attributes) -> Attributes {
    if task_attributes.raw(PARKED).is_some() {
        let mut number = Attributes::default();
        number.set("parks", &parks(&task_attributes));
        task_attributes.set(PARKED, &number);
    }
    task_attributes
}

/// Returns the number of parks that a task's attributes tell of.
fn parks(task_attributes: &Attributes) -> u64 {
    let parked = task_attributes.get::<Attributes>(PARKED);
    let parks = parked.and_then(|parked| u64::read_from(&parked, "parks"));
    parks.unwrap_or(0)
}

/// Returns the attribute [`PARKED`] of the next task. `parks` is the number of parks.
fn parked(
    record: Option<&ParkedRecord>,
    guardian: &Guardian,
    parks: u64,
    back: &Return,
) -> Attributes {
    let mut parked = Attributes::default();
    for (key, at) in [
        ("at", guardian.parked_at),
        ("until", guardian.due.as_ref().and_then(Due::appointment)),
    ] {
        if let Some(at) = at {
            parked.set(key, &at);
        }
    }
    if guardian.keeps_time() {
        parked.set("kept", &true);
    }
    parked.set("workerSid", &guardian.worker);
    if let Some(record) = record {
        let park = &record.park;
        for (key, name) in [("agentName", &park.agent_name), ("givenBy", &park.given_by)] {
            if let Some(name) = name {
                parked.set(key, name);
            }
        }
        if let Some(at) = park.given_at {
            parked.set("givenAt", &at);
        }
        if let Some(index) = record.last_seen_message_index {
            parked.set("lastSeenIndex", &index);
        }
    }
    back.note.write(&mut parked);
    parked.set("parks", &parks);
    if !back.cause.is_empty() {
        parked.set("cause", back.cause);
    }
    parked
}

/// Returns `attributes` without the parked record, with displaced values restored. `None`: there is no record.
#[must_use]
pub fn without_record(attributes: &str) -> Option<String> {
    let mut rest = Attributes::parse(attributes).ok()?;
    if !is_record(&rest) {
        return None;
    }
    for key in FIXED_KEYS {
        rest.remove(key);
    }
    let own: Attributes = match rest.remove(OWN_KEY) {
        Some(own) => Attributes::parse(own.get()).unwrap_or_default(),
        None => Attributes::default(),
    };
    if let Some(whole) = own.raw("whole").filter(|_| rest.keys().next().is_none()) {
        return Some(whole.get().to_owned());
    }
    let displaced: Attributes = own.get("displaced").unwrap_or_default();
    for key in FIXED_KEYS {
        if let Some(value) = displaced.raw(key) {
            rest.set_raw(key, RawValue::to_owned(value));
        }
    }
    Some(rest.text())
}

/// Returns true if another parking plugin wrote these attributes in a form that is not read here: its keys begin with capital
/// letters. Such a conversation is reported to the owner and left alone.
#[must_use]
pub fn is_parked_by_another_plugin(attributes: &str) -> bool {
    let Ok(attributes) = Attributes::parse(attributes) else {
        return false;
    };
    !is_record(&attributes)
        && attributes.get::<InteractionSid>("InteractionSid").is_some()
        && attributes.get::<ChannelSid>("ChannelSid").is_some()
        && attributes.get::<WebhookSid>("WebhookSid").is_some()
}

fn is_record(attributes: &Attributes) -> bool {
    attributes.raw(OWN_KEY).is_some()
        || (attributes.get::<InteractionSid>("interactionSid").is_some()
            && attributes.get::<ChannelSid>("channelSid").is_some()
            && attributes.get::<TaskSid>("taskSid").is_some()
            && attributes.get::<WorkflowSid>("workflowSid").is_some())
}

/// Reads a task's attributes: a JSON object in a string, or the object itself, as some plugins write it.
fn task_attributes(attributes: &Attributes) -> Option<String> {
    let raw = attributes.raw("taskAttributes")?.get();
    let text = attributes
        .text_at("taskAttributes")
        .unwrap_or_else(|| raw.to_owned());
    Attributes::parse(&text).ok().map(|object| object.text())
}

/// A whole number in any form in which programs write one: `4`, `4.0`, `1.79E12`, `"4"`.
impl ReadFrom<Attributes> for u64 {
    fn read_from(attributes: &Attributes, key: &str) -> Option<Self> {
        /// Above this limit, different whole numbers have the same form as `f64`.
        const LARGEST: f64 = 9_007_199_254_740_992.0;

        let raw = attributes.raw(key)?.get();
        let digits = raw.trim_matches('"').trim();
        if let Ok(number) = digits.parse() {
            return Some(number);
        }
        let number: f64 = digits.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a whole number that is neither negative nor too large"
        )]
        let whole = number as u64;
        (number.fract() == 0.0 && (0.0..LARGEST).contains(&number)).then_some(whole)
    }
}

/// A text that is not empty.
impl ReadFrom<Attributes> for u32 {
    fn read_from(attributes: &Attributes, key: &str) -> Option<Self> {
        Self::try_from(u64::read_from(attributes, key)?).ok()
    }
}

impl ReadFrom<Attributes> for String {
    fn read_from(attributes: &Attributes, key: &str) -> Option<Self> {
        attributes.text_at(key).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]
    use std::collections::BTreeSet;

    use super::*;
    use crate::guardian::LastTask;
    use crate::twilio::calls::ChannelRef;
    use serde_json::{json, Value};

    pub fn guardian() -> Guardian {
        Guardian {
            channel: ChannelRef {
                interaction: InteractionSid::example(),
                channel: ChannelSid::example(),
            },
            workflow: WorkflowSid::example(),
            queue: QueueSid::example(),
            task_channel_unique_name: "chat".into(),
            worker: WorkerSid::example(),
            parked_at: Some(1_790_000_000_000),
            first_unseen: Some(5),
            last_task: Some(LastTask::Parked(TaskSid::example())),
            quick_ends: 0,
            next_invite_at: None,
            unheard_since: None,
            due: None,
            same_agent_seconds: None,
            has_note: false,
            flow: None,
            paused_flow: None,
            former_worker: None,
        }
    }

    pub fn record() -> ParkedRecord {
        ParkedRecord {
            participant_sid: Some(ParticipantSid::example()),
            task_sid: Some(TaskSid::example()),
            queue_name: Some("Everyone".into()),
            worker_sid: Some(WorkerSid::example()),
            task_attributes: Some(r#"{"name":"Charlie"}"#.into()),
            webhook_sid: Some(WebhookSid::example()),
            map_sid: None,
            has_bare_row: false,
            is_listed: false,
            park: ParkDetails {
                parked_at: Some(1_790_000_000_000),
                expires_at: Some(1_790_086_400_000),
                due_at: None,
                expiry_at: None,
                agent_name: None,
                given_by: None,
                given_at: None,
            },
            last_seen_message_index: Some(4),
            owners_timer_seconds: None,
            owners_closing_seconds: None,
            insights: None,
            history: Vec::new(),
        }
    }

    fn written(record: &ParkedRecord, attributes: &str) -> String {
        record.write_into(attributes, &guardian(), &ConversationSid::example())
    }

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_record_that_was_written_is_found_again() {
        let attributes = written(&record(), "{}");
        assert_eq!(ParkedRecord::find(&attributes), Some(record()));
    }

    #[test]
    fn a_record_keeps_that_its_row_is_bare() {
        let bare = ParkedRecord {
            has_bare_row: true,
            ..record()
        };
        let text = written(&bare, "{}");
        assert_eq!(ParkedRecord::find(&text), Some(bare));
        assert!(!written(&record(), "{}").contains(BARE_ROW));
        let damaged = text.replace(r#""bareRow":true"#, r#""bareRow":"yes""#);
        assert_eq!(ParkedRecord::find(&damaged), Some(record()));
    }

    fn with_history() -> ParkedRecord {
        let deed = |at| Deed {
            at,
            by: WorkerSid::example(),
            did: "changed".into(),
            to: None,
        };
        ParkedRecord {
            history: (0..10).map(deed).collect(),
            ..record()
        }
    }

    #[test]
    fn the_history_is_kept_where_there_is_room() {
        let record = with_history();
        assert_eq!(
            ParkedRecord::find(&written(&record, "{}")),
            Some(record.clone())
        );
        let others = |bytes: usize| format!(r#"{{"theirs":"{}"}}"#, "x".repeat(bytes));
        let room = CONVERSATION_LIMIT - written(&record, &others(0)).len();
        let full = written(&record, &others(room));
        assert_eq!(full.len(), CONVERSATION_LIMIT);
        assert_eq!(ParkedRecord::find(&full), Some(record.clone()));
        let without = written(&record, &others(room + 1));
        assert!(without.len() < CONVERSATION_LIMIT);
        let expected = ParkedRecord {
            history: Vec::new(),
            ..record
        };
        assert_eq!(ParkedRecord::find(&without), Some(expected));
    }

    #[test]
    fn attributes_of_others_come_back() {
        for text in [
            r#"{"pre_engagement_data":{"a":1.0},"workerSid":"mine","webhookSid":7}"#,
            "[]",
            r#"["theirs",1.0]"#,
            "null",
        ] {
            let parked = written(&record(), text);
            let parked_twice = written(&record(), &parked);
            for attributes in [parked, parked_twice] {
                assert_eq!(ParkedRecord::find(&attributes), Some(record()), "{text}");
                let after = without_record(&attributes).unwrap();
                assert_eq!(value(&after), value(text));
            }
        }
    }

    #[test]
    fn a_record_stands_under_the_fixed_names_and_our_own() {
        let listed = ParkedRecord {
            map_sid: Some(MapSid::example()),
            is_listed: true,
            ..record()
        };
        let attributes = Attributes::parse(&written(&listed, "{}")).unwrap();
        let keys: BTreeSet<&str> = attributes.keys().collect();
        let names = FIXED_KEYS.into_iter().chain([OWN_KEY]);
        assert_eq!(keys, names.collect());
    }

    #[test]
    fn a_record_of_the_template_is_found_and_removed() {
        let mut attributes = Attributes::parse(&written(&record(), "{}")).unwrap();
        attributes.remove(OWN_KEY);
        let found = ParkedRecord::find(&attributes.text()).unwrap();
        assert_eq!(found.park, ParkDetails::default());
        assert_eq!(without_record(&attributes.text()).unwrap(), "{}");
    }

    #[test]
    fn a_single_attribute_of_one_of_our_names_is_no_record() {
        let text = r#"{"workerSid":"x","taskSid":"y"}"#;
        assert_eq!(ParkedRecord::find(text), None);
        assert_eq!(without_record(text), None);
    }

    /// PHP, Gson and careless code change numbers, empty objects and texts.
    #[test]
    fn a_damaged_record_is_read_as_far_as_it_can_be() {
        let theirs = r#"{"workerSid":"mine"}"#;
        let damage = |change: fn(&mut Value)| {
            let mut damaged = value(&written(&record(), theirs));
            change(&mut damaged);
            damaged.to_string()
        };
        let numbers = damage(|record| {
            record["parkInteraction"]["parkedAt"] = json!(1.79E12);
            record["parkInteraction"]["heard"] = json!(4.0);
            record["parkInteraction"]["expiresAt"] = json!("1790086400000");
        });
        assert_eq!(ParkedRecord::find(&numbers), Some(record()));

        let displaced = damage(|record| record["parkInteraction"]["displaced"] = json!([]));
        assert_eq!(ParkedRecord::find(&displaced), Some(record()));
        assert_eq!(without_record(&displaced).unwrap(), "{}");

        let own = damage(|record| record["parkInteraction"] = json!([]));
        assert_eq!(without_record(&own).unwrap(), "{}");
        let found = ParkedRecord::find(&own).unwrap();
        assert_eq!(found.queue_name, record().queue_name);

        let cut = damage(|record| record["taskAttributes"] = json!("{\"name\":\"Char"));
        assert_eq!(ParkedRecord::find(&cut).unwrap().task_attributes, None);

        let object = damage(|record| record["taskAttributes"] = json!({ "name": "Charlie" }));
        assert_eq!(ParkedRecord::find(&object), Some(record()));
        assert_eq!(ParkedRecord::find("[]"), None);
    }

    #[test]
    fn the_next_task_has_the_old_attributes_and_its_origin() {
        assert_eq!(
            value(&next_task_attributes(
                Some(&record()),
                &guardian(),
                &ConversationSid::example(),
                &Return::default()
            )),
            json!({ "name": "Charlie", "conversationSid": ConversationSid::example(), "flexInteractionSid": InteractionSid::example(),
                "flexInteractionChannelSid": ChannelSid::example(), "originalRouting": {
                "queueName": "Everyone", "queueSid": QueueSid::example(), "workerSid": WorkerSid::example(),
            }, "parked": { "at": 1_790_000_000_000_u64, "workerSid": WorkerSid::example(), "lastSeenIndex": 4, "parks": 1 } })
        );
        assert_eq!(
            value(&next_task_attributes(
                None,
                &guardian(),
                &ConversationSid::example(),
                &Return::default()
            )),
            json!({ "conversationSid": ConversationSid::example(), "flexInteractionSid": InteractionSid::example(),
                "flexInteractionChannelSid": ChannelSid::example(), "originalRouting": {
                "queueSid": QueueSid::example(), "workerSid": WorkerSid::example(),
            }, "parked": { "at": 1_790_000_000_000_u64, "workerSid": WorkerSid::example(), "parks": 1 } })
        );
    }

    #[test]
    fn routing_attributes_do_not_outlive_the_park() {
        let transferred = ParkedRecord {
            task_attributes: Some(
                json!({
                    "transferTargetType": "worker", "transferTargetSid": WorkerSid::example(),
                    "transferQueueName": "", "workerSidsInConversation": [], "flexChannelInviteSid": "KG",
                    "topic": "parcel",
                })
                .to_string(),
            ),
            ..record()
        };
        let next = value(&next_task_attributes(
            Some(&transferred),
            &guardian(),
            &ConversationSid::example(),
            &Return::default(),
        ));
        let keys: BTreeSet<&str> = next
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let expected = [
            "conversationSid",
            "flexInteractionChannelSid",
            "flexInteractionSid",
            "originalRouting",
            "parked",
            "topic",
        ];
        assert_eq!(keys, BTreeSet::from(expected));
    }

    #[test]
    fn the_next_task_tells_of_the_park() {
        let mut parked = record();
        parked.park.agent_name = Some("Ada".into());
        parked.park.given_by = Some("Sue".into());
        parked.park.given_at = Some(1_790_000_100_000);
        parked.task_attributes = Some(r#"{"parked":{"parks":2}}"#.into());
        let guardian = Guardian {
            due: Some(Due {
                at: 1_790_000_600_000,
                keep_minutes: Some(60),
                is_expiry: false,
            }),
            ..guardian()
        };
        let back = Return {
            at: 0,
            cause: "time",
            note: ParkNote {
                reason: Some("Order number".into()),
                note: Some("Tonight".into()),
                ..ParkNote::default()
            },
        };
        let conversation = ConversationSid::example();
        let next = next_task_attributes(Some(&parked), &guardian, &conversation, &back);
        assert_eq!(
            value(&next)["parked"],
            json!({
                "at": 1_790_000_000_000_u64, "until": 1_790_000_600_000_u64, "kept": true,
                "workerSid": WorkerSid::example(), "agentName": "Ada", "givenBy": "Sue",
                "givenAt": 1_790_000_100_000_u64, "lastSeenIndex": 4,
                "reason": "Order number", "note": "Tonight", "parks": 3, "cause": "time",
            })
        );
    }

    #[test]
    fn the_record_keeps_no_note_of_an_earlier_park() {
        let task =
            r#"{"name":"Charlie","parked":{"parks":2,"note":"Tonight","reason":"Order number"}}"#;
        let kept = recorded(Attributes::parse(task).unwrap());
        assert_eq!(
            value(&kept.text()),
            json!({ "name": "Charlie", "parked": { "parks": 2 } })
        );
    }

    #[test]
    fn a_record_with_capital_letters_is_another_plugins() {
        let theirs = json!({
            "InteractionSid": InteractionSid::example(), "ChannelSid": ChannelSid::example(),
            "WebhookSid": WebhookSid::example(), "TaskAttributes": "{}",
        });
        assert!(is_parked_by_another_plugin(&theirs.to_string()));
        assert!(!is_parked_by_another_plugin(&written(&record(), "{}")));
        assert!(!is_parked_by_another_plugin("{}"));
    }
}
