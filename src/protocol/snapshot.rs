//! A snapshot of a conversation: its state, webhooks, participants, channel and tasks, as an operation has read them.
//!
//! No single call that may be made often returns the open tasks of a channel: the search of tasks by attributes is
//! limited to three requests per second and account. So the snapshot reads the channel's invites, and then the tasks of
//! the newest ones. Twilio does not document whether it lists invites at all, nor whether it still lists participants
//! who have left. If the list of invites is refused, or if it lists many people, the search by attributes is the last
//! resort. If that fails too, only the task in the webhook's address is known.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::guardian::Guardian;
use crate::park_note::{self, ParkNote};
use crate::record::{without_record, ParkedRecord};
use crate::sid::{ConversationSid, FlowSid, ParticipantSid, TaskSid, WebhookSid, WorkerSid};
use crate::twilio::calls::{
    ArmedWebhook, ChannelRef, ChatParticipant, Conversation, FetchConversation, FetchItem,
    FetchTask, ListChatParticipants, ListInvites, ListParticipants, ListTaskEvents, ListTasks,
    ListWebhooks, MadeInvite, Participant, Target, Task, TaskStatus,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::armed::{self, is_another_unpark, is_at, wake_query, ArmedGuardian};
use super::calls::{Calls, Finished, Slot};
use super::{evidence, OperationContext};

/// The tolerance for clock skew and for Twilio's times, which are full seconds.
pub(super) const CLOCK_TOLERANCE_MS: Millis = 5_000;

/// The number of newest invites whose tasks are read. An old conversation may have hundreds, and an open task belongs
/// to one of the last few.
const NEWEST_INVITES: usize = 5;

/// The most people in the channel whose tasks are read one by one. Twilio may list everybody who was ever in it.
const MOST_PEOPLE: usize = 5;

/// A snapshot of a conversation, and of everything that shows whether an agent is there for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ConversationSnapshot {
    sid: ConversationSid,
    pub conversation: Slot<FetchConversation>,
    pub webhooks: Slot<ListWebhooks>,
    /// The participants of the conversation.
    pub members: Slot<ListChatParticipants>,
    /// The channel whose participants and invites were read.
    channel: Option<ChannelRef>,
    /// The participants of the channel.
    pub participants: Slot<ListParticipants>,
    invites: Slot<ListInvites>,
    /// The open tasks, found by their attributes.
    found_tasks: Slot<ListTasks>,
    /// The tasks that were read one by one.
    tasks: BTreeMap<TaskSid, Slot<FetchTask>>,
    /// The log of the parked task, if no webhook has a guardian.
    events: Slot<ListTaskEvents>,
    /// The reason and the note of the park.
    note: Slot<FetchItem>,
}

impl ConversationSnapshot {
    /// Makes an empty snapshot.
    pub fn new(sid: ConversationSid) -> Self {
        Self {
            sid,
            conversation: Slot::Empty,
            webhooks: Slot::Empty,
            members: Slot::Empty,
            channel: None,
            participants: Slot::Empty,
            invites: Slot::Empty,
            found_tasks: Slot::Empty,
            tasks: BTreeMap::new(),
            events: Slot::Empty,
            note: Slot::Empty,
        }
    }

    /// Starts to read the conversation and its webhooks.
    pub fn read_conversation(&mut self, calls: &mut Calls) {
        self.read_state(calls);
        self.read_webhooks(calls);
    }

    /// Starts to read the conversation.
    pub fn read_state(&mut self, calls: &mut Calls) {
        self.conversation
            .ask(calls, FetchConversation(self.sid.clone()));
    }

    /// Starts to read the webhooks.
    pub fn read_webhooks(&mut self, calls: &mut Calls) {
        self.webhooks.ask(calls, ListWebhooks(self.sid.clone()));
    }

    /// Starts to read the participants of the conversation.
    pub fn read_members(&mut self, calls: &mut Calls) {
        self.members
            .ask(calls, ListChatParticipants(self.sid.clone()));
    }

