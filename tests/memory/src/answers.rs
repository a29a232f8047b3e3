//! The answer to each call.

use std::sync::Arc;

use park_interaction::attributes::{Attributes, CONVERSATION_LIMIT};
use park_interaction::guardian::LONGEST_ADDRESS;
use park_interaction::last_line::first_line;
use park_interaction::reply::Sees;
use park_interaction::sid::{MapSid, TaskSid, WebhookSid, WorkerSid};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{
    AllowUse, ArmedWebhook, Caller, ChannelState, ChatParticipant, ClaimedDocument, CloseChannel,
    CloseParticipant, Content, Conversation, ConversationState, CreateClaim, CreateInteraction,
    CreateInvite, CreateMessage, CreateWebhook, DeleteItem, DeleteWebhook, FetchChannel,
    FetchClaim, FetchConversation, FetchFlexConfiguration, FetchItem, FetchMessage, FetchTask,
    FetchWorker, FindWorker, Item, ListChatParticipants, ListConversations, ListInvites, ListItems,
    ListMaps, ListMessages, ListParticipants, ListTaskEvents, ListTasks, ListWebhooks,
    ListWorkerChannels, ListWorkers, ListedConversation, ListedRow, ListedWorker, MadeInteraction,
    MadeInvite, Message, NamedWorker, Page, Participant, PutItem, RemoveChatParticipant, Target,
    Task, TaskEvent, TaskStatus, TimersLeft, UpdateClaim, UpdateConversation, UpdateItem,
    UpdateTask, UpdateWebhook, ValidateToken, Worker, WorkerChannel,
};
use park_interaction::twilio::http::PageRef;
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::{Failure, Twilio};
use park_interaction::worker_team::WorkerTeam;

use crate::sids::{self, conversation, participant, task, webhook, worker};
use crate::{full_name, identity, MemoryItem, MemoryTask, MemoryTwilio, MemoryWebhook, PEOPLE};

/// Twilio's error for an invite into a closed conversation.
const INVITE_TO_CLOSED: u32 = 45_354;

/// Twilio's error for a change of a closed conversation.
const WRITE_TO_CLOSED: u32 = 50_377;

/// Twilio's error for a timer of less than a minute until a conversation is inactive.
const INACTIVE_TIMER_TOO_SHORT: u32 = 50_375;

/// Twilio's error for a timer of less than ten minutes until a conversation is closed.
const CLOSED_TIMER_TOO_SHORT: u32 = 50_376;

/// Twilio's error for attributes that are larger than [`CONVERSATION_LIMIT`].
const ATTRIBUTES_TOO_LARGE: u32 = 50_304;

/// Twilio's error for one webhook more than a conversation may have.
const TOO_MANY_WEBHOOKS: u32 = 50_361;

/// Twilio's error for an address of a webhook that is longer than [`LONGEST_ADDRESS`].
const ADDRESS_TOO_LONG: u32 = 50_372;

/// The most webhooks that a conversation may have.
const MOST_WEBHOOKS: usize = 5;

/// Twilio's error for a parameter that cannot be taken.
const INVALID_PARAMETER: u32 = 20_001;

/// Twilio's error for an interaction with a conversation that has a channel.
const CHANNEL_EXISTS: u32 = 20_409;

/// Twilio's error for an invite that names a worker who is in the channel.
const WORKER_IS_INSIDE: u32 = 80_102;

/// The most bytes of a task's attributes. Twilio's pages do not agree on a figure.
const LARGEST_TASK_ATTRIBUTES: usize = 8 * 1024;

/// The most chats that a worker takes at a time. Memory does not count those at work.
const CAPACITY: u32 = 3;

type Result<T> = std::result::Result<T, Failure>;

impl MemoryTwilio {
    pub(crate) fn add_task(
        &mut self,
        attributes: Arc<str>,
        named: Option<&NamedWorker>,
        now: Millis,
    ) -> TaskSid {
        let [_, made, _] = &mut self.made;
        *made += 1;
        let sid = task(*made);
        let new = MemoryTask {
            attributes,
            status: TaskStatus::Waiting,
            was_accepted: false,
            asks: named.map(|named| named.worker.clone()),
            times_out_at: named.map(|named| now + Millis::from(named.timeout_seconds) * 1_000),
            made_at: now,
            updated_at: now,
            version: 0,
        };
        self.tasks.insert(sid.clone(), new);
        sid
    }

