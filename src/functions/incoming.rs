//! The requests that reach the Functions, parsed once, at the edge.

use crate::attributes::Attributes;
use crate::guardian::Guardian;
use crate::protocol::sweep::Cursor;
use crate::protocol::unpark::{Cause, Clock};
use crate::protocol::MessageRef;
use crate::reply::Refusal;
use crate::request::{path, ParkRequest};
use crate::sid::{AccountSid, ConversationSid, FlowSid, SyncServiceSid, WorkspaceSid};

use super::fields::{BadField, Fields};

/// A request that is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// Park.
    Park(ParkRequest),
    /// Wake, resume, check, settle or restore.
    Unpark {
        /// The conversation.
        conversation: ConversationSid,
        /// Why.
        cause: Cause,
        /// What the address says that Twilio has called.
        told: Option<Box<Guardian>>,
    },
    /// Look over what is parked, why and from where on.
    Sweep(Cause, Cursor),
    /// An event that is no concern of ours.
    Nothing,
}

/// A request that cannot be served, as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRequest {
    /// What it is refused with.
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
            path::SETTLE => by_caller(fields, Cause::Settle),
            path::CHECK => by_caller(fields, Cause::Check(Clock::Desktop)),
            path::WAKE => wake(fields),
            path::TASK_EVENT => task_event(fields),
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
            message: format!("`{}`: expected {}", bad.field, bad.expected),
            refusal: Refusal::BadRequest { field: bad.field },
        })
    }

    /// The conversation that it is about, if it is about one.
    #[must_use]
    pub fn conversation(&self) -> Option<&ConversationSid> {
        match self {
            Self::Park(request) => Some(&request.conversation_sid),
            Self::Unpark { conversation, .. } => Some(conversation),
            Self::Sweep(..) | Self::Nothing => None,
        }
    }

    /// Whether it comes from Flex, whose users show who they are by their token. All others are signed.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        match self {
            Self::Park(_) => true,
            Self::Unpark { cause, .. } => cause.needs_token(),
            Self::Sweep(..) | Self::Nothing => false,
        }
    }

    fn unpark(conversation: ConversationSid, cause: Cause) -> Self {
        Self::Unpark {
            conversation,
            cause,
            told: None,
        }
    }
}

const CONVERSATION: &str = "a conversation SID: `CH` and 32 hexadecimal digits";
const INTERACTION: &str = "an interaction SID: `KD` and 32 hexadecimal digits";
const CHANNEL: &str = "an interaction channel SID: `UO` and 32 hexadecimal digits";
const TASK: &str = "a task SID: `WT` and 32 hexadecimal digits";

fn park(fields: Fields<'_>) -> Result<Incoming, BadField> {
    Ok(Incoming::Park(ParkRequest {
        conversation_sid: fields.required("conversationSid", CONVERSATION)?,
        interaction_sid: fields.required("interactionSid", INTERACTION)?,
        channel_sid: fields.required("channelSid", CHANNEL)?,
        task_sid: fields.required("taskSid", TASK)?,
        last_message_index: fields.index("lastMessageIndex")?,
        show_list: fields.switch("showList")?,
        list_ttl_seconds: fields.ttl("listTtlSeconds")?,
        pause_studio_flow: fields.switch("pauseStudioFlow")?,
    }))
}

fn resume(fields: Fields<'_>) -> Result<Incoming, BadField> {
    // The template's list sends it with a capital letter.
    let conversation = match fields.optional("conversationSid", CONVERSATION)? {
        Some(conversation) => conversation,
        None => fields.required("ConversationSid", CONVERSATION)?,
    };
    Ok(Incoming::unpark(conversation, Cause::Resume))
}

fn by_caller(fields: Fields<'_>, cause: Cause) -> Result<Incoming, BadField> {
    let conversation = fields.required("conversationSid", CONVERSATION)?;
    Ok(Incoming::unpark(conversation, cause))
}

