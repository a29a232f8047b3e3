//! What an operation has read of a conversation: itself, its webhooks, its channel and its tasks.
//!
//! Which tasks are open for a channel, Twilio tells by no single call that could be made often: a list of tasks by their
//! attributes is limited to three a second for the whole account. So the channel's invites are read, and of their
//! tasks those whose state is not known already: a second round where there are such. Whether Twilio lists invites at all, and
//! whether it lists people who have left, its documentation leaves open: where the one is refused or of the other there are many, the
//! list of tasks by their attributes is the last resort. Should that fail too, the task that the webhook's address names is all that is known.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::guardian::Guardian;
use crate::record::{without_record, ParkedRecord};
use crate::sid::{ConversationSid, FlowSid, ParticipantSid, TaskSid, WebhookSid, WorkerSid};
use crate::twilio::calls::{
    ArmedWebhook, ChannelRef, ChatParticipant, Conversation, FetchConversation, FetchTask,
    ListChatParticipants, ListInvites, ListParticipants, ListTaskEvents, ListTasks, ListWebhooks,
    MadeInvite, Participant, Target, Task, TaskStatus,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::armed::{self, is_another_unpark, is_at, wake_query, ArmedGuardian};
use super::calls::{Calls, Finished, Slot};
use super::{evidence, Setting};

/// Tolerance for the difference between our clock and Twilio's, which tells seconds only.
pub(super) const CLOCK_TOLERANCE_MS: Millis = 5_000;

/// The tasks of so many invites are asked for, those of the newest. A conversation that lives for years has hundreds, and
/// an operation that makes an invite while a task is open has made one of the last few.
const NEWEST_INVITES: usize = 5;

/// The tasks of so many people in the channel are asked for one by one. Twilio may list all who were ever in it.
const MOST_PEOPLE: usize = 5;

/// What was read of a conversation, and of all that bears on whether somebody is there for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Snapshot {
    of: ConversationSid,
    /// The conversation itself.
    pub conversation: Slot<FetchConversation>,
    /// Its webhooks.
    pub webhooks: Slot<ListWebhooks>,
    /// Who is in it.
    pub members: Slot<ListChatParticipants>,
    /// The channel that was read.
    channel: Option<ChannelRef>,
    /// Who is in its channel.
    pub participants: Slot<ListParticipants>,
    invites: Slot<ListInvites>,
    /// The open tasks by their attributes.
    open: Slot<ListTasks>,
    /// The tasks that were asked for one by one.
    tasks: BTreeMap<TaskSid, Slot<FetchTask>>,
    /// What TaskRouter has logged of the parked task, for a conversation without an address of ours.
    events: Slot<ListTaskEvents>,
}

impl Snapshot {
    /// Nothing is read yet.
    pub fn new(of: ConversationSid) -> Self {
        Self {
            of,
            conversation: Slot::Empty,
            webhooks: Slot::Empty,
            members: Slot::Empty,
            channel: None,
            participants: Slot::Empty,
            invites: Slot::Empty,
            open: Slot::Empty,
            tasks: BTreeMap::new(),
            events: Slot::Empty,
        }
    }

    /// Begins to read what the conversation's SID alone leads to.
    pub fn read_conversation(&mut self, calls: &mut Calls) {
        self.read_state(calls);
        self.read_webhooks(calls);
    }

    /// Begins to read the conversation alone.
    pub fn read_state(&mut self, calls: &mut Calls) {
        self.conversation
            .ask(calls, FetchConversation(self.of.clone()));
    }

    /// Begins to read the webhooks.
    pub fn read_webhooks(&mut self, calls: &mut Calls) {
        self.webhooks.ask(calls, ListWebhooks(self.of.clone()));
    }

    /// Begins to read who is in the conversation.
    pub fn read_members(&mut self, calls: &mut Calls) {
        self.members
            .ask(calls, ListChatParticipants(self.of.clone()));
    }

