//! The requests to the Functions, parsed once, at the edge.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::attributes::Attributes;
use crate::flags::FLAGS;
use crate::guardian::Guardian;
use crate::last_line::first_line;
use crate::protocol::sweep::Cursor;
use crate::protocol::team::Question;
use crate::protocol::unpark::{Cause, Change, Clock, Conditions, NewTime, Probe};
use crate::protocol::MessageRef;
use crate::reply::Refusal;
use crate::request::{
    path, AccessRequest, ChangeRequest, CheckRequest, EndRequest, GiveRequest, KeepRequest,
    ParkRequest, SettleRequest, TeamRequest, UnparkRequest, MOST_AGENTS, PREPARE,
};
use crate::sid::{
    AccountSid, ConversationParticipantSid, ConversationSid, FlowSid, MessageSid, SyncServiceSid,
    WorkerSid, WorkspaceSid,
};
use crate::task_attributes::{CONVERSATION, ORIGINAL_ROUTING};
use crate::twilio::calls::ListWorkers;

use super::fields::{BadField, Fields};

/// A valid request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// Park.
    Park(Box<ParkRequest>),
    /// Prepare for a park.
    Prepare,
    /// Let the caller read the lists of these agents. Without any: their own.
    Access(Vec<WorkerSid>),
    /// Wake, resume, give, end, check, settle, restore or a change.
    Unpark {
        /// The conversation.
        conversation: ConversationSid,
        /// The cause.
        cause: Cause,
        /// The conditions of the caller.
        conditions: Conditions,
        /// The parameters of the address that Twilio has called.
        called: Option<Box<Guardian>>,
    },
    /// What Event Streams reports, to be done if the webhooks show the last of these.
    Streamed(ConversationSid, Cause, Probe),
    /// List agents, or the room that some of them have.
    Team(Question),
    /// Look over the parked conversations, for a cause and from a cursor on.
    Sweep(Cause, Cursor),
    /// An event that has nothing to do with parking.
    Nothing,
}

/// The refusal of a request that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRequest {
    /// The refusal.
    pub refusal: Refusal,
    /// The same in words, for an engineer.
    pub message: String,
}

impl Incoming {
    /// Reads the parameters of the function at `function_path`.
    pub fn parse(function_path: &str, parameters: &Attributes) -> Result<Self, BadRequest> {
        let fields = Fields(parameters);
        let parsed = match function_path {
            path::PARK => park(fields),
            path::UNPARK => resume(fields),
            path::SETTLE => settle(fields),
            path::CHECK => check(fields),
            path::KEEP => keep(fields),
            path::GIVE => give(fields),
            path::CHANGE => change(fields),
            path::END => end(fields),
            path::ACCESS => access(fields),
            path::TEAM => team(fields),
            path::WAKE => wake(fields),
            path::TASK_EVENT => task_event(fields),
            path::EVENT => event(fields),
            path::RECONCILE => reconcile(fields),
            other => {
                return Err(BadRequest {
                    refusal: Refusal::BadRequest {
                        field: "path".into(),
                    },
                    message: format!("`path`: expected a function of this product, not `{other}`"),
                })
            }
        };
        parsed.map_err(|bad| BadRequest {
            message: bad.to_string(),
            refusal: Refusal::BadRequest { field: bad.field },
        })
    }

    /// Returns the conversation, if the request is about one.
    #[must_use]
    pub fn conversation(&self) -> Option<&ConversationSid> {
        match self {
            Self::Park(request) => Some(&request.target.conversation_sid),
            Self::Unpark { conversation, .. } | Self::Streamed(conversation, ..) => {
                Some(conversation)
            }
            Self::Prepare | Self::Access(_) | Self::Team(_) | Self::Sweep(..) | Self::Nothing => {
                None
            }
        }
    }

    /// Returns the agent to whom the request gives a conversation.
    #[must_use]
    pub fn recipient(&self) -> Option<&WorkerSid> {
        match self {
            Self::Unpark {
                cause: Cause::Change(Change::Owner { worker, .. }),
                ..
            } => Some(worker),
            _ => None,
        }
    }

    /// Returns true for requests from Flex, whose users identify themselves with their token. All others are signed.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        match self {
            Self::Park(_) | Self::Prepare | Self::Access(_) | Self::Team(_) => true,
            Self::Unpark { cause, .. } => cause.needs_token(),
            Self::Streamed(..) | Self::Sweep(..) | Self::Nothing => false,
        }
    }

    fn unpark(conversation: ConversationSid, cause: Cause) -> Self {
        Self::unpark_if(Conditions::default(), conversation, cause)
    }

    fn unpark_if(conditions: Conditions, conversation: ConversationSid, cause: Cause) -> Self {
        Self::Unpark {
            conversation,
            cause,
            conditions,
            called: None,
        }
    }
}

fn park(fields: Fields<'_>) -> Result<Incoming, BadField> {
    if fields.text(PREPARE).as_deref() == Some("true") {
        return Ok(Incoming::Prepare);
    }
    Ok(Incoming::Park(Box::new(ParkRequest {
        target: fields.read()?,
        options: fields.read()?,
        appointment: fields.read()?,
    })))
}

