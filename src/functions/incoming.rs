//! What reaches the Functions, parsed once, at the edge.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::attributes::Attributes;
use crate::protocol::sweep::Cursor;
use crate::protocol::unpark::{Cause, Route};
use crate::protocol::MessageRef;
use crate::reply::Refusal;
use crate::request::{path, ParkRequest, SettleRequest, UnparkRequest};
use crate::sid::{
    AccountSid, ChannelSid, ConversationSid, FlowSid, InteractionSid, MessageSid, SyncServiceSid,
    WorkspaceSid,
};

use super::fields::{BadField, Fields};

/// A request that is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// Park.
    Park(ParkRequest),
    /// Wake, resume or settle.
    Unpark {
        /// The conversation.
        conversation: ConversationSid,
        /// Where it is said to be.
        place: Option<(InteractionSid, ChannelSid)>,
        /// Why.
        cause: Cause,
        /// The message that woke it, where it is not known who wrote it.
        message: Option<MessageSid>,
        /// Where to route it should its record be gone.
        route: Option<Route>,
    },
    /// Look over what is parked, why and from where on.
    Sweep(Cause, Cursor),
    /// An event that is no concern of ours.
    Nothing,
}

/// What is wrong with a request, as it is answered.
pub type Wrong = (Refusal, String);