    /// Begins to read a channel, unless it was read already.
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

    /// Begins to read a task, unless it was read already.
    pub fn read_task(&mut self, calls: &mut Calls, task: &TaskSid) {
        if !self.tasks.contains_key(task) {
            let mut slot = Slot::Empty;
            slot.ask(calls, FetchTask(task.clone()));
            self.tasks.insert(task.clone(), slot);
        }
    }

    /// Begins to read what TaskRouter has logged of the task that the record names, if that is needed to know where the
    /// conversation is.
    pub fn read_evidence(&mut self, calls: &mut Calls, setting: &Setting) {
        let is_read = self.conversation.result().is_some() && self.webhooks.result().is_some();
        if !is_read || !self.events.is_empty() || self.armed(setting).next().is_some() {
            return;
        }
        if let Some(task) = self.record().and_then(|record| record.task_sid) {
            self.events.ask(calls, ListTaskEvents(task));
        }
    }

    /// Forgets what was read of the channel, to read it again.
    pub fn forget_channel(&mut self) {
        self.channel = None;
        self.participants = Slot::Empty;
        self.invites = Slot::Empty;
        self.open = Slot::Empty;
        self.tasks.clear();
    }

    /// Takes the result of a call, if it is one of these.
    pub fn take(&mut self, finished: &Finished) {
        let Self {
            conversation,
            webhooks,
            members,
            participants,
            invites,
            open,
            tasks,
            events,
            ..
        } = self;
        // Each takes its own only.
        conversation.take(finished);
        webhooks.take(finished);
        members.take(finished);
        participants.take(finished);
        invites.take(finished);
        open.take(finished);
        events.take(finished);
        for task in tasks.values_mut() {
            task.take(finished);
        }
    }

    /// Begins to read the tasks that may be open, as soon as it is known which these are.
    pub fn read_tasks(&mut self, calls: &mut Calls, setting: &Setting) {
        if let Some(channel) = self.channel.as_ref().filter(|_| self.needs_open_tasks()) {
            let call = ListTasks(channel.channel.clone());
            if self.open.is_empty() {
                self.open.ask(calls, call);
            }
        }
        let guardian = self.guardian(setting);
        for task in self.tasks_that_may_be_open(guardian.as_ref()) {
            self.read_task(calls, &task);
        }
    }

    /// Whether the invites and the people in the channel do not say which tasks may be open.
    fn needs_open_tasks(&self) -> bool {
        let are_refused = self.invites.failure().is_some_and(Failure::is_lasting);
        self.participants.ok().is_some() && (are_refused || self.people().count() > MOST_PEOPLE)
    }

