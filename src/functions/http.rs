//! Calls as HTTP requests to Twilio's REST APIs.

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::attributes::Attributes;
use crate::protocol::call::{
    Call, Claim, ClaimState, ConversationState, Invite, Item, PageRef, Source, Target, Webhook,
};
use crate::protocol::claim::TTL_SECONDS;
use crate::sid::{ConversationSid, QueueSid, WorkerSid, WorkflowSid, WorkspaceSid};

use super::incoming::Environment;

/// How long one request may take, in milliseconds.
const TIMEOUT: u32 = 2_000;

/// How long the task of a resume waits for the worker who asked for it, in seconds, before it is canceled and the
/// conversation is parked as before. Without it that would be a day.
const RESUME_TIMEOUT: u32 = 300;

/// How many entries a page of what may be parked has: 16 KB of attributes each come to less than a megabyte.
const PAGE_SIZE: u32 = 50;

const CONVERSATIONS: &str = "https://conversations.twilio.com/v1/Conversations";
const INTERACTIONS: &str = "https://flex-api.twilio.com/v1/Interactions";
const SYNC: &str = "https://sync.twilio.com/v1/Services";
const TASKROUTER: &str = "https://taskrouter.twilio.com/v1/Workspaces";
const IAM: &str = "https://iam.twilio.com/v1/Accounts";

/// A request as the official client takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Http {
    /// The method.
    pub method: Verb,
    /// The address, without a query.
    pub uri: String,
    /// The query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The body's fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Headers beyond the client's own.
    pub headers: Value,
    /// In milliseconds.
    pub timeout: u32,
}

/// An HTTP method, as the official client writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Reads.
    Get,
    /// Creates and updates.
    Post,
    /// Deletes.
    Delete,
}

/// What a claim's document holds.
#[derive(Serialize, Deserialize)]
pub(super) struct ClaimData {
    pub owner: String,
    pub until: u64,
    pub state: ClaimState,
}

impl Http {
    /// The request that performs `call`.
    #[must_use]
    pub fn of(call: &Call, environment: &Environment, token: &str) -> Self {
        let sync = format!("{SYNC}/{}", environment.sync_service);
        let taskrouter = format!("{TASKROUTER}/{}", environment.workspace);
        match call {
            Call::ValidateToken => Self::post(
                format!("{IAM}/{}/Tokens/validate", environment.account),
                json!({ "token": token }),
            )
            .header("Content-Type", "application/json"),
            Call::FetchConversation(sid) => Self::get(format!("{CONVERSATIONS}/{sid}")),
            Call::UpdateAttributes(sid, attributes) => Self::post(
                format!("{CONVERSATIONS}/{sid}"),
                json!({ "Attributes": attributes }),
            ),
            Call::ListParticipants(interaction, channel) => Self::get(format!(
                "{INTERACTIONS}/{interaction}/Channels/{channel}/Participants"
            ))
            .query(json!({ "PageSize": 50 })),
            Call::CloseParticipant(interaction, channel, participant) => Self::post(
                format!("{INTERACTIONS}/{interaction}/Channels/{channel}/Participants/{participant}"),
                json!({ "Status": "closed" }),
            ),
            Call::Invite(invite) => Self::post(
                format!(
                    "{INTERACTIONS}/{}/Channels/{}/Invites",
                    invite.interaction, invite.channel
                ),
                json!({ "Routing": routing(invite, environment) }),
            ),
            Call::FetchTask(sid) => Self::get(format!("{taskrouter}/Tasks/{sid}")),
            Call::ListInvites(interaction, channel) => Self::get(format!(
                "{INTERACTIONS}/{interaction}/Channels/{channel}/Invites"
            ))
            .query(json!({ "PageSize": 1_000 })),
            // Five is the most that a page holds, and that a conversation may have.
            Call::ListWebhooks(sid) => Self::get(format!("{CONVERSATIONS}/{sid}/Webhooks"))
                .query(json!({ "PageSize": 5 })),
            Call::CreateWebhook(webhook) => Self::post(
                format!("{CONVERSATIONS}/{}/Webhooks", webhook.conversation),
                arming(webhook),
            ),
            Call::DeleteWebhook(conversation, webhook) => {
                Self::delete(format!("{CONVERSATIONS}/{conversation}/Webhooks/{webhook}"))
            }
            Call::ListMessages(sid) => Self::get(format!("{CONVERSATIONS}/{sid}/Messages"))
                .query(json!({ "Order": "desc", "PageSize": 20 })),
            Call::FetchMessage(conversation, message) => {
                Self::get(format!("{CONVERSATIONS}/{conversation}/Messages/{message}"))
            }
            Call::FetchConversationParticipant(conversation, participant) => Self::get(format!(
                "{CONVERSATIONS}/{conversation}/Participants/{participant}"
            )),
            // Flex gives every worker the attribute `contact_uri`; its chat identity is the part behind `client:`.
            Call::FindWorker(identity) => Self::get(format!("{taskrouter}/Workers")).query(json!({
                "TargetWorkersExpression": format!("contact_uri == \"client:{}\"", quotable(identity)),
                "PageSize": 1,
            })),
            Call::CreateClaim(claim) => Self::post(
                format!("{sync}/Documents"),
                json!({
                    "UniqueName": claim_name(&claim.conversation),
                    "Data": claim_data(claim),
                    "Ttl": TTL_SECONDS,
                }),
            ),
            Call::FetchClaim(conversation) => {
                Self::get(format!("{sync}/Documents/{}", claim_name(conversation)))
            }
            Call::UpdateClaim(claim, revision) => Self::post(
                format!("{sync}/Documents/{}", claim_name(&claim.conversation)),
                json!({ "Data": claim_data(claim), "Ttl": TTL_SECONDS }),
            )
            .header("If-Match", revision),
            Call::CreateItem(item) | Call::PutBackItem(item) => Self::post(
                format!("{sync}/Maps/{}/Items", item.map),
                json!({ "Key": item.key, "Data": item.data, "Ttl": item.ttl }),
            ),
            Call::ReplaceItem(item) | Call::UpdateItem(item) => Self::post(
                format!("{sync}/Maps/{}/Items/{}", item.map, item.key),
                json!({ "Data": item.data, "Ttl": item.ttl }),
            ),
            Call::CreateMap(Item { map, .. }) => {
                Self::post(format!("{sync}/Maps"), json!({ "UniqueName": map }))
            }
            Call::DeleteItem(map, key) => Self::delete(format!("{sync}/Maps/{map}/Items/{key}")),
            Call::ListPage(source, page) => Self::page(source, page.as_ref(), &sync),
        }
    }

