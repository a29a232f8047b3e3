//! I8: every request names only this conversation's own resources, whatever a record or row contains.

use memory_twilio::sids::{flow, queue, task, worker, workflow};
use memory_twilio::{the_channel, the_conversation, ADA, BEN, SUE, WAKE_URL};
use park_interaction::guardian::Guardian;
use park_interaction::sid::WorkerSid;
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{CreateInvite, Item, Target};
use park_interaction::twilio::AnyCall;

use crate::forged::their_webhook;
use crate::running::Role;
use crate::state::State;

/// Returns true if a call names only resources of the conversation.
pub fn names_only_its_own(state: &State, role: Role, call: &AnyCall) -> bool {
    let conversation = the_conversation();
    let channel = the_channel();
    match call {
        // Most of these name nothing. The log of another's task counts only if it names this conversation.
        AnyCall::ValidateToken(_)
        | AnyCall::FetchFlexConfiguration(_)
        | AnyCall::ListTaskEvents(_)
        | AnyCall::FindWorker(_) => true,
        AnyCall::FetchConversation(call) => call.0 == conversation,
        AnyCall::UpdateConversation(call) => call.conversation == conversation,
        AnyCall::ListMessages(call) => call.conversation == conversation,
        AnyCall::FetchMessage(call) => call.conversation == conversation,
        AnyCall::ListChatParticipants(call) => call.0 == conversation,
        AnyCall::RemoveChatParticipant(call) => call.conversation == conversation,
        AnyCall::ListWebhooks(call) => call.0 == conversation,
        AnyCall::CreateWebhook(call) => {
            call.conversation == conversation && is_own_target(&call.target)
        }
        AnyCall::UpdateWebhook(call) => {
            call.conversation == conversation
                && call.webhook != their_webhook()
                && is_own_address(&call.url)
        }
        AnyCall::DeleteWebhook(call) => {
            call.conversation == conversation && call.webhook != their_webhook()
        }
        AnyCall::FetchChannel(call) => call.0 == channel,
        AnyCall::CloseChannel(call) => call.0 == channel,
        AnyCall::ListParticipants(call) => call.0 == channel,
        AnyCall::CloseParticipant(call) => call.channel == channel,
        AnyCall::ListInvites(call) => call.0 == channel,
        AnyCall::ListTasks(call) => call.0 == channel.channel,
        AnyCall::CreateInvite(call) => is_own_invite(call),
        AnyCall::CreateInteraction(call) => {
            call.conversation == conversation && is_own_invite(&call.invite)
        }
        AnyCall::CreateMessage(call) => call.conversation == conversation,
        AnyCall::UpdateTask(call) => call.task == task(1),
        AnyCall::FetchTask(call) => state.world.tasks.contains_key(&call.0),
        AnyCall::FetchWorker(call) => people().any(|one| one == call.0),
        AnyCall::ListWorkerChannels(call) => people().any(|one| one == call.0),
        AnyCall::CreateClaim(call) => call.claim.conversation == conversation,
        AnyCall::FetchClaim(call) => call.0 == conversation,
        AnyCall::UpdateClaim(call) => call.claim.conversation == conversation,
        AnyCall::PutItem(call) => is_own_item(state, role, &call.item),
        AnyCall::UpdateItem(call) => is_own_item(state, role, &call.0),
        AnyCall::DeleteItem(call) => call.key == conversation && is_map_of_ours(&call.map),
        AnyCall::FetchItem(call) => {
            call.key == conversation
                && (call.map == MapName::notes(&conversation) || is_map_of_ours(&call.map))
        }
        // A call that is not listed names something else.
        _ => false,
    }
}

fn is_own_target(target: &Target) -> bool {
    match target {
        Target::Url(url) => is_own_address(url),
        Target::Flow(sid) => *sid == flow(1),
    }
}

/// Returns true if an address is the wake function's and leads to this conversation's channel.
fn is_own_address(url: &str) -> bool {
    let query = url
        .strip_prefix(WAKE_URL)
        .and_then(|rest| rest.strip_prefix('?'));
    let guardian = query.and_then(Guardian::from_query);
    guardian.is_some_and(|guardian| {
        guardian.channel == the_channel()
            && guardian.workflow == workflow(1)
            && guardian.queue == queue(1)
    })
}

fn is_own_invite(call: &CreateInvite) -> bool {
    call.channel == the_channel()
        && call.workflow == workflow(1)
        && call
            .worker
            .as_ref()
            .is_none_or(|named| named.queue == queue(1))
}

/// Returns true if an item is this conversation's: in the list of a worker who parks or has parked it, or among those that wait.
fn is_own_item(state: &State, role: Role, item: &Item) -> bool {
    let parks = match role {
        Role::Park(number) => Some(number),
        _ => state.owner,
    };
    let list = parks.map(|number| MapName::list_of(&worker(number)));
    item.key == the_conversation()
        && (Some(&item.map) == list.as_ref() || item.map == MapName::waiting(&item.key))
}

fn is_map_of_ours(map: &MapName) -> bool {
    let mut lists = people().map(|one| MapName::list_of(&one));
    let conversation = the_conversation();
    lists.any(|list| list == *map)
        || *map == MapName::waiting(&conversation)
        || *map == MapName::notes(&conversation)
}

fn people() -> impl Iterator<Item = WorkerSid> {
    [ADA, BEN, SUE].into_iter().map(worker)
}