fn resume(fields: Fields<'_>) -> Result<Incoming, BadField> {
    /// The request of the template's list.
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct TemplateRequest {
        conversation_sid: ConversationSid,
    }

    if !fields.has("conversationSid") {
        let TemplateRequest { conversation_sid } = fields.read()?;
        return Ok(Incoming::unpark(conversation_sid, Cause::Resume));
    }
    let UnparkRequest {
        conversation_sid,
        owner_sid: owner,
        given: is_given,
    } = fields.read()?;
    let conditions = Conditions { owner, is_given };
    Ok(Incoming::unpark_if(
        conditions,
        conversation_sid,
        Cause::Resume,
    ))
}

fn settle(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let SettleRequest { conversation_sid } = fields.read()?;
    Ok(Incoming::unpark(conversation_sid, Cause::Settle))
}

fn check(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let CheckRequest { conversation_sid } = fields.read()?;
    let cause = Cause::Check(Clock::Desktop);
    Ok(Incoming::unpark(conversation_sid, cause))
}

fn keep(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let KeepRequest {
        conversation_sid,
        expires_after_hours: hours,
    } = fields.read()?;
    let cause = Cause::Change(Change::LongestWait { hours });
    Ok(Incoming::unpark(conversation_sid, cause))
}

fn give(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let GiveRequest {
        conversation_sid,
        owner_sid,
        worker_sid,
        agent_name: given_by,
    } = fields.read()?;
    let cause = match worker_sid {
        None => Cause::Give,
        Some(worker) => Cause::Change(Change::Owner { worker, given_by }),
    };
    Ok(Incoming::unpark_if(
        if_owner(owner_sid),
        conversation_sid,
        cause,
    ))
}

fn change(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let request: ChangeRequest = fields.read()?;
    // A form cannot say otherwise that there shall be none.
    let reason = match request.reason {
        None if fields.has_empty("reason") => Some(None),
        reason => reason.map(Some),
    };
    let time = request.until.map(|until| NewTime {
        until: Some(until).filter(|until| *until != 0),
        keep_minutes: request.keep_time.then_some(
            request
                .keep_ceiling_minutes
                .unwrap_or(FLAGS.keep_ceiling_minutes.default),
        ),
        expires_after_hours: request.expires_after_hours.filter(|hours| *hours != 0),
    });
    if time.is_none() && reason.is_none() {
        return Err(bad("until", "expected a time, or a reason"));
    }
    let cause = Cause::Change(Change::Details { time, reason });
    Ok(Incoming::unpark_if(
        if_owner(request.owner_sid),
        request.conversation_sid,
        cause,
    ))
}

fn if_owner(owner: Option<WorkerSid>) -> Conditions {
    Conditions {
        owner,
        is_given: false,
    }
}

fn end(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let EndRequest {
        conversation_sid,
        owner_sid,
        unread,
    } = fields.read()?;
    let cause = Cause::End {
        unread: unread.unwrap_or_default(),
    };
    Ok(Incoming::unpark_if(
        if_owner(owner_sid),
        conversation_sid,
        cause,
    ))
}

/// Reads a question about agents. The link to a page comes back from the client, so that it is checked like any other text.
fn team(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let TeamRequest { next, room_of } = fields.read()?;
    if let Some(agents) = room_of {
        let agents = agents_in("roomOf", &agents)?;
        return Ok(Incoming::Team(Question::Room(agents)));
    }
    let page = match next {
        Some(next) => Some(ListWorkers::page_from_client(next).ok_or_else(|| {
            bad(
                "next",
                "expected the `next` of the last answer, to the letter",
            )
        })?),
        None => None,
    };
    Ok(Incoming::Team(Question::Agents(page)))
}

fn access(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let AccessRequest { of } = fields.read()?;
    let of = of.map_or_else(|| Ok(Vec::new()), |agents| agents_in("of", &agents))?;
    Ok(Incoming::Access(of))
}

/// Reads the SIDs of some workers, with commas between them.
fn agents_in(field: &str, text: &str) -> Result<Vec<WorkerSid>, BadField> {
    let agents: Result<Vec<WorkerSid>, _> = text.split(',').map(WorkerSid::parse).collect();
    let agents = agents.map_err(|_| bad(field, "expected SIDs of workers (`WK…`) and commas"))?;
    if agents.len() > MOST_AGENTS {
        let problem = format!("expected at most {MOST_AGENTS} workers");
        return Err(bad(field, &problem));
    }
    Ok(agents)
}

/// The parameters of the post-event `onMessageAdded`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MessageAdded {
    conversation_sid: ConversationSid,
    author: String,
    participant_sid: IfValid<ConversationParticipantSid>,
    message_sid: IfValid<MessageSid>,
    index: IfValid<u32>,
}

/// The parameters of the post-event `onConversationStateUpdated`, and the data of the event of Event Streams.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StateUpdated {
    conversation_sid: ConversationSid,
    state_to: String,
}

/// The parameters that a Studio flow passes on: the conversation and, as it should, the message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FlowCall {
    conversation_sid: ConversationSid,
    message_sid: Option<MessageSid>,
}