    fn new(method: Verb, uri: String) -> Self {
        Self {
            method,
            uri,
            params: None,
            data: None,
            headers: json!({}),
            timeout: TIMEOUT,
        }
    }

    fn get(uri: String) -> Self {
        Self::new(Verb::Get, uri)
    }

    fn delete(uri: String) -> Self {
        Self::new(Verb::Delete, uri)
    }

    fn post(uri: String, data: Value) -> Self {
        Self {
            data: Some(data),
            ..Self::new(Verb::Post, uri)
        }
    }

    fn page(source: &Source, page: Option<&PageRef>, sync: &str) -> Self {
        let in_state = |state| json!({ "State": state, "PageSize": PAGE_SIZE });
        let all = json!({ "PageSize": PAGE_SIZE });
        let (uri, first) = match source {
            Source::Conversations(ConversationState::Active) => {
                (CONVERSATIONS.into(), in_state("active"))
            }
            Source::Conversations(ConversationState::Inactive) => {
                (CONVERSATIONS.into(), in_state("inactive"))
            }
            Source::Lists => (format!("{sync}/Maps"), all),
            Source::Rows(map) => (format!("{sync}/Maps/{map}/Items"), all),
        };
        match page {
            Some(page) => Self::get(format!("{uri}?{}", page.query())),
            None => Self::get(uri).query(first),
        }
    }

    fn query(self, params: Value) -> Self {
        Self {
            params: Some(params),
            ..self
        }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        if let Some(headers) = self.headers.as_object_mut() {
            headers.insert(name.into(), value.into());
        }
        self
    }
}

/// Name of the document that is the claim on a conversation.
fn claim_name(conversation: &ConversationSid) -> String {
    format!("ParkInteraction_{conversation}")
}