    fn webhook_at(&self, sid: &WebhookSid) -> Result<usize> {
        let mut webhooks = self.webhooks.iter();
        let place = webhooks.position(|webhook| webhook.armed.sid == *sid);
        place.ok_or(Failure::NotFound)
    }

    fn put(&mut self, item: &Item) -> MapSid {
        let kept = MemoryItem {
            data: item.data.as_str().into(),
            ttl_seconds: item.ttl_seconds,
        };
        self.items.insert(item.map.clone(), kept);
        sids::map(1)
    }

    /// Returns a worker's team.
    fn team_of(&self, worker: &WorkerSid) -> WorkerTeam {
        let attributes = self.teams.get(worker).map(|team| {
            let mut attributes = Attributes::default();
            attributes.set("team_id", &**team);
            attributes
        });
        WorkerTeam::read(&attributes.unwrap_or_default())
    }

    fn has_item(&self, map: &MapName) -> bool {
        self.items.contains_key(map)
    }
}

/// Returns the refusal of a bad request.
fn refused(code: u32) -> Failure {
    Failure::Refused { status: 400, code }
}

fn version_of(task: &MemoryTask) -> String {
    format!("\"{}\"", task.version)
}

fn seconds(at: Millis) -> Millis {
    at / 1_000 * 1_000
}

impl Twilio for MemoryTwilio {
    fn validate_token(&mut self, _: &ValidateToken) -> Result<Caller> {
        // Twilio answers 200 with `valid: false`.
        self.caller
            .clone()
            .ok_or_else(|| Failure::UnreadableResponse {
                field: "valid".into(),
            })
    }

    fn fetch_conversation(&mut self, _: &FetchConversation) -> Result<Conversation> {
        Ok(Conversation {
            closed: self.closed,
            inactive: self.inactive,
            attributes: self.attributes.to_string(),
            updated_at: Some(seconds(self.timer_since)),
            inactive_at: self.shown_inactive_at().map(seconds),
            closed_at: self.closes_at().map(seconds),
        })
    }

    fn update_conversation(&mut self, call: &UpdateConversation) -> Result<TimersLeft> {
        if self.closed {
            return Err(refused(WRITE_TO_CLOSED));
        }
        let attributes = call.attributes.as_deref().unwrap_or_default();
        if attributes.len() > CONVERSATION_LIMIT {
            return Err(refused(ATTRIBUTES_TOO_LARGE));
        }
        if matches!(call.inactive_after_seconds, Some(1..60)) {
            return Err(refused(INACTIVE_TIMER_TOO_SHORT));
        }
        if matches!(call.closed_after_seconds, Some(1..600)) {
            return Err(refused(CLOSED_TIMER_TOO_SHORT));
        }
        if let Some(attributes) = &call.attributes {
            self.attributes = attributes.as_str().into();
        }
        if let Some(seconds) = call.inactive_after_seconds {
            self.timer_seconds = Some(seconds).filter(|seconds| *seconds > 0);
        }
        if let Some(seconds) = call.closed_after_seconds {
            self.closing_seconds = Some(seconds).filter(|seconds| *seconds > 0);
        }
        // Any change counts: the dates of the timers follow the date of the last change.
        self.timer_since = self.now;
        if call.close {
            self.close_conversation(self.now);
        }
        if call.activate {
            self.inactive = false;
        }
        let whole_seconds = |at: Millis| i64::try_from(at / 1_000).ok();
        let left =
            |ends_at: Option<Millis>| Some(whole_seconds(ends_at?)? - whole_seconds(self.now)?);
        Ok(TimersLeft {
            inactive_seconds: left(self.shown_inactive_at()),
            closed_seconds: left(self.closes_at()),
        })
    }