    /// Starts to read a channel, unless it was read before.
    pub fn read_channel(&mut self, calls: &mut Calls, channel: &ChannelRef) {
        if self.channel.as_ref() == Some(channel) {
            return;
        }
        self.forget_channel();
        self.channel = Some(channel.clone());
        self.participants
            .ask(calls, ListParticipants(channel.clone()));
        self.invites.ask(calls, ListInvites(channel.clone()));
    }

    /// Starts to read a task, unless it was read before.
    pub fn read_task(&mut self, calls: &mut Calls, task: &TaskSid) {
        if !self.tasks.contains_key(task) {
            let mut slot = Slot::Empty;
            slot.ask(calls, FetchTask(task.clone()));
            self.tasks.insert(task.clone(), slot);
        }
    }

    /// Starts to read the log of the task in the record, if no webhook has a guardian.
    pub fn read_evidence(&mut self, calls: &mut Calls, context: &OperationContext) {
        let is_read = self.conversation.result().is_some() && self.webhooks.result().is_some();
        if !is_read || !self.events.is_empty() || self.armed(context).next().is_some() {
            return;
        }
        if let Some(task) = self.record().and_then(|record| record.task_sid) {
            self.events.ask(calls, ListTaskEvents(task));
        }
    }

    /// Starts to read the reason and the note of the park, unless they were read before.
    pub fn read_note(&mut self, calls: &mut Calls) {
        if self.note.is_empty() {
            self.note.ask(calls, park_note::fetch(&self.sid));
        }
    }

    /// Returns the reason and the note of the park, as far as they could be read.
    pub fn note(&self) -> ParkNote {
        let data = self.note.ok().map(String::as_str);
        ParkNote::read(data.unwrap_or_default())
    }

    /// Returns the failure if the reason and the note could not be read. A note that does not exist is none.
    pub fn note_failure(&self) -> Option<&Failure> {
        let failure = self.note.failure();
        failure.filter(|failure| **failure != Failure::NotFound)
    }

    /// Forgets the channel, so that it can be read again.
    pub fn forget_channel(&mut self) {
        self.channel = None;
        self.participants = Slot::Empty;
        self.invites = Slot::Empty;
        self.found_tasks = Slot::Empty;
        self.tasks.clear();
    }

    /// Takes the result of a call, if it belongs to the snapshot.
    pub fn take(&mut self, finished: &Finished) {
        let Self {
            conversation,
            webhooks,
            members,
            participants,
            invites,
            found_tasks,
            tasks,
            events,
            note,
            ..
        } = self;
        // Each slot takes only the result of its own call.
        conversation.take(finished);
        webhooks.take(finished);
        members.take(finished);
        participants.take(finished);
        invites.take(finished);
        found_tasks.take(finished);
        events.take(finished);
        note.take(finished);
        for task in tasks.values_mut() {
            task.take(finished);
        }
    }

    /// Starts to read the tasks that may be open, as soon as they are known.
    pub fn read_tasks(&mut self, calls: &mut Calls, context: &OperationContext) {
        if let Some(channel) = self.channel.as_ref().filter(|_| self.needs_task_search()) {
            let call = ListTasks(channel.channel.clone());
            if self.found_tasks.is_empty() {
                self.found_tasks.ask(calls, call);
            }
        }
        let guardian = self.guardian(context);
        for task in self.tasks_that_may_be_open(guardian.as_ref()) {
            self.read_task(calls, &task);
        }
    }

    /// Returns true if only the search by attributes can find the open tasks.
    fn needs_task_search(&self) -> bool {
        let are_refused = self.invites.failure().is_some_and(Failure::is_lasting);
        self.participants.ok().is_some() && (are_refused || self.people().count() > MOST_PEOPLE)
    }