fn claim_data(claim: &Claim) -> String {
    let data = ClaimData {
        owner: claim.owner.clone(),
        until: claim.until,
        state: claim.state,
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string(&data).unwrap_or_default()
}

/// An identity as it can stand in a quoted part of an expression. Flex's own identities hold no quotes; another
/// one with a quote in it is then simply nobody's.
fn quotable(identity: &str) -> String {
    identity
        .chars()
        .filter(|c| !matches!(c, '"' | '\\'))
        .collect()
}

/// What a webhook is armed with.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-scoped-webhook-resource>
fn arming(webhook: &Webhook) -> Value {
    let mut data = match &webhook.target {
        Target::Url(url) => json!({
            "Target": "webhook",
            "Configuration.Url": url,
            "Configuration.Method": "POST",
            // The second, so that a row goes when its conversation is closed.
            "Configuration.Filters": ["onMessageAdded", "onConversationStateUpdated"],
        }),
        // A flow hears of added messages, and of nothing else.
        Target::Flow(flow) => json!({
            "Target": "studio",
            "Configuration.FlowSid": flow,
        }),
    };
    if let (Some(index), Some(data)) = (webhook.replay_after, data.as_object_mut()) {
        data.insert("Configuration.ReplayAfter".into(), index.into());
    }
    data
}

/// The `Routing` of an invite, JSON text. The task's attributes go in as the text that they are, so that no number in
/// them is rounded.
fn routing(invite: &Invite, environment: &Environment) -> String {
    #[derive(Serialize)]
    struct Properties<'a> {
        workspace_sid: &'a WorkspaceSid,
        workflow_sid: &'a WorkflowSid,
        task_channel_unique_name: &'a str,
        attributes: Attributes,
        #[serde(skip_serializing_if = "Option::is_none")]
        queue_sid: Option<&'a QueueSid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        worker_sid: Option<&'a WorkerSid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        timeout: Option<u32>,
    }

    #[derive(Serialize)]
    struct Routing<'a> {
        properties: Properties<'a>,
    }

    let (queue_sid, worker_sid) = invite.worker.as_ref().map(|(q, w)| (q, w)).unzip();
    let properties = Properties {
        workspace_sid: &environment.workspace,
        workflow_sid: &invite.workflow,
        task_channel_unique_name: &invite.task_channel_unique_name,
        attributes: Attributes::parse(&invite.attributes).unwrap_or_default(),
        queue_sid,
        worker_sid,
        timeout: worker_sid.map(|_| RESUME_TIMEOUT),
    };
    // Texts and JSON always have a JSON form.
    serde_json::to_string(&Routing { properties }).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::functions::answer::read;
    use crate::protocol::Answer;
    use crate::sid::{
        example as sid, AccountSid, ChannelSid, FlowSid, InteractionSid, SyncServiceSid,
    };

    fn environment() -> Environment {
        Environment {
            account: AccountSid::example(),
            workspace: WorkspaceSid::example(),
            sync_service: SyncServiceSid::example(),
            domain: "example.twil.io".into(),
            studio_flow: None,
        }
    }

    #[test]
    fn an_identity_cannot_break_out_of_the_expression() {
        let http = Http::of(
            &Call::FindWorker("\" OR \"1\" == \"1".into()),
            &environment(),
            "",
        );
        let params = http.params.unwrap();
        let expression = params.get("TargetWorkersExpression").unwrap();
        assert_eq!(expression, "contact_uri == \"client: OR 1 == 1\"");
    }

    #[test]
    fn a_webhook_is_armed_and_read_back_by_what_it_tells() {
        let flow = FlowSid::example();
        for (target, sent, held) in [
            (
                Target::Flow(flow),
                json!({
                    "Target": "studio", "Configuration.FlowSid": sid("FW"),
                    "Configuration.ReplayAfter": 4,
                }),
                json!({ "flow_sid": sid("FW") }),
            ),
            (
                Target::Url("https://example.com".into()),
                json!({
                    "Target": "webhook", "Configuration.Url": "https://example.com",
                    "Configuration.Method": "POST",
                    "Configuration.Filters": ["onMessageAdded", "onConversationStateUpdated"],
                    "Configuration.ReplayAfter": 4,
                }),
                json!({ "url": "https://example.com", "method": "POST" }),
            ),
        ] {
            let conversation = ConversationSid::example();
            let call = Call::CreateWebhook(Webhook {
                conversation: conversation.clone(),
                target: target.clone(),
                replay_after: Some(4),
            });
            assert_eq!(Http::of(&call, &environment(), "").data, Some(sent));
            let body = json!({ "webhooks": [{ "sid": sid("WH"), "configuration": held }] });
            let answer = read(&Call::ListWebhooks(conversation), 200, &body);
            let Ok(Answer::Webhooks(armed)) = answer else {
                unreachable!("webhooks answer with webhooks")
            };
            assert_eq!(
                armed.into_iter().find_map(|armed| armed.target),
                Some(target)
            );
        }
    }

    #[test]
    fn the_attributes_of_the_next_task_go_out_to_the_letter() {
        let attributes = r#"{"order":12345678901234567890123,"amount":1.10,"a":1}"#;
        let invite = Invite {
            interaction: InteractionSid::example(),
            channel: ChannelSid::example(),
            workflow: WorkflowSid::example(),
            task_channel_unique_name: "chat".into(),
            attributes: attributes.into(),
            worker: None,
            earlier: Vec::new(),
        };
        let routing = routing(&invite, &environment());
        assert!(
            routing.contains(&format!(r#""attributes":{attributes}"#)),
            "{routing}"
        );
        assert!(!routing.contains("worker_sid"), "{routing}");
    }
}