/// Reads an event of a conversation with the parameters of the webhook's address, or a Studio flow's call, which is no event.
///
/// Sources: <https://www.twilio.com/docs/conversations/conversations-webhooks>,
/// <https://www.twilio.com/docs/studio/widget-library/run-function>
fn wake(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let (conversation, cause) = match fields.text("EventType").as_deref() {
        Some("onConversationStateUpdated") => {
            let event: StateUpdated = fields.read()?;
            match cause_of_state(&event.state_to) {
                Some(cause) => (event.conversation_sid, cause),
                None if event.state_to.is_empty() => {
                    return Err(bad("StateTo", "expected a conversation's state"))
                }
                None => return Ok(Incoming::Nothing),
            }
        }
        Some("onMessageAdded") => {
            let event: MessageAdded = fields.read()?;
            let message = MessageRef {
                author: event.author,
                participant: event.participant_sid.0,
                // Without its index, the message is fetched for it.
                sid: event.message_sid.0.filter(|_| event.index.0.is_none()),
                index: event.index.0,
                line: fields.text("Body").as_deref().and_then(first_line),
            };
            (event.conversation_sid, Cause::Wake(vec![message]))
        }
        Some(_) => return Ok(Incoming::Nothing),
        None => {
            let call: FlowCall = fields.read()?;
            (call.conversation_sid, Cause::WakeByFlow(call.message_sid))
        }
    };
    Ok(Incoming::Unpark {
        conversation,
        cause,
        conditions: Conditions::default(),
        called: Guardian::from_parameters(|name| fields.text(name)).map(Box::new),
    })
}

/// The events that end a task, or come before its end. An invite that fails after Twilio has answered shows by `task.canceled` only.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/event/reference>
pub const TASK_ENDS: [&str; 5] = [
    "task.canceled",
    "task.completed",
    "task.deleted",
    "task.system-deleted",
    "workflow.timeout",
];

/// Reads a post of the workspace's event callback.
fn task_event(fields: Fields<'_>) -> Result<Incoming, BadField> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct TaskEvent {
        event_type: String,
    }

    let TaskEvent { event_type: name } = fields.read()?;
    if !TASK_ENDS.contains(&name.as_str()) {
        return Ok(Incoming::Nothing);
    }
    let conversation = parked_in(&fields.object("TaskAttributes")?);
    Ok(conversation.map_or(Incoming::Nothing, |conversation| {
        Incoming::unpark(conversation, Cause::Restore)
    }))
}

/// Returns the conversation of a task with these attributes. Tasks that did not come out of parking are none of ours. The task's agent
/// can write its attributes, so that only the conversation is read from there, and not where it is.
fn parked_in(attributes: &Attributes) -> Option<ConversationSid> {
    attributes.raw(ORIGINAL_ROUTING)?;
    attributes.get(CONVERSATION)
}

/// Returns the cause of an operation on a conversation with this new state.
fn cause_of_state(state: &str) -> Option<Cause> {
    match state {
        "closed" => Some(Cause::Restore),
        "inactive" => Some(Cause::Check(Clock::Timer)),
        _ => None,
    }
}

/// The beginning of the types of TaskRouter's events in Event Streams. The rest is the event's name.
const TASKROUTER_TYPE: &str = "com.twilio.taskrouter.";

/// The type of the event that reports a conversation's new state.
const STATE_TYPE: &str = "com.twilio.conversations.conversation-state.updated";

/// Returns the types of the events to which a sink of Event Streams subscribes.
///
/// Source: <https://www.twilio.com/docs/events/event-types>
#[must_use]
pub fn stream_types() -> Vec<String> {
    let ends = TASK_ENDS
        .iter()
        .map(|end| format!("{TASKROUTER_TYPE}{end}"));
    ends.chain([STATE_TYPE.to_owned()]).collect()
}

/// Reads one event of Event Streams. They come at least once, in any order, and up to four hours late, so that an event is only a
/// reason to look at the conversation: what has happened is read from Twilio.
///
/// Sources: <https://www.twilio.com/docs/events/event-types/taskrouter/task>,
/// <https://www.twilio.com/docs/events/event-types/conversations/conversation-state>
fn event(fields: Fields<'_>) -> Result<Incoming, BadField> {
    /// The part of a `CloudEvent` by which its data are known.
    #[derive(Deserialize)]
    struct CloudEvent {
        r#type: String,
    }

    let CloudEvent { r#type: kind } = fields.read()?;
    if kind.is_empty() {
        return Err(bad("type", "expected the type of an event"));
    }
    if kind == STATE_TYPE {
        let data = fields.object("data")?;
        let event: StateUpdated = Fields(&data).read()?;
        let cause = cause_of_state(&event.state_to);
        return Ok(cause.map_or(Incoming::Nothing, |cause| {
            Incoming::Streamed(event.conversation_sid, cause, Probe::ParkedHere)
        }));
    }
    let name = kind.strip_prefix(TASKROUTER_TYPE);
    if !name.is_some_and(|name| TASK_ENDS.contains(&name)) {
        return Ok(Incoming::Nothing);
    }
    let data = fields.object("data")?;
    let payload = Fields(&data).object("payload")?;
    let conversation = parked_in(&Fields(&payload).object("task_attributes")?);
    Ok(conversation.map_or(Incoming::Nothing, |conversation| {
        Incoming::Streamed(conversation, Cause::Restore, Probe::NotElsewhere)
    }))
}

/// The owner's request to look over one conversation, or over all of them from a cursor on. With `release`, parked ones are routed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReconcileRequest {
    release: bool,
    conversation_sid: Option<ConversationSid>,
    #[serde(deserialize_with = "cursor")]
    next: Option<Cursor>,
}