    fn tasks_that_may_be_open(&self, guardian: Option<&Guardian>) -> Vec<TaskSid> {
        let is_known = self.participants.result().is_some() && self.invites.result().is_some();
        if !self.has_place() || !is_known {
            return Vec::new();
        }
        let known = guardian.and_then(Guardian::invited_task).cloned();
        match self.found_tasks.result() {
            Some(Ok(open)) => open.iter().cloned().chain(known).collect(),
            None if self.needs_task_search() => Vec::new(),
            None | Some(Err(_)) => {
                let of_invites = self.tasks_of_newest_invites(guardian).into_iter();
                // Twilio seems to list the newest people last.
                let of_people = self.people().filter_map(|person| person.task.clone());
                let of_people: Vec<TaskSid> = of_people.collect();
                let newest = of_people.into_iter().rev().take(MOST_PEOPLE);
                of_invites.chain(newest).chain(known).collect()
            }
        }
    }

    fn tasks_of_newest_invites(&self, guardian: Option<&Guardian>) -> Vec<TaskSid> {
        let invites = self.invites.ok().into_iter().flatten();
        let mut invites: Vec<&MadeInvite> = invites
            .filter(|invite| !is_over(invite, guardian))
            .collect();
        invites.sort_by_key(|invite| Reverse(invite.created_at.unwrap_or(Millis::MAX)));
        let newest = invites.into_iter().take(NEWEST_INVITES);
        newest.map(|one| one.task.clone()).collect()
    }

    /// Returns the open tasks. `None`: some reads have no result yet.
    pub fn open_tasks(&self) -> Option<Result<Vec<TaskSid>, Failure>> {
        self.participants.result()?;
        if let Some(failure) = self.invites.result()?.as_ref().err() {
            if !failure.is_lasting() {
                return Some(Err(failure.clone()));
            }
        }
        if self.needs_task_search() {
            self.found_tasks.result()?;
        }
        let mut open = Vec::new();
        for (sid, task) in &self.tasks {
            match task.result()? {
                Ok(task) if task.status.is_open() => open.push(sid.clone()),
                // Twilio deletes a task some minutes after it has ended.
                Ok(_) | Err(Failure::NotFound) => {}
                Err(failure) => return Some(Err(failure.clone())),
            }
        }
        Some(Ok(open))
    }

    /// Returns a task that was read, or the failure.
    pub fn task(&self, task: &TaskSid) -> Option<&Result<Task, Failure>> {
        self.tasks.get(task)?.result()
    }

    /// Returns the tasks of all invites that were ever created.
    pub fn invited_tasks(&self) -> Vec<TaskSid> {
        let invites = self.invites.ok().into_iter().flatten();
        invites.map(|invite| invite.task.clone()).collect()
    }

    /// Returns the task of the newest invite since the park, which the address may lack. `None` also means that Twilio's list
    /// does not show it.
    pub fn invited_since_park(&self, guardian: &Guardian) -> Option<&TaskSid> {
        guardian.parked_at?;
        let invites = self.invites.ok()?.iter();
        invites
            .filter(|invite| invite.created_at.is_some() && !is_over(invite, Some(guardian)))
            .max_by_key(|invite| invite.created_at)
            .map(|invite| &invite.task)
    }

    /// Returns the creation time of a task's invite.
    pub fn invited_at(&self, task: &TaskSid) -> Option<Millis> {
        let mut invites = self.invites.ok()?.iter();
        invites.find(|invite| invite.task == *task)?.created_at
    }

    /// Returns the conversation, if it could be read.
    pub fn conversation(&self) -> Option<&Conversation> {
        self.conversation.ok()
    }

    /// Returns true if it is known where the conversation is parked, as far as attributes and webhooks show it.
    pub fn has_place(&self) -> bool {
        self.conversation.result().is_some() && self.webhooks.result().is_some()
    }

    /// Returns the parked record.
    pub fn record(&self) -> Option<ParkedRecord> {
        ParkedRecord::find(&self.conversation()?.attributes)
    }