    fn tasks_that_may_be_open(&self, guardian: Option<&Guardian>) -> Vec<TaskSid> {
        let is_read = self.conversation.result().is_some() && self.webhooks.result().is_some();
        let is_known = self.participants.result().is_some() && self.invites.result().is_some();
        if !is_read || !is_known {
            return Vec::new();
        }
        let known = guardian.and_then(Guardian::invited_task).cloned();
        match self.open.result() {
            Some(Ok(open)) => open.iter().cloned().chain(known).collect(),
            None if self.needs_open_tasks() => Vec::new(),
            _ => {
                let of_invites = self.tasks_of_newest_invites(guardian).into_iter();
                // The last are the newest, as far as is known.
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
        invites.sort_by_key(|invite| Reverse(invite.at.unwrap_or(Millis::MAX)));
        let newest = invites.into_iter().take(NEWEST_INVITES);
        newest.map(|one| one.task.clone()).collect()
    }

    /// The tasks that somebody has or is being asked to take. `None`: not all of them are read yet.
    pub fn open_tasks(&self) -> Option<Result<Vec<TaskSid>, Failure>> {
        self.participants.result()?;
        match self.invites.result()? {
            Err(failure) if !failure.is_lasting() => return Some(Err(failure.clone())),
            _ => {}
        }
        if self.needs_open_tasks() {
            self.open.result()?;
        }
        let mut open = Vec::new();
        for (sid, task) in &self.tasks {
            match task.result()? {
                Ok(task) if task.status.is_open() => open.push(sid.clone()),
                // Tasks that are over are removed after a while.
                Ok(_) | Err(Failure::NotFound) => {}
                Err(failure) => return Some(Err(failure.clone())),
            }
        }
        Some(Ok(open))
    }

    /// What was read of a task.
    pub fn task(&self, task: &TaskSid) -> Option<&Result<Task, Failure>> {
        self.tasks.get(task)?.result()
    }

    /// The tasks of all invites that were ever made.
    pub fn invited(&self) -> Vec<TaskSid> {
        let invites = self.invites.ok().into_iter().flatten();
        invites.map(|invite| invite.task.clone()).collect()
    }

    /// When the invite of a task was made.
    pub fn invited_at(&self, task: &TaskSid) -> Option<Millis> {
        let mut invites = self.invites.ok()?.iter();
        invites.find(|invite| invite.task == *task)?.at
    }

    /// The conversation.
    pub fn conversation(&self) -> Option<&Conversation> {
        self.conversation.ok()
    }

    /// The parked record.
    pub fn record(&self) -> Option<ParkedRecord> {
        ParkedRecord::find(&self.conversation()?.attributes)
    }

    /// The conversation's attributes as they would be had we never written into them. `None`: nothing of ours is in them.
    pub fn attributes_without_record(&self) -> Option<String> {
        without_record(&self.conversation()?.attributes)
    }

    /// The contact centre's people who are in the channel.
    ///
    /// Twilio does not say whether the list of participants leaves out those who have left. So somebody whose task is over counts
    /// as gone, listed or not.
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
            None => self.open.ok().is_none_or(|open| open.contains(task)),
        }
    }

    /// The participant that a worker is.
    pub fn participant_of(&self, worker: &WorkerSid) -> Option<ParticipantSid> {
        self.internal()
            .find(|participant| participant.worker.as_ref() == Some(worker))
            .map(|participant| participant.sid.clone())
    }

    /// Returns whether somebody is being asked to take the conversation, or has it.
    pub fn has_open_task(&self) -> bool {
        matches!(self.open_tasks(), Some(Ok(tasks)) if !tasks.is_empty())
    }

    /// The state of the last invite's task, and when it came to it. `None`: it is not read.
    pub fn last_invite(&self, guardian: &Guardian) -> Option<(TaskStatus, Option<Millis>)> {
        match self.task(guardian.invited_task()?)? {
            Ok(task) => Some((task.status, task.updated_at)),
            Err(Failure::NotFound) => Some((TaskStatus::Over, None)),
            Err(_) => None,
        }
    }

    /// Whether Twilio knows the channel no more. It deletes one after 180 days without a change of it.
    pub fn channel_is_gone(&self) -> bool {
        self.participants.failure() == Some(&Failure::NotFound)
    }

    /// By what the customer writes. Who writes from outside has an address; who chats has none.
    pub fn medium(&self) -> &str {
        let members = self.members.ok().into_iter().flatten();
        let mut outside = members.filter(|member| member.address.is_some());
        outside
            .find_map(|member| member.medium.as_deref())
            .unwrap_or("web")
    }