fn reconcile(fields: Fields<'_>) -> Result<Incoming, BadField> {
    let request: ReconcileRequest = fields.read()?;
    let cause = if request.release {
        Cause::Release
    } else {
        Cause::Reconcile
    };
    Ok(match request.conversation_sid {
        Some(conversation) => Incoming::unpark(conversation, cause),
        None => Incoming::Sweep(cause, request.next.unwrap_or_default()),
    })
}

fn cursor<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Cursor>, D::Error> {
    let Some(text) = Option::<String>::deserialize(field)? else {
        return Ok(None);
    };
    let cursor = serde_json::from_str(&text);
    cursor.map(Some).map_err(|_| {
        serde::de::Error::custom("expected the `next` of the last answer, to the letter")
    })
}

/// A field of an event that counts as missing if it is malformed.
struct IfValid<T>(Option<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for IfValid<T> {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<T>::deserialize(field).unwrap_or_default()))
    }
}

fn bad(field: &str, problem: &str) -> BadField {
    BadField {
        field: field.into(),
        problem: problem.into(),
    }
}

/// The variables that the Functions' environment must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The account.
    pub account: AccountSid,
    /// The Flex workspace.
    pub workspace: WorkspaceSid,
    /// The Sync service of claims and lists.
    pub sync_service: SyncServiceSid,
    /// The Functions' public host name.
    pub domain: String,
    /// The Studio flow that a customer's message runs, where the owner wants one.
    pub studio_flow: Option<FlowSid>,
}

impl Environment {
    /// Reads the handler's environment variables.
    pub fn parse(variables: &Attributes) -> Result<Self, BadRequest> {
        let text = |name: &str| variables.text_at(name).unwrap_or_default();
        Ok(Self {
            account: AccountSid::parse(text("ACCOUNT_SID"))
                .map_err(|_| misconfigured("ACCOUNT_SID", "an account SID (`AC…`)"))?,
            workspace: WorkspaceSid::parse(text("TWILIO_FLEX_WORKSPACE_SID")).map_err(|_| {
                misconfigured("TWILIO_FLEX_WORKSPACE_SID", "a workspace SID (`WS…`)")
            })?,
            sync_service: SyncServiceSid::parse(text("TWILIO_FLEX_SYNC_SID"))
                .map_err(|_| misconfigured("TWILIO_FLEX_SYNC_SID", "a Sync service SID (`IS…`)"))?,
            domain: Some(text("DOMAIN_NAME"))
                .filter(|domain| is_host(domain))
                .ok_or_else(|| misconfigured("DOMAIN_NAME", "the Functions' host name"))?,
            studio_flow: Some(text("PARK_INTERACTION_STUDIO_FLOW_SID"))
                .filter(|flow| !flow.is_empty())
                .map(FlowSid::parse)
                .transpose()
                .map_err(|_| {
                    misconfigured(
                        "PARK_INTERACTION_STUDIO_FLOW_SID",
                        "a Studio flow SID (`FW…`), or nothing",
                    )
                })?,
        })
    }

    /// Returns the public address of the wake function.
    #[must_use]
    pub fn wake_url(&self) -> String {
        wake_url(&self.domain)
    }
}

/// Returns true if a text can be a host name, with or without a port.
fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

/// Returns the public address of the wake function of the Functions at `domain`.
#[must_use]
pub fn wake_url(domain: &str) -> String {
    function_url(domain, path::WAKE)
}

/// Returns the public address of a function of the Functions at `domain`.
#[must_use]
pub fn function_url(domain: &str, function_path: &str) -> String {
    format!("https://{domain}{function_path}")
}