    fn list_messages(&mut self, call: &ListMessages) -> Result<Page<Message>> {
        // Pages of twenty, named by the number of messages on those before.
        let before: usize = match &call.page {
            None => 0,
            Some(page) => listed_before(page).ok_or(Failure::NotFound)?,
        };
        let newest_first = self.messages.iter().rev();
        let mut entries: Vec<Message> = newest_first.skip(before).take(20).cloned().collect();
        for message in &mut entries {
            let shown = message.written_at.map(seconds);
            message.written_at = shown.filter(|_| !self.readings.hides_message_times);
        }
        let listed = before + entries.len();
        let next = (listed < self.messages.len()).then(|| page_ref(listed));
        Ok(Page {
            entries,
            next: next.flatten(),
        })
    }

    fn fetch_message(&mut self, call: &FetchMessage) -> Result<Message> {
        let mut messages = self.messages.iter();
        let found = messages.find(|message| message.sid.as_ref() == Some(&call.message));
        found.cloned().ok_or(Failure::NotFound)
    }

    fn list_chat_participants(&mut self, _: &ListChatParticipants) -> Result<Vec<ChatParticipant>> {
        Ok(self.members.clone())
    }

    fn remove_chat_participant(&mut self, call: &RemoveChatParticipant) -> Result<()> {
        let before = self.members.len();
        self.members.retain(|member| member.sid != call.participant);
        done_if(self.members.len() < before)
    }

    fn list_webhooks(&mut self, _: &ListWebhooks) -> Result<Vec<ArmedWebhook>> {
        let webhooks = self.webhooks.iter();
        Ok(webhooks.map(|webhook| webhook.armed.clone()).collect())
    }

    fn create_webhook(&mut self, call: &CreateWebhook) -> Result<WebhookSid> {
        if self.closed {
            return Err(refused(WRITE_TO_CLOSED));
        }
        if self.webhooks.len() >= MOST_WEBHOOKS {
            return Err(refused(TOO_MANY_WEBHOOKS));
        }
        if matches!(&call.target, Target::Url(url) if url.len() > LONGEST_ADDRESS) {
            return Err(refused(ADDRESS_TOO_LONG));
        }
        let [.., made] = &mut self.made;
        *made += 1;
        let sid = webhook(*made);
        self.webhooks.push(MemoryWebhook {
            armed: ArmedWebhook {
                sid: sid.clone(),
                target: Some(call.target.clone()),
            },
            events: call.events,
        });
        Ok(sid)
    }

    fn update_webhook(&mut self, call: &UpdateWebhook) -> Result<()> {
        let place = self.webhook_at(&call.webhook)?;
        if call.url.len() > LONGEST_ADDRESS {
            return Err(refused(ADDRESS_TOO_LONG));
        }
        // An address makes no other target of a flow.
        if let Some(MemoryWebhook {
            armed:
                ArmedWebhook {
                    target: Some(Target::Url(url)),
                    ..
                },
            ..
        }) = self.webhooks.get_mut(place)
        {
            url.clone_from(&call.url);
        }
        Ok(())
    }

    fn delete_webhook(&mut self, call: &DeleteWebhook) -> Result<()> {
        let place = self.webhook_at(&call.webhook)?;
        self.webhooks.remove(place);
        Ok(())
    }

    fn fetch_channel(&mut self, call: &FetchChannel) -> Result<ChannelState> {
        self.find_channel(&call.0)?;
        Ok(if self.closed {
            ChannelState::Closed
        } else {
            ChannelState::Open
        })
    }

    fn close_channel(&mut self, call: &CloseChannel) -> Result<()> {
        self.find_channel(&call.0)?;
        if self.readings.refuses_empty_end && self.agents() == 0 {
            // Twilio documents no code.
            return Err(refused(INVALID_PARAMETER));
        }
        self.close_conversation(self.now);
        Ok(())
    }

    fn list_participants(&mut self, call: &ListParticipants) -> Result<Vec<Participant>> {
        self.find_channel(&call.0)?;
        let mut listed = self.participants.clone();
        if self.readings.lists_who_left {
            listed.extend(self.left.clone());
        }
        listed.splice(0..0, (0..self.readings.left_long_ago).map(left_long_ago));
        Ok(listed)
    }