    /// Somebody in the conversation who has this identity.
    pub fn member(&self, identity: &str) -> Option<&ChatParticipant> {
        let has_it = |member: &&ChatParticipant| {
            member
                .identity
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(identity))
        };
        self.members.ok()?.iter().find(has_it)
    }

    /// What is known for certain of where the conversation is parked: from the newest guardian's address or, where no address of
    /// ours is armed, from TaskRouter's log of the parked task.
    pub fn guardian(&self, setting: &Setting) -> Option<Guardian> {
        let newest = self.newest(setting).map(|armed| armed.guardian);
        newest.or_else(|| self.verified(setting))
    }

    /// The newest webhook with an address of ours; one that calls our function before one that calls another domain.
    pub fn newest(&self, setting: &Setting) -> Option<ArmedGuardian> {
        armed::newest(self.armed(setting))
    }

    /// The webhooks with an address of ours.
    pub fn armed<'a>(&'a self, setting: &'a Setting) -> impl Iterator<Item = ArmedGuardian> + 'a {
        armed::guardians(self.all_webhooks(), &setting.wake_url)
    }

    /// The webhook that calls our function, whose address is to say how far the conversation is.
    pub fn own_webhook(&self, setting: &Setting) -> Option<WebhookSid> {
        let newest = self.newest(setting).filter(|armed| armed.is_ours);
        let calls_us = |webhook: &&ArmedWebhook| {
            wake_query(webhook).is_some_and(|(url, _)| is_at(url, &setting.wake_url))
        };
        newest.map(|armed| armed.webhook).or_else(|| {
            let template = self.all_webhooks().find(calls_us);
            template.map(|webhook| webhook.sid.clone())
        })
    }

    /// Returns whether the customer's next message reaches our wake function.
    pub fn hears_messages(&self, setting: &Setting) -> bool {
        self.armed(setting).any(|armed| {
            armed.is_ours
                && match &armed.guardian.flow {
                    None => true,
                    Some(flow) => self.flow_webhook(flow).is_some(),
                }
        })
    }

    /// The webhook that runs a flow.
    pub fn flow_webhook(&self, flow: &FlowSid) -> Option<&WebhookSid> {
        let runs_it = |webhook: &&ArmedWebhook| matches!(&webhook.target, Some(Target::Flow(other)) if other == flow);
        self.all_webhooks()
            .find(runs_it)
            .map(|webhook| &webhook.sid)
    }

    /// The webhook of a Studio flow that parking did not arm, and the flow.
    pub fn other_flow(&self, setting: &Setting) -> Option<(WebhookSid, FlowSid)> {
        let ours = self.all_guardians(setting);
        self.all_webhooks()
            .find_map(|webhook| match &webhook.target {
                Some(Target::Flow(flow)) if !ours.contains(&webhook.sid) => {
                    Some((webhook.sid.clone(), flow.clone()))
                }
                _ => None,
            })
    }

    /// All webhooks that parking armed: ours, those of our Functions at a former domain, the template's, the owner's flow, and
    /// that of another parking plugin which the record names.
    pub fn all_guardians(&self, setting: &Setting) -> Vec<WebhookSid> {
        let flows: Vec<FlowSid> = self
            .armed(setting)
            .filter_map(|armed| armed.guardian.flow)
            .chain(setting.wake_flow.clone())
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

    /// How many webhooks there are.
    pub fn webhook_count(&self) -> usize {
        self.all_webhooks().count()
    }

    fn all_webhooks(&self) -> impl Iterator<Item = &ArmedWebhook> {
        self.webhooks.ok().into_iter().flatten()
    }

    /// What `TaskRouter`'s log says of the task that the record names.
    fn verified(&self, setting: &Setting) -> Option<Guardian> {
        let found = evidence::guardian(&self.of, &self.record()?, self.events.ok()?)?;
        let flow = setting.wake_flow.clone();
        Some(Guardian {
            flow: flow.filter(|flow| self.flow_webhook(flow).is_some()),
            ..found
        })
    }
}

/// Returns whether an invite's task is known to be over without asking: nobody else was in the conversation or being invited
/// when it was parked, and the task that was parked asks nobody.
fn is_over(invite: &MadeInvite, guardian: Option<&Guardian>) -> bool {
    let Some(guardian) = guardian else {
        return false;
    };
    let before_parking = guardian
        .parked_at
        .zip(invite.at)
        .is_some_and(|(parked_at, at)| at + CLOCK_TOLERANCE_MS < parked_at);
    before_parking || Some(&invite.task) == guardian.parked_task()
}