/// Reads the parameters of the post-events `onMessageAdded` and `onConversationStateUpdated`, with what the webhook's address
/// carries; or what a Studio flow passes on, which is no event: the conversation and, as it should, the message.
///
/// Sources: <https://www.twilio.com/docs/conversations/conversations-webhooks>,
/// <https://www.twilio.com/docs/studio/widget-library/run-function>
fn wake(fields: Fields<'_>) -> Result<Incoming, BadField> {
    const MESSAGE: &str = "a message SID: `IM` and 32 hexadecimal digits";
    const STATE: &str = "a conversation's state";
    let cause = match fields.text("EventType").as_deref() {
        Some("onConversationStateUpdated") => {
            match fields.required::<String>("StateTo", STATE)?.as_str() {
                "closed" => Cause::Restore,
                "inactive" => Cause::Check(Clock::Timer),
                _ => return Ok(Incoming::Nothing),
            }
        }
        Some("onMessageAdded") => {
            let index = fields.index("Index").ok().flatten();
            Cause::Wake(vec![MessageRef {
                author: fields.text("Author").unwrap_or_default(),
                participant: fields.0.get("ParticipantSid"),
                // Without it, the message is asked for its place.
                sid: fields.0.get("MessageSid").filter(|_| index.is_none()),
                index,
            }])
        }
        Some(_) => return Ok(Incoming::Nothing),
        None => Cause::WakeByFlow(fields.optional("MessageSid", MESSAGE)?),
    };
    Ok(Incoming::Unpark {
        conversation: fields.required("ConversationSid", CONVERSATION)?,
        cause,
        told: Guardian::from_parameters(|name| fields.text(name)).map(Box::new),
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

/// Reads the parameters of the workspace's event callback. Tasks that did not come out of parking are none of ours. Where the
/// conversation is, is not read from the task: its agent can write that.
fn task_event(fields: Fields<'_>) -> Result<Incoming, BadField> {
    const ATTRIBUTES: &str = "a JSON object in a string";
    let event = fields.text("EventType").unwrap_or_default();
    if !TASK_ENDS.contains(&event.as_str()) {
        return Ok(Incoming::Nothing);
    }
    let text = fields.text("TaskAttributes").unwrap_or_default();
    let attributes = Attributes::parse(&text).map_err(|_| BadField {
        field: "TaskAttributes".into(),
        expected: ATTRIBUTES,
    })?;
    let conversation = attributes.get("conversationSid");
    match (attributes.raw("originalRouting"), conversation) {
        (Some(_), Some(conversation)) => Ok(Incoming::unpark(conversation, Cause::Restore)),
        _ => Ok(Incoming::Nothing),
    }
}

/// Reads one conversation, or from where the last call said to go on; with `release` what is parked is routed.
fn reconcile(fields: Fields<'_>) -> Result<Incoming, BadField> {
    const NEXT: &str = "what the last answer said, to the letter";
    let cause = if fields.switch("release")? {
        Cause::Release
    } else {
        Cause::Reconcile
    };
    if let Some(conversation) = fields.optional("conversationSid", CONVERSATION)? {
        return Ok(Incoming::unpark(conversation, cause));
    }
    let cursor = match fields.text("next") {
        None => Cursor::default(),
        Some(text) => serde_json::from_str(&text).map_err(|_| BadField {
            field: "next".into(),
            expected: NEXT,
        })?,
    };
    Ok(Incoming::Sweep(cause, cursor))
}

/// What the Functions' environment must hold.
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
    /// The Studio flow that a customer's message is to run, where the owner wants one.
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

    /// The public address of the wake function.
    #[must_use]
    pub fn wake_url(&self) -> String {
        wake_url(&self.domain)
    }
}

/// Whether a text can be a host, with a port perhaps.
fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

/// The public address of the wake function of the Functions at `domain`.
#[must_use]
pub fn wake_url(domain: &str) -> String {
    function_url(domain, path::WAKE)
}

/// The public address of a function of the Functions at `domain`.
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
    use crate::record::tests::guardian;
    use crate::sid::{example as sid, MessageSid};
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
        });
        let mut form = json.clone();
        form["lastMessageIndex"] = json!("4");
        form["showList"] = json!("true");
        assert_eq!(parse(path::PARK, &json), parse(path::PARK, &form));
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
        };
        assert_eq!(
            cause(path::WAKE, &event),
            Some(Cause::Wake(vec![by.clone()]))
        );
        event["Index"] = json!("7");
        by.index = Some(7);
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
        let Incoming::Unpark { told, .. } = parse(path::WAKE, &event).unwrap() else {
            unreachable!("a message wakes")
        };
        assert_eq!(told, Some(Box::new(guardian)));
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