    fn close_participant(&mut self, call: &CloseParticipant) -> Result<()> {
        self.find_channel(&call.channel)?;
        let mut participants = self.participants.iter();
        let place = participants
            .position(|one| one.sid == call.participant)
            .ok_or(Failure::NotFound)?;
        self.close(place, self.now);
        Ok(())
    }

    fn create_message(&mut self, call: &CreateMessage) -> Result<u32> {
        done_if(call.conversation == conversation(1))?;
        if self.closed {
            return Err(refused(WRITE_TO_CLOSED));
        }
        let now = self.now;
        let mut members = self.members.iter();
        let author = members.find(|one| one.identity.as_deref() == Some(&call.author));
        let participant = author.map(|one| one.sid.clone());
        self.write(&call.author, participant, now);
        let written = self.messages.last_mut().ok_or(Failure::Unavailable)?;
        written.notice = Some(call.notice.clone());
        written.line = match &call.content {
            Content::Text(text) => first_line(text),
            Content::Template(_) => None,
        };
        Ok(written.index)
    }

    fn update_task(&mut self, call: &UpdateTask) -> Result<()> {
        let now = self.now;
        let task = self.tasks.get_mut(&call.task).ok_or(Failure::NotFound)?;
        let version = version_of(task);
        if call.version.as_ref().is_some_and(|one| *one != version) {
            return Err(Failure::Conflict);
        }
        task.version += 1;
        task.attributes = call.attributes.as_str().into();
        task.updated_at = now;
        Ok(())
    }

    fn list_tasks(&mut self, call: &ListTasks) -> Result<Vec<TaskSid>> {
        let is_ours = call.0 == self.channel().channel;
        let open = self
            .tasks
            .iter()
            .filter(|(_, task)| is_ours && task.status.is_open());
        Ok(open.map(|(sid, _)| sid.clone()).collect())
    }

    fn list_invites(&mut self, call: &ListInvites) -> Result<Vec<MadeInvite>> {
        self.find_channel(&call.0)?;
        if self.readings.refuses_invites {
            return Err(Failure::Refused {
                status: 405,
                code: 20_004,
            });
        }
        let hidden = self.readings.invites_show_after_ms;
        let shown = self
            .tasks
            .iter()
            .filter(|(_, task)| task.made_at + hidden <= self.now);
        Ok(shown
            .map(|(sid, task)| MadeInvite {
                task: sid.clone(),
                created_at: Some(seconds(task.made_at)),
            })
            .collect())
    }

    fn create_interaction(&mut self, call: &CreateInteraction) -> Result<MadeInteraction> {
        if self.closed {
            return Err(refused(INVITE_TO_CLOSED));
        }
        if !self.channel_is_gone {
            return Err(Failure::Refused {
                status: 409,
                code: CHANNEL_EXISTS,
            });
        }
        self.channel_is_gone = false;
        self.channel_number += 1;
        // A new interaction takes everybody in the conversation for a customer.
        for _ in 0..self.members.len() {
            self.join_channel(None, None);
        }
        let channel = self.channel();
        let invite = CreateInvite {
            channel: channel.clone(),
            ..call.invite.clone()
        };
        let task = self.create_invite(&invite)?;
        Ok(MadeInteraction { channel, task })
    }