    /// Returns the conversation's attributes without the parked record, with displaced values restored. `None`: there
    /// is no record.
    pub fn attributes_without_record(&self) -> Option<String> {
        without_record(&self.conversation()?.attributes)
    }

    /// Returns the agents and supervisors who are in the channel.
    ///
    /// Twilio does not document whether the list of participants contains those who have left. So a person whose task
    /// has ended counts as gone.
    pub fn internal(&self) -> impl Iterator<Item = &Participant> {
        self.people().filter(|person| self.may_be_at_work(person))
    }

    fn people(&self) -> impl Iterator<Item = &Participant> {
        let participants = self.participants.ok().into_iter().flatten();
        participants.filter(|participant| participant.internal)
    }

    fn may_be_at_work(&self, person: &Participant) -> bool {
        let Some(task) = &person.task else {
            return true;
        };
        match self.task(task) {
            Some(Ok(task)) => task.status.is_open(),
            Some(Err(failure)) => *failure != Failure::NotFound,
            None => self.found_tasks.ok().is_none_or(|open| open.contains(task)),
        }
    }

    /// Returns a worker's participant of the channel.
    pub fn participant_of(&self, worker: &WorkerSid) -> Option<ParticipantSid> {
        self.internal()
            .find(|participant| participant.worker.as_ref() == Some(worker))
            .map(|participant| participant.sid.clone())
    }

    /// Returns true if a worker has the conversation or is being asked.
    pub fn has_open_task(&self) -> bool {
        matches!(self.open_tasks(), Some(Ok(tasks)) if !tasks.is_empty())
    }

    /// Returns the status of the last invite's task, and the time of its last change. `None`: it was not read.
    pub fn last_invite(&self, guardian: &Guardian) -> Option<(TaskStatus, Option<Millis>)> {
        match self.task(guardian.invited_task()?)? {
            Ok(task) => Some((task.status, task.updated_at)),
            Err(Failure::NotFound) => Some((TaskStatus::Over, None)),
            Err(_) => None,
        }
    }

    /// Returns true if the channel does not exist. Twilio deletes it after 180 days without a change.
    pub fn channel_is_gone(&self) -> bool {
        self.participants.failure() == Some(&Failure::NotFound)
    }

    /// Returns the customer's medium. A customer without an address outside Twilio uses web chat.
    pub fn medium(&self) -> &str {
        let members = self.members.ok().into_iter().flatten();
        let mut outside = members.filter(|member| member.address.is_some());
        outside
            .find_map(|member| member.medium.as_deref())
            .unwrap_or("web")
    }