impl Incoming {
    /// Reads the parameters of the function at `function_path`.
    pub fn parse(function_path: &str, parameters: &Map<String, Value>) -> Result<Self, Wrong> {
        let fields = Fields(parameters);
        let parsed = match function_path {
            path::PARK => park(&fields),
            path::UNPARK => resume(&fields),
            path::SETTLE => settle(&fields),
            path::WAKE => wake(&fields),
            path::TASK_EVENT => task_event(&fields),
            path::RECONCILE => reconcile(&fields),
            other => {
                return Err((
                    Refusal::BadRequest {
                        field: "path".into(),
                    },
                    format!("there is no operation behind `{other}`"),
                ))
            }
        };
        parsed.map_err(|bad| {
            let message = format!("`{}`: expected {}", bad.field, bad.expected);
            (Refusal::BadRequest { field: bad.field }, message)
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

    /// Whether it comes from Flex, whose users show who they are by their token. What else there is, is signed.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        match self {
            Self::Park(_) => true,
            Self::Unpark { cause, .. } => matches!(cause, Cause::Resume | Cause::Settle),
            Self::Sweep(..) | Self::Nothing => false,
        }
    }
}

const CONVERSATION: &str = "a conversation SID: `CH` and 32 hexadecimal digits";
const INTERACTION: &str = "an interaction SID: `KD` and 32 hexadecimal digits";
const CHANNEL: &str = "an interaction channel SID: `UO` and 32 hexadecimal digits";
const TASK: &str = "a task SID: `WT` and 32 hexadecimal digits";

fn park(fields: &Fields<'_>) -> Result<Incoming, BadField> {
    Ok(Incoming::Park(ParkRequest {
        conversation_sid: fields.required("conversationSid", CONVERSATION)?,
        interaction_sid: fields.required("interactionSid", INTERACTION)?,
        channel_sid: fields.required("channelSid", CHANNEL)?,
        task_sid: fields.required("taskSid", TASK)?,
        last_message_index: fields.index("lastMessageIndex")?,
        show_list: fields.switch("showList")?,
        list_ttl_seconds: fields.ttl("listTtlSeconds")?,
    }))
}

fn resume(fields: &Fields<'_>) -> Result<Incoming, BadField> {
    let request = UnparkRequest {
        // The template's list sends it with a capital letter.
        conversation_sid: match fields.optional("conversationSid", CONVERSATION)? {
            Some(sid) => sid,
            None => fields.required("ConversationSid", CONVERSATION)?,
        },
        interaction_sid: fields.optional("interactionSid", INTERACTION)?,
        channel_sid: fields.optional("channelSid", CHANNEL)?,
    };
    Ok(Incoming::Unpark {
        conversation: request.conversation_sid,
        place: request.interaction_sid.zip(request.channel_sid),
        cause: Cause::Resume,
        message: None,
        route: None,
    })
}

fn settle(fields: &Fields<'_>) -> Result<Incoming, BadField> {
    let request = SettleRequest {
        conversation_sid: fields.required("conversationSid", CONVERSATION)?,
        interaction_sid: fields.required("interactionSid", INTERACTION)?,
        channel_sid: fields.required("channelSid", CHANNEL)?,
    };
    Ok(Incoming::Unpark {
        conversation: request.conversation_sid,
        place: Some((request.interaction_sid, request.channel_sid)),
        cause: Cause::Settle,
        message: None,
        route: None,
    })
}

/// The parameters of the post-events `onMessageAdded` and `onConversationStateUpdated`, and the place that the
/// webhook's address carries; or what a Studio flow passes on, which is no event: the conversation and, as it should, the
/// message.
///
/// Sources: <https://www.twilio.com/docs/conversations/conversations-webhooks>,
/// <https://www.twilio.com/docs/studio/widget-library/run-function>
fn wake(fields: &Fields<'_>) -> Result<Incoming, BadField> {
    const AUTHOR: &str = "the message's author, a string";
    const PARTICIPANT: &str = "a participant SID: `MB` and 32 hexadecimal digits";
    const MESSAGE: &str = "a message SID: `IM` and 32 hexadecimal digits";
    const STATE: &str = "a conversation's state";
    let event = fields.text("EventType");
    let cause = match event.as_deref() {
        Some("onConversationStateUpdated") => {
            if fields.required::<String>("StateTo", STATE)? != "closed" {
                return Ok(Incoming::Nothing);
            }
            Cause::Restore
        }
        Some(_) => Cause::Wake(vec![MessageRef {
            author: fields.optional("Author", AUTHOR)?.unwrap_or_default(),
            participant: fields.optional("ParticipantSid", PARTICIPANT)?,
        }]),
        None => Cause::Wake(Vec::new()),
    };
    let message = match event.as_deref() {
        Some(_) => None,
        None => fields.optional("MessageSid", MESSAGE)?,
    };
    let interaction = fields.optional("interactionSid", INTERACTION)?;
    let channel = fields.optional("channelSid", CHANNEL)?;
    Ok(Incoming::Unpark {
        conversation: fields.required("ConversationSid", CONVERSATION)?,
        place: interaction.zip(channel),
        cause,
        message,
        route: route(fields),
    })
}

/// The parameters of the workspace's event callback. Tasks that did not come out of parking are none of ours.
///
/// Source: <https://www.twilio.com/docs/taskrouter/api/event/reference>
fn task_event(fields: &Fields<'_>) -> Result<Incoming, BadField> {
    const ATTRIBUTES: &str = "a JSON object in a string";
    if fields.text("EventType").as_deref() != Some("task.canceled") {
        return Ok(Incoming::Nothing);
    }
    let bad = |_| BadField {
        field: "TaskAttributes".into(),
        expected: ATTRIBUTES,
    };
    let text: String = fields.required("TaskAttributes", ATTRIBUTES)?;
    let attributes = Attributes::parse(&text).map_err(bad)?;
    if attributes.raw("originalRouting").is_none() {
        return Ok(Incoming::Nothing);
    }
    let Ok(conversation) = attributes.required("conversationSid", CONVERSATION) else {
        return Ok(Incoming::Nothing);
    };
    let interaction = attributes.required("flexInteractionSid", INTERACTION).ok();
    let channel = attributes
        .required("flexInteractionChannelSid", CHANNEL)
        .ok();
    Ok(Incoming::Unpark {
        conversation,
        place: interaction.zip(channel),
        cause: Cause::Restore,
        message: None,
        route: None,
    })
}

/// One conversation, or all, from where the last call said to go on; with `release` they are routed.
fn reconcile(fields: &Fields<'_>) -> Result<Incoming, BadField> {
    const NEXT: &str = "what the last answer said, to the letter";
    let cause = if fields.switch("release")? {
        Cause::Release
    } else {
        Cause::Reconcile
    };
    if let Some(conversation) = fields.optional("conversationSid", CONVERSATION)? {
        return Ok(Incoming::Unpark {
            conversation,
            place: None,
            cause,
            message: None,
            route: None,
        });
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

/// Webhooks that the template armed carry none.
fn route(fields: &Fields<'_>) -> Option<Route> {
    const PART: &str = "as the webhook was made with";
    Some(Route {
        workflow: fields.required("workflowSid", PART).ok()?,
        queue: fields.required("queueSid", PART).ok()?,
        worker: fields.required("workerSid", PART).ok()?,
        task_channel_unique_name: fields.required("taskChannel", PART).ok()?,
    })
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

#[derive(Deserialize)]
struct RawEnvironment {
    #[serde(rename = "ACCOUNT_SID")]
    account: Option<String>,
    #[serde(rename = "TWILIO_FLEX_WORKSPACE_SID")]
    workspace: Option<String>,
    #[serde(rename = "TWILIO_FLEX_SYNC_SID")]
    sync_service: Option<String>,
    #[serde(rename = "DOMAIN_NAME")]
    domain: Option<String>,
    #[serde(rename = "PARK_INTERACTION_STUDIO_FLOW_SID")]
    studio_flow: Option<String>,
}

impl Environment {
    /// Reads the handler's context.
    pub fn parse(context: &Value) -> Result<Self, Wrong> {
        let raw: RawEnvironment = serde_json::from_value(context.clone())
            .map_err(|_| misconfigured("environment", "only texts"))?;
        Ok(Self {
            account: AccountSid::parse(raw.account.unwrap_or_default())
                .map_err(|_| misconfigured("ACCOUNT_SID", "an account SID (`AC…`)"))?,
            workspace: WorkspaceSid::parse(raw.workspace.unwrap_or_default()).map_err(|_| {
                misconfigured("TWILIO_FLEX_WORKSPACE_SID", "a workspace SID (`WS…`)")
            })?,
            sync_service: SyncServiceSid::parse(raw.sync_service.unwrap_or_default())
                .map_err(|_| misconfigured("TWILIO_FLEX_SYNC_SID", "a Sync service SID (`IS…`)"))?,
            domain: raw
                .domain
                .filter(|domain| !domain.is_empty())
                .ok_or_else(|| misconfigured("DOMAIN_NAME", "the Functions' host name"))?,
            studio_flow: raw
                .studio_flow
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

/// The public address of the wake function of the Functions at `domain`.
#[must_use]
pub fn wake_url(domain: &str) -> String {
    format!("https://{domain}{}", path::WAKE)
}

fn misconfigured(field: &str, expected: &str) -> Wrong {
    (
        Refusal::Misconfigured {
            field: field.into(),
        },
        format!("environment variable `{field}`: expected {expected}"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]
    use super::*;
    use crate::sid::example as sid;
    use serde_json::json;

    fn parameters(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
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
        assert_eq!(
            Incoming::parse(path::PARK, &parameters(&json)),
            Incoming::parse(path::PARK, &parameters(&form))
        );
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
            let (refusal, message) = Incoming::parse(path::PARK, &parameters(&wrong)).unwrap_err();
            assert_eq!(
                refusal,
                Refusal::BadRequest {
                    field: field.into()
                }
            );
            assert!(message.contains(field), "{message}");
        }
    }

    #[test]
    fn what_a_flow_passes_on_is_a_wake_by_somebody_not_known_yet() {
        let wake = |value: &Value| match Incoming::parse(path::WAKE, &parameters(value)) {
            Ok(Incoming::Unpark { cause, message, .. }) => Ok((cause, message)),
            Ok(other) => Err(format!("{other:?}")),
            Err((_, message)) => Err(message),
        };
        let by_flow = json!({ "ConversationSid": sid("CH"), "MessageSid": sid("IM") });
        let message = MessageSid::parse(sid("IM")).ok();
        assert_eq!(wake(&by_flow), Ok((Cause::Wake(Vec::new()), message)));
        let without = json!({ "ConversationSid": sid("CH"), "MessageSid": "" });
        assert_eq!(wake(&without), Ok((Cause::Wake(Vec::new()), None)));
        let wrong = json!({ "ConversationSid": sid("CH"), "MessageSid": "{{trigger}}" });
        assert!(wake(&wrong).unwrap_err().contains("MessageSid"));

        let mut event = by_flow;
        event["EventType"] = json!("onMessageAdded");
        event["Author"] = json!("system");
        let by = MessageRef {
            author: "system".into(),
            participant: None,
        };
        assert_eq!(wake(&event), Ok((Cause::Wake(vec![by]), None)));
    }

    #[test]
    fn the_flow_is_optional_but_never_something_else() {
        const NAME: &str = "PARK_INTERACTION_STUDIO_FLOW_SID";
        let mut context = json!({
            "ACCOUNT_SID": sid("AC"), "TWILIO_FLEX_WORKSPACE_SID": sid("WS"),
            "TWILIO_FLEX_SYNC_SID": sid("IS"), "DOMAIN_NAME": "example.twil.io",
        });
        for (value, expected) in [
            (json!(null), Some(None)),
            (json!(""), Some(None)),
            (json!(sid("FW")), Some(FlowSid::parse(sid("FW")).ok())),
            (json!("my flow"), None),
        ] {
            context[NAME] = value;
            let parsed = Environment::parse(&context);
            let flow = parsed.as_ref().map(|found| found.studio_flow.clone());
            assert_eq!(flow.ok(), expected);
            if let Err((refusal, _)) = parsed {
                let field = NAME.into();
                assert_eq!(refusal, Refusal::Misconfigured { field });
            }
        }
    }

    #[test]
    fn a_missing_environment_variable_is_named() {
        let (refusal, _) = Environment::parse(&json!({ "ACCOUNT_SID": sid("AC") })).unwrap_err();
        assert_eq!(
            refusal,
            Refusal::Misconfigured {
                field: "TWILIO_FLEX_WORKSPACE_SID".into()
            }
        );
    }
}