    fn create_invite(&mut self, call: &CreateInvite) -> Result<Option<TaskSid>> {
        self.find_channel(&call.channel)?;
        if self.closed {
            return Err(refused(INVITE_TO_CLOSED));
        }
        if call.attributes.len() > LARGEST_TASK_ATTRIBUTES {
            return Err(refused(INVALID_PARAMETER));
        }
        if self.inactive && self.readings.refuses_inactive {
            // Twilio documents no code.
            return Err(refused(INVALID_PARAMETER));
        }
        let named = call.worker.as_ref().map(|named| &named.worker);
        let mut inside = self.participants.iter();
        if named.is_some() && inside.any(|one| one.worker.as_ref() == named) {
            return Err(Failure::Refused {
                status: 409,
                code: WORKER_IS_INSIDE,
            });
        }
        // Flex writes the place of a task into its attributes.
        let mut attributes = Attributes::parse(&call.attributes).unwrap_or_default();
        attributes.set("conversationSid", &conversation(1));
        attributes.set("flexInteractionSid", &call.channel.interaction);
        attributes.set("flexInteractionChannelSid", &call.channel.channel);
        let sid = self.add_task(attributes.text().into(), call.worker.as_ref(), self.now);
        let is_in_vain = call.worker.as_ref().is_some_and(|named| {
            self.full.contains(&named.worker) || self.away.contains(&named.worker)
        });
        if is_in_vain && self.readings.cancels_in_vain {
            self.set_status(&sid, TaskStatus::Over, self.now);
        }
        Ok(Some(sid))
    }

    fn fetch_task(&mut self, call: &FetchTask) -> Result<Task> {
        let task = self.tasks.get(&call.0).ok_or(Failure::NotFound)?;
        Ok(Task {
            attributes: task.attributes.to_string(),
            workflow: Some(sids::workflow(1)),
            queue: Some(sids::queue(1)),
            queue_name: "Everyone".into(),
            task_channel_unique_name: "chat".into(),
            status: task.status,
            was_accepted: task.was_accepted && task.status == TaskStatus::Over,
            updated_at: Some(seconds(task.updated_at)),
            version: Some(version_of(task)),
        })
    }

    fn list_task_events(&mut self, call: &ListTaskEvents) -> Result<Vec<TaskEvent>> {
        if call.0 == task(1) {
            Ok(self.events.clone())
        } else {
            Ok(Vec::new())
        }
    }

    fn find_worker(&mut self, call: &FindWorker) -> Result<bool> {
        Ok(PEOPLE
            .into_iter()
            .any(|number| identity(number) == call.identity))
    }

    fn fetch_worker(&mut self, call: &FetchWorker) -> Result<Worker> {
        is_known(&call.0)?;
        Ok(Worker {
            is_available: !self.away.contains(&call.0),
            name: name_of(&call.0),
            team: self.team_of(&call.0),
        })
    }

    fn list_workers(&mut self, _: &ListWorkers) -> Result<Page<ListedWorker>> {
        let shows_attributes = !self.readings.hides_listed_attributes;
        Ok(one_page(PEOPLE.into_iter().map(|number| {
            let sid = worker(number);
            let is_available = !self.away.contains(&sid);
            ListedWorker {
                name: if shows_attributes {
                    full_name(number).into()
                } else {
                    identity(number).into()
                },
                team: if shows_attributes {
                    self.team_of(&sid)
                } else {
                    WorkerTeam::default()
                },
                shows_attributes,
                activity: if is_available { "Available" } else { "Offline" }.into(),
                is_available,
                sid,
            }
        })))
    }

    fn fetch_flex_configuration(&mut self, _: &FetchFlexConfiguration) -> Result<Sees> {
        Ok(self.supervisors_see)
    }

    fn list_worker_channels(&mut self, call: &ListWorkerChannels) -> Result<Vec<WorkerChannel>> {
        is_known(&call.0)?;
        Ok(vec![WorkerChannel {
            task_channel_unique_name: "chat".into(),
            has_room: !self.full.contains(&call.0),
            capacity: CAPACITY,
            free: if self.full.contains(&call.0) {
                0
            } else {
                CAPACITY
            },
        }])
    }

    fn create_claim(&mut self, call: &CreateClaim) -> Result<ClaimedDocument> {
        self.claim.create(call, self.now)
    }

    fn fetch_claim(&mut self, _: &FetchClaim) -> Result<ClaimedDocument> {
        self.claim.read(self.now)
    }

    fn update_claim(&mut self, call: &UpdateClaim) -> Result<ClaimedDocument> {
        self.claim.update(call, self.now)
    }