fn misconfigured(field: &str, expected: &str) -> BadRequest {
    BadRequest {
        refusal: Refusal::Misconfigured {
            field: field.into(),
        },
        message: format!("environment variable `{field}`: expected {expected}"),
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
    use crate::last_line::BY_CUSTOMER;
    use crate::park_note::last_message;
    use crate::record::tests::guardian;
    use crate::request::ParkOptions;
    use crate::row_data::LastMessage;
    use crate::sid::example as sid;
    use crate::sid::WorkerSid;
    use crate::twilio::http::PageRef;
    use serde_json::{json, Value};

    fn parse(path: &str, parameters: &Value) -> Result<Incoming, BadRequest> {
        let parameters = Attributes::parse(&parameters.to_string()).unwrap();
        Incoming::parse(path, &parameters)
    }

    fn cause(path: &str, parameters: &Value) -> Option<Cause> {
        match parse(path, parameters).unwrap() {
            Incoming::Unpark { cause, .. } => Some(cause),
            _ => None,
        }
    }

    #[test]
    fn a_form_and_json_read_the_same() {
        let json = json!({
            "conversationSid": sid("CH"), "interactionSid": sid("KD"), "channelSid": sid("UO"),
            "taskSid": sid("WT"), "lastMessageIndex": 4, "showList": true,
            "lastLine": "Here it is", "lastLineBy": "me", "customerWroteAt": 1_800_000_000,
        });
        let mut form = json.clone();
        form["lastMessageIndex"] = json!("4");
        form["customerWroteAt"] = json!("1800000000");
        form["showList"] = json!("true");
        let request = parse(path::PARK, &json).unwrap();
        assert_eq!(request, parse(path::PARK, &form).unwrap());
        let Incoming::Park(request) = request else {
            unreachable!("a request to park")
        };
        assert_eq!(request.target.last_message_index, Some(4));
        let last = LastMessage {
            line: Some("Here it is".into()),
            by: Some(BY_CUSTOMER.into()),
            customer_wrote_at: Some(1_800_000_000_000),
            unread: None,
        };
        assert_eq!(last_message(&request.target), last);
        assert!(request.options.show_list);
    }

    /// The plugin of an earlier version sends fewer settings than there are now.
    #[test]
    fn settings_that_are_not_sent_have_their_defaults() {
        let target = json!({
            "conversationSid": sid("CH"), "interactionSid": sid("KD"), "channelSid": sid("UO"),
            "taskSid": sid("WT"),
        });
        let Ok(Incoming::Park(request)) = parse(path::PARK, &target) else {
            unreachable!("a request to park")
        };
        assert_eq!(request.options, ParkOptions::default());
        assert_eq!(request.target.last_message_index, None);
        assert_eq!(last_message(&request.target), LastMessage::default());
    }

    /// Both names at once are the plugin's and the template's: the plugin's wins.
    #[test]
    fn a_conversation_may_be_named_as_the_template_names_it() {
        let named = |parameters: Value| match parse(path::UNPARK, &parameters) {
            Ok(incoming) => incoming.conversation().map(ToString::to_string),
            Err(bad) => Some(bad.message),
        };
        let other = format!("CH{}", "b".repeat(32));
        assert_eq!(
            named(json!({ "ConversationSid": other })),
            Some(other.clone())
        );
        let both = json!({ "ConversationSid": other, "conversationSid": sid("CH") });
        assert_eq!(named(both), Some(sid("CH")));
        for (field, wrong) in [
            (
                "conversationSid",
                json!({ "conversationSid": "CH1", "ConversationSid": other }),
            ),
            ("ConversationSid", json!({ "conversationSid": "" })),
        ] {
            let message = format!("`{field}`: expected `CH` followed by 32 hexadecimal digits");
            assert_eq!(named(wrong), Some(message));
        }
    }

    #[test]
    fn a_click_may_say_whose_conversation_it_is_about() {
        let conditions = |path: &str, more: Value| {
            let mut request = json!({ "conversationSid": sid("CH"), "reason": "" });
            let fields = request.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            match parse(path, &request) {
                Ok(Incoming::Unpark { conditions, .. }) => Ok(conditions),
                Ok(other) => unreachable!("{other:?}"),
                Err(bad) => Err(bad.refusal),
            }
        };
        let believed = |owner, is_given| Ok(Conditions { owner, is_given });
        let ada = || Some(WorkerSid::example());
        for path in [path::UNPARK, path::GIVE, path::CHANGE, path::END] {
            assert_eq!(conditions(path, json!({})), believed(None, false), "{path}");
            let named = json!({ "ownerSid": sid("WK") });
            assert_eq!(conditions(path, named), believed(ada(), false), "{path}");
            let field = "ownerSid".into();
            assert_eq!(
                conditions(path, json!({ "ownerSid": sid("WT") })),
                Err(Refusal::BadRequest { field }),
                "{path}"
            );
        }
        for given in [json!(true), json!("true")] {
            let request = json!({ "given": given });
            assert_eq!(conditions(path::UNPARK, request), believed(None, true));
        }
        let request = json!({ "given": false });
        assert_eq!(conditions(path::UNPARK, request), believed(None, false));
    }

    /// Twilio's parameters that are missing or strange do not keep a message from waking a conversation.
    #[test]
    fn only_the_conversation_of_a_message_must_be_in_order() {
        let mut event = json!({
            "EventType": "onMessageAdded", "Author": 7, "ParticipantSid": "MB", "MessageSid": sid("IM"),
            "Index": "first", "ConversationSid": sid("CH"),
        });
        let message = MessageRef {
            author: String::new(),
            participant: None,
            index: None,
            sid: MessageSid::parse(sid("IM")).ok(),
            line: None,
        };
        assert_eq!(cause(path::WAKE, &event), Some(Cause::Wake(vec![message])));
        event["ConversationSid"] = json!("");
        let bad = parse(path::WAKE, &event).unwrap_err();
        let field = "ConversationSid".into();
        assert_eq!(bad.refusal, Refusal::BadRequest { field });
    }

    #[test]
    fn each_malformed_field_is_named() {
        let good = json!({
            "conversationSid": sid("CH"), "interactionSid": sid("KD"), "channelSid": sid("UO"),
            "taskSid": sid("WT"), "lastMessageIndex": 4, "showList": true,
        });
        for (field, bad) in [
            ("conversationSid", json!(null)),
            ("conversationSid", json!("../Services")),
            ("interactionSid", json!(7)),
            ("channelSid", json!([sid("UO")])),
            ("taskSid", json!(sid("UO"))),
            ("lastMessageIndex", json!(-1)),
            ("lastMessageIndex", json!("many")),
            ("lastLine", json!("x".repeat(121))),
            ("lastLineBy", json!("x".repeat(61))),
            ("customerWroteAt", json!(-1)),
            ("showList", json!("perhaps")),
            ("listTtlSeconds", json!(31_536_001)),
            ("listTtlSeconds", json!("a day")),
        ] {
            let mut wrong = good.clone();
            wrong[field] = bad;
            let bad = parse(path::PARK, &wrong).unwrap_err();
            let named = Refusal::BadRequest {
                field: field.into(),
            };
            assert_eq!(bad.refusal, named);
            assert!(bad.message.contains(field), "{}", bad.message);
        }
    }

    #[test]
    fn the_hours_of_a_keep_are_those_of_the_flag() {
        let kept = |hours: Value| {
            let request = json!({ "conversationSid": sid("CH"), "expiresAfterHours": hours });
            parse(path::KEEP, &request)
        };
        for (sent, hours) in [(json!(1), 1), (json!("72"), 72), (json!(4_320), 4_320)] {
            let expected = Incoming::unpark(
                ConversationSid::example(),
                Cause::Change(Change::LongestWait { hours }),
            );
            assert_eq!(kept(sent), Ok(expected));
        }
        for wrong in [json!(null), json!(0), json!(4_321), json!(-1), json!("x")] {
            let bad = kept(wrong).unwrap_err();
            let field = "expiresAfterHours".into();
            assert_eq!(bad.refusal, Refusal::BadRequest { field });
            assert!(
                bad.message.contains("hours, from 1 to 4320"),
                "{}",
                bad.message
            );
        }
    }

    #[test]
    fn a_give_may_name_an_agent() {
        let to_queue = json!({ "conversationSid": sid("CH"), "workerSid": "", "agentName": "Sue" });
        assert_eq!(cause(path::GIVE, &to_queue), Some(Cause::Give));
        let mut to_agent = to_queue;
        to_agent["workerSid"] = json!(sid("WK"));
        for (name, given_by) in [(json!("Sue"), Some("Sue".into())), (json!(null), None)] {
            to_agent["agentName"] = name;
            let worker = WorkerSid::example();
            let expected = Cause::Change(Change::Owner { worker, given_by });
            assert_eq!(cause(path::GIVE, &to_agent), Some(expected));
        }
        for (field, wrong) in [
            ("workerSid", json!("Ben")),
            ("workerSid", json!(sid("WT"))),
            ("agentName", json!("x".repeat(61))),
        ] {
            let mut request = to_agent.clone();
            request[field] = wrong;
            let named = Refusal::BadRequest {
                field: field.into(),
            };
            assert_eq!(parse(path::GIVE, &request).unwrap_err().refusal, named);
        }
    }

    #[test]
    fn a_change_takes_away_what_is_empty_and_leaves_what_is_missing() {
        let changed = |more: Value| {
            let mut request = json!({ "conversationSid": sid("CH") });
            let fields = request.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            parse(path::CHANGE, &request)
        };
        let expected = |time, reason| {
            let cause = Cause::Change(Change::Details { time, reason });
            Ok(Incoming::unpark(ConversationSid::example(), cause))
        };
        let at = |until, keep_minutes, expires_after_hours| {
            Some(NewTime {
                until,
                keep_minutes,
                expires_after_hours,
            })
        };
        let until = 1_790_000_600;
        for (more, time, reason) in [
            (
                json!({ "reason": "Order" }),
                None,
                Some(Some("Order".into())),
            ),
            (json!({ "reason": "" }), None, Some(None)),
            (
                json!({ "until": "0", "reason": null }),
                at(None, None, None),
                None,
            ),
            (json!({ "until": until }), at(Some(until), None, None), None),
            (
                json!({ "until": until, "keepTime": "true", "expiresAfterHours": 72 }),
                at(Some(until), Some(60), Some(72)),
                None,
            ),
            (
                json!({ "until": until, "keepTime": true, "keepCeilingMinutes": "5" }),
                at(Some(until), Some(5), None),
                None,
            ),
        ] {
            assert_eq!(changed(more.clone()), expected(time, reason), "{more}");
        }
        for (field, wrong) in [
            ("until", json!({})),
            ("until", json!({ "keepTime": true })),
            ("until", json!({ "until": "tomorrow" })),
            ("until", json!({ "until": -1 })),
            ("reason", json!({ "reason": "x".repeat(61) })),
            (
                "expiresAfterHours",
                json!({ "until": 0, "expiresAfterHours": 4_321 }),
            ),
        ] {
            let named = Refusal::BadRequest {
                field: field.into(),
            };
            assert_eq!(
                changed(wrong.clone()).unwrap_err().refusal,
                named,
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_field_that_is_not_needed_may_hold_anything() {
        let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
        let text = format!(
            r#"{{"conversationSid":"{}","a":"\ud800","\ud83d":1,"b":{deep}}}"#,
            sid("CH")
        );
        let parameters = Attributes::parse(&text).unwrap();
        assert!(Incoming::parse(path::SETTLE, &parameters).is_ok());
    }

    #[test]
    fn a_question_about_agents_is_read() {
        let team = |fields: &Value| match parse(path::TEAM, fields) {
            Ok(Incoming::Team(question)) => Ok(question),
            Ok(other) => unreachable!("no question: {other:?}"),
            Err(bad) => Err(bad.refusal),
        };
        let first = Ok(Question::Agents(None));
        assert_eq!(team(&json!({})), first);
        assert_eq!(team(&json!({ "next": "", "roomOf": null })), first);
        let page = "PageSize=1000&Page=1&PageToken=PTWK1";
        let next = PageRef::try_from(page.to_owned()).ok();
        assert_eq!(team(&json!({ "next": page })), Ok(Question::Agents(next)));
        let agent = WorkerSid::parse(sid("WK")).unwrap();
        let two = [agent.as_str(), agent.as_str()].join(",");
        let room = Question::Room(vec![agent.clone(), agent]);
        assert_eq!(team(&json!({ "roomOf": two })), Ok(room));
        let many = vec![sid("WK"); MOST_AGENTS + 1].join(",");
        for (field, value) in [
            ("next", json!("https://example.com/?Page=1")),
            ("next", json!("Page=1&TargetWorkersExpression=1==1")),
            ("next", json!({ "page": 1 })),
            ("roomOf", json!("WK1")),
            ("roomOf", json!(format!("{},", sid("WK")))),
            ("roomOf", json!(sid("CH"))),
            ("roomOf", json!([sid("WK")])),
            ("roomOf", json!(many)),
        ] {
            let refusal = Err(Refusal::BadRequest {
                field: field.into(),
            });
            assert_eq!(team(&json!({ field: value.clone() })), refusal, "{value}");
        }
    }

    #[test]
    fn what_a_flow_passes_on_is_a_wake_by_somebody_not_known_yet() {
        let by_flow = json!({ "ConversationSid": sid("CH"), "MessageSid": sid("IM") });
        let message = MessageSid::parse(sid("IM")).ok();
        assert_eq!(
            cause(path::WAKE, &by_flow),
            Some(Cause::WakeByFlow(message))
        );
        let without = json!({ "ConversationSid": sid("CH"), "MessageSid": "" });
        assert_eq!(cause(path::WAKE, &without), Some(Cause::WakeByFlow(None)));
        let wrong = json!({ "ConversationSid": sid("CH"), "MessageSid": "{{trigger}}" });
        let bad = parse(path::WAKE, &wrong).unwrap_err();
        assert!(bad.message.contains("MessageSid"));
    }

    #[test]
    fn a_message_says_who_wrote_it_and_where_it_stands() {
        let mut event = json!({
            "EventType": "onMessageAdded", "ConversationSid": sid("CH"), "Author": "system",
        });
        let mut by = MessageRef {
            author: "system".into(),
            participant: None,
            index: None,
            sid: None,
            line: None,
        };
        assert_eq!(
            cause(path::WAKE, &event),
            Some(Cause::Wake(vec![by.clone()]))
        );
        event["Index"] = json!("7");
        event["Body"] = json!("\nHere it is:\n17");
        by.index = Some(7);
        by.line = Some("Here it is:".into());
        assert_eq!(cause(path::WAKE, &event), Some(Cause::Wake(vec![by])));
    }

    #[test]
    fn the_address_that_twilio_calls_is_read() {
        let guardian = guardian();
        let address = guardian.address("https://example.com");
        let mut event = json!({ "EventType": "onMessageAdded", "ConversationSid": sid("CH") });
        for (name, value) in form_urlencoded::parse(address.split_once('?').unwrap().1.as_bytes()) {
            event[&*name] = json!(value);
        }
        let Incoming::Unpark { called, .. } = parse(path::WAKE, &event).unwrap() else {
            unreachable!("a message wakes")
        };
        assert_eq!(called, Some(Box::new(guardian)));
    }

    #[test]
    fn a_conversation_that_a_timer_made_inactive_is_checked_and_a_closed_one_restored() {
        let event = |to: &str| {
            json!({
                "EventType": "onConversationStateUpdated", "ConversationSid": sid("CH"), "StateTo": to,
            })
        };
        let timer = Cause::Check(Clock::Timer);
        assert_eq!(cause(path::WAKE, &event("inactive")), Some(timer));
        assert_eq!(cause(path::WAKE, &event("closed")), Some(Cause::Restore));
        assert_eq!(cause(path::WAKE, &event("active")), None);
    }

    #[test]
    fn every_end_of_a_task_that_came_out_of_parking_is_looked_at() {
        let attributes = |more: &str| format!(r#"{{"conversationSid":"{}"{more}}}"#, sid("CH"));
        let event = |kind: &str, attributes: String| json!({ "EventType": kind, "TaskAttributes": attributes });
        for kind in TASK_ENDS {
            let ours = event(kind, attributes(r#","originalRouting":{}"#));
            assert_eq!(
                cause(path::TASK_EVENT, &ours),
                Some(Cause::Restore),
                "{kind}"
            );
            assert_eq!(cause(path::TASK_EVENT, &event(kind, attributes(""))), None);
        }
        let other = event("task.created", attributes(r#","originalRouting":{}"#));
        assert_eq!(cause(path::TASK_EVENT, &other), None);
    }

    fn streamed(kind: &str, data: &Value) -> Value {
        json!({ "specversion": "1.0", "type": kind, "id": "EV1", "data": data })
    }

    #[test]
    fn event_streams_reports_the_end_of_a_task() {
        let attributes = format!(
            r#"{{"conversationSid":"{}","originalRouting":{{}}}}"#,
            sid("CH")
        );
        let payload = json!({ "task_sid": sid("WT"), "task_attributes": attributes });
        for name in TASK_ENDS {
            let kind = format!("com.twilio.taskrouter.{name}");
            // Twilio does not say whether a payload is an object in every schema.
            for payload in [payload.clone(), payload.to_string().into()] {
                let ours = streamed(&kind, &json!({ "payload": payload }));
                let conversation = ConversationSid::example();
                let expected =
                    Incoming::Streamed(conversation, Cause::Restore, Probe::NotElsewhere);
                assert_eq!(parse(path::EVENT, &ours), Ok(expected), "{name}");
            }
        }
        let kind = "com.twilio.taskrouter.task.canceled";
        let others = json!({ "payload": { "task_attributes": "{}" } });
        for nobodys in [
            streamed(kind, &others),
            streamed(
                "com.twilio.taskrouter.task.created",
                &json!({ "payload": payload }),
            ),
            streamed("com.twilio.messaging.message.sent", &json!({})),
        ] {
            assert_eq!(parse(path::EVENT, &nobodys), Ok(Incoming::Nothing));
        }
        for (field, data) in [
            ("data", json!(null)),
            ("data", json!([])),
            ("payload", json!({})),
            ("payload", json!({ "payload": "no JSON" })),
            (
                "task_attributes",
                json!({ "payload": { "task_attributes": 7 } }),
            ),
        ] {
            let bad = parse(path::EVENT, &streamed(kind, &data)).unwrap_err();
            let named = Refusal::BadRequest {
                field: field.into(),
            };
            assert_eq!(bad.refusal, named, "{data}");
            assert!(
                bad.message.contains("expected an object"),
                "{}",
                bad.message
            );
        }
        let named = Refusal::BadRequest {
            field: "type".into(),
        };
        assert_eq!(parse(path::EVENT, &json!({})).unwrap_err().refusal, named);
    }

    #[test]
    fn event_streams_reports_every_state_of_every_conversation() {
        let event = |to: &str| {
            let data = json!({ "ConversationSid": sid("CH"), "StateTo": to, "Reason": "TIMER" });
            parse(path::EVENT, &streamed(STATE_TYPE, &data)).unwrap()
        };
        for (state, cause) in [
            ("inactive", Cause::Check(Clock::Timer)),
            ("closed", Cause::Restore),
        ] {
            let expected = Incoming::Streamed(ConversationSid::example(), cause, Probe::ParkedHere);
            assert!(!expected.needs_token());
            assert_eq!(event(state), expected);
        }
        assert_eq!(event("active"), Incoming::Nothing);
        let nameless = streamed(STATE_TYPE, &json!({ "StateTo": "closed" }));
        let bad = parse(path::EVENT, &nameless).unwrap_err();
        assert!(bad.message.contains("ConversationSid"), "{}", bad.message);
    }

    fn variables() -> Value {
        json!({
            "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS"),
            "TWILIO_FLEX_SYNC_SID": sid("IS"), "DOMAIN_NAME": "example.twil.io",
        })
    }

    fn environment(variables: &Value) -> Result<Environment, BadRequest> {
        Environment::parse(&Attributes::parse(&variables.to_string()).unwrap())
    }

    #[test]
    fn the_flow_is_optional_but_never_something_else() {
        const NAME: &str = "PARK_INTERACTION_STUDIO_FLOW_SID";
        for (value, expected) in [
            (json!(null), Some(None)),
            (json!(""), Some(None)),
            (json!(sid("FW")), Some(FlowSid::parse(sid("FW")).ok())),
            (json!("my flow"), None),
        ] {
            let mut variables = variables();
            variables[NAME] = value;
            let parsed = environment(&variables);
            let flow = parsed.as_ref().map(|found| found.studio_flow.clone());
            assert_eq!(flow.ok(), expected);
            if let Err(bad) = parsed {
                let field = NAME.into();
                assert_eq!(bad.refusal, Refusal::Misconfigured { field });
            }
        }
    }

    #[test]
    fn a_missing_or_odd_environment_variable_is_named() {
        for (name, value) in [
            ("ACCOUNT_SID", json!(null)),
            ("TWILIO_FLEX_WORKSPACE_SID", json!("WS1")),
            ("TWILIO_FLEX_SYNC_SID", json!(7)),
            ("DOMAIN_NAME", json!("")),
            ("DOMAIN_NAME", json!("example.com/?x=")),
        ] {
            let mut variables = variables();
            variables[name] = value;
            let bad = environment(&variables).unwrap_err();
            let field = name.into();
            assert_eq!(bad.refusal, Refusal::Misconfigured { field });
        }
    }
}