    /// Returns the participant of the conversation with this identity.
    pub fn member(&self, identity: &str) -> Option<&ChatParticipant> {
        let has_it = |member: &&ChatParticipant| {
            member
                .identity
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(identity))
        };
        self.members.ok()?.iter().find(has_it)
    }

    /// Returns the guardian of the conversation: of the newest webhook or, if no webhook has one, from `TaskRouter`'s
    /// log of the parked task.
    pub fn guardian(&self, context: &OperationContext) -> Option<Guardian> {
        let newest = self.newest(context).map(|armed| armed.guardian);
        newest.or_else(|| self.verified(context))
    }

    /// Returns the newest webhook with a guardian. One that calls our function comes before one that calls another
    /// domain.
    pub fn newest(&self, context: &OperationContext) -> Option<ArmedGuardian> {
        armed::newest(self.armed(context))
    }

    /// Returns the webhooks with a guardian.
    pub fn armed<'a>(
        &'a self,
        context: &'a OperationContext,
    ) -> impl Iterator<Item = ArmedGuardian> + 'a {
        armed::guardians(self.all_webhooks(), &context.wake_url)
    }

    /// Returns the webhook that calls our function, whose address keeps the guardian.
    pub fn own_webhook(&self, context: &OperationContext) -> Option<WebhookSid> {
        let newest = self.newest(context).filter(|armed| armed.is_ours);
        let calls_us = |webhook: &&ArmedWebhook| {
            wake_query(webhook).is_some_and(|address| is_at(address.url, &context.wake_url))
        };
        newest.map(|armed| armed.webhook).or_else(|| {
            let template = self.all_webhooks().find(calls_us);
            template.map(|webhook| webhook.sid.clone())
        })
    }

    /// Returns true if the customer's next message reaches our wake function.
    pub fn hears_messages(&self, context: &OperationContext) -> bool {
        self.armed(context).any(|armed| {
            armed.is_ours
                && match &armed.guardian.flow {
                    None => true,
                    Some(flow) => self.flow_webhook(flow).is_some(),
                }
        })
    }

    /// Returns the webhook that runs a flow.
    pub fn flow_webhook(&self, flow: &FlowSid) -> Option<&WebhookSid> {
        let runs_it = |webhook: &&ArmedWebhook| matches!(&webhook.target, Some(Target::Flow(other)) if other == flow);
        self.all_webhooks()
            .find(runs_it)
            .map(|webhook| &webhook.sid)
    }

    /// Returns the webhook and the flow of a Studio flow that parking did not arm.
    pub fn other_flow(&self, context: &OperationContext) -> Option<(WebhookSid, FlowSid)> {
        let ours = self.all_guardians(context);
        self.all_webhooks()
            .find_map(|webhook| match &webhook.target {
                Some(Target::Flow(flow)) if !ours.contains(&webhook.sid) => {
                    Some((webhook.sid.clone(), flow.clone()))
                }
                Some(Target::Flow(_) | Target::Url(_)) | None => None,
            })
    }

    /// Returns all webhooks that parking armed: ours, those of our Functions at a former domain, the template's, the
    /// owner's flow, and the one in the record if it calls another parking plugin.
    pub fn all_guardians(&self, context: &OperationContext) -> Vec<WebhookSid> {
        let flows: Vec<FlowSid> = self
            .armed(context)
            .filter_map(|armed| armed.guardian.flow)
            .chain(context.wake_flow.clone())
            .collect();
        let named = self.record().and_then(|record| record.webhook_sid);
        self.all_webhooks()
            .filter(|webhook| match &webhook.target {
                Some(Target::Flow(flow)) => flows.contains(flow),
                Some(Target::Url(url)) => {
                    wake_query(webhook).is_some()
                        || (Some(&webhook.sid) == named.as_ref() && is_another_unpark(url))
                }
                None => false,
            })
            .map(|webhook| webhook.sid.clone())
            .collect()
    }

    /// Returns the number of webhooks.
    pub fn webhook_count(&self) -> usize {
        self.all_webhooks().count()
    }

    fn all_webhooks(&self) -> impl Iterator<Item = &ArmedWebhook> {
        self.webhooks.ok().into_iter().flatten()
    }

    /// Returns the guardian from `TaskRouter`'s log of the task in the record.
    fn verified(&self, context: &OperationContext) -> Option<Guardian> {
        let found = evidence::guardian(&self.sid, &self.record()?, self.events.ok()?)?;
        let flow = context.wake_flow.clone();
        Some(Guardian {
            flow: flow.filter(|flow| self.flow_webhook(flow).is_some()),
            ..found
        })
    }
}

/// Returns true if an invite's task has ended for sure: it is the parked task, or it is older than the park, which
/// needs an agent who is alone with the customer.
fn is_over(invite: &MadeInvite, guardian: Option<&Guardian>) -> bool {
    let Some(guardian) = guardian else {
        return false;
    };
    let before_parking = guardian
        .parked_at
        .zip(invite.created_at)
        .is_some_and(|(parked_at, at)| at + CLOCK_TOLERANCE_MS < parked_at);
    before_parking || Some(&invite.task) == guardian.parked_task()
}