    fn put_item(&mut self, call: &PutItem) -> Result<Option<MapSid>> {
        let map = &call.item.map;
        if call.makes_map() {
            return if self.maps.insert(map.clone()) {
                Ok(None)
            } else {
                Err(Failure::Conflict)
            };
        }
        if !self.maps.contains(map) || (call.replaces() && !self.has_item(map)) {
            return Err(Failure::NotFound);
        }
        if !call.replaces() && self.has_item(map) {
            return Err(Failure::Conflict);
        }
        Ok(Some(self.put(&call.item)))
    }

    fn allow_use(&mut self, call: &AllowUse) -> Result<()> {
        match (call.makes_map(), self.maps.contains(&call.map)) {
            (true, true) => Err(Failure::Conflict),
            (false, false) => Err(Failure::NotFound),
            (false, true) => Ok(()),
            (true, false) => {
                self.maps.insert(call.map.clone());
                Ok(())
            }
        }
    }

    fn update_item(&mut self, call: &UpdateItem) -> Result<()> {
        if !self.has_item(&call.0.map) {
            return Err(Failure::NotFound);
        }
        self.put(&call.0);
        Ok(())
    }

    fn fetch_item(&mut self, call: &FetchItem) -> Result<String> {
        let item = self.items.get(&call.map).ok_or(Failure::NotFound)?;
        Ok(item.data.to_string())
    }

    fn delete_item(&mut self, call: &DeleteItem) -> Result<()> {
        let gone = self.items.remove(&call.map);
        done_if(gone.is_some())
    }

    fn list_conversations(&mut self, call: &ListConversations) -> Result<Page<ListedConversation>> {
        let is_asked_for = match call.state {
            ConversationState::Active => !self.inactive && !self.closed,
            ConversationState::Inactive => self.inactive && !self.closed,
        };
        let listed = ListedConversation {
            sid: conversation(1),
            attributes: self.attributes.to_string(),
        };
        Ok(one_page(is_asked_for.then_some(listed)))
    }

    fn list_maps(&mut self, _: &ListMaps) -> Result<Page<WorkerSid>> {
        let owners = PEOPLE.into_iter().map(worker);
        let has_map = |worker: &WorkerSid| self.maps.contains(&MapName::list_of(worker));
        Ok(one_page(owners.filter(has_map)))
    }

    fn list_items(&mut self, call: &ListItems) -> Result<Page<ListedRow>> {
        done_if(self.maps.contains(&call.map) || self.other_rows > 0)?;
        let row = self.has_item(&call.map).then(|| conversation(1));
        let others = (0..self.other_rows).map(|number| conversation(2 + number));
        // The higher the number, the older the row.
        Ok(one_page(row.into_iter().chain(others).enumerate().map(
            |(number, conversation)| ListedRow {
                conversation,
                parked_at: Some(10_000_000 - number as Millis * 1_000),
                customer: Some(format!("Customer {number}")),
            },
        )))
    }
}

fn one_page<T>(entries: impl IntoIterator<Item = T>) -> Page<T> {
    Page {
        entries: entries.into_iter().collect(),
        next: None,
    }
}

fn page_ref(listed: usize) -> Option<PageRef> {
    format!("after={listed}").try_into().ok()
}

fn listed_before(page: &PageRef) -> Option<usize> {
    page.query().strip_prefix("after=")?.parse().ok()
}

/// Returns the name for people of a worker.
fn name_of(asked: &WorkerSid) -> Option<String> {
    let mut people = PEOPLE.into_iter();
    let number = people.find(|number| worker(*number) == *asked)?;
    Some(full_name(number).into())
}

/// Fails unless a worker is one of the contact centre's people.
fn is_known(asked: &WorkerSid) -> Result<()> {
    done_if(PEOPLE.into_iter().any(|number| worker(number) == *asked))
}

fn done_if(done: bool) -> Result<()> {
    if done {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// Returns an agent who left the channel in earlier years, and whose task was removed.
fn left_long_ago(number: u32) -> Participant {
    let number = 1_000 + number;
    Participant {
        sid: participant(number),
        internal: true,
        worker: Some(worker(number)),
        task: Some(task(number)),
    }
}
