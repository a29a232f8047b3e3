//! What an operation has seen of a conversation.
//!
//! Which tasks are open for a channel, Twilio tells by no single call that could be made often: a list of tasks by their
//! attributes is limited to three a second for the whole account. So the channel's invites are read, and of their
//! tasks those whose state is not known already: the look has a second round where there are such.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::attributes::Attributes;
use crate::record::{without_record, ParkedRecord};
use crate::sid::{
    ChannelSid, ConversationSid, InteractionSid, ParticipantSid, TaskSid, WebhookSid, WorkerSid,
};

use super::call::{
    Answer, ArmedWebhook, Call, Conversation, Failure, MadeInvite, Participant, Target,
};
use super::calls::Calls;
use super::{Millis, Setting};

/// The answer to a call, once there is one.
pub type Slot<T> = Option<Result<T, Failure>>;

/// Our clock and Twilio's may differ by so much, and Twilio tells seconds only.
const CLOCKS_DIFFER_BY: Millis = 5_000;

/// The tasks of so many invites are asked for, those of the newest. A conversation that lives for years has hundreds, and
/// whoever makes an invite while a task is open has made one of the last few.
const NEWEST_INVITES: usize = 5;

/// A conversation and all that bears on whether somebody is there for the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// The conversation itself.
    pub conversation: Slot<Conversation>,
    /// Who is in its channel.
    pub participants: Slot<Vec<Participant>>,
    /// The tasks that are open for it.
    pub tasks: Slot<Vec<TaskSid>>,
    /// Its webhooks.
    pub webhooks: Slot<Vec<ArmedWebhook>>,
    invites: Slot<Vec<MadeInvite>>,
    /// The tasks that are asked for one by one, and whether they are open.
    asked: BTreeMap<TaskSid, Slot<bool>>,
}

impl Look {
    /// Begins to read what the conversation's SID alone leads to.
    pub fn at_conversation(calls: &mut Calls, conversation: &ConversationSid) {
        calls.make(Call::FetchConversation(conversation.clone()));
        calls.make(Call::ListWebhooks(conversation.clone()));
    }

    /// Begins to read what its place among the interactions leads to.
    pub fn at_channel(calls: &mut Calls, interaction: &InteractionSid, channel: &ChannelSid) {
        calls.make(Call::ListParticipants(interaction.clone(), channel.clone()));
        calls.make(Call::ListInvites(interaction.clone(), channel.clone()));
    }

    /// Begins to read a task.
    pub fn at_task(&mut self, calls: &mut Calls, task: TaskSid) {
        self.asked.insert(task.clone(), None);
        calls.make(Call::FetchTask(task));
    }

    /// Forgets what was seen of the channel, for another look there.
    pub fn forget_channel(&mut self) {
        self.participants = None;
        self.tasks = None;
        self.invites = None;
        self.asked.clear();
    }

    /// Takes the result of a call, if it is one of these, and goes on to what it leads to.
    pub fn take(&mut self, call: &Call, result: &Result<Answer, Failure>, calls: &mut Calls) {
        match (call, result) {
            (Call::FetchConversation(_), Ok(Answer::Conversation(seen))) => {
                self.conversation = Some(Ok(seen.clone()));
            }
            (Call::FetchConversation(_), Err(failure)) => {
                self.conversation = Some(Err(failure.clone()));
            }
            (Call::ListParticipants(..), Ok(Answer::Participants(seen))) => {
                self.participants = Some(Ok(seen.clone()));
            }
            (Call::ListParticipants(..), Err(failure)) => {
                self.participants = Some(Err(failure.clone()));
            }
            (Call::ListInvites(..), Ok(Answer::Invites(seen))) => {
                self.invites = Some(Ok(seen.clone()));
            }
            (Call::ListInvites(..), Err(failure)) => self.invites = Some(Err(failure.clone())),
            (Call::FetchTask(sid), result) => self.take_task(sid, result),
            (Call::ListWebhooks(_), Ok(Answer::Webhooks(seen))) => {
                self.webhooks = Some(Ok(seen.clone()));
            }
            (Call::ListWebhooks(_), Err(failure)) => self.webhooks = Some(Err(failure.clone())),
            _ => return,
        }
        self.ask_for_tasks(calls);
    }

    fn take_task(&mut self, sid: &TaskSid, result: &Result<Answer, Failure>) {
        let open = match result {
            Ok(Answer::Task(task)) => Ok(task.open),
            // Tasks that are over are removed after a while.
            Ok(_) | Err(Failure::NotFound) => Ok(false),
            Err(failure) => Err(failure.clone()),
        };
        self.asked.insert(sid.clone(), Some(open));
    }

    /// Asks for the tasks that may be open, as soon as it is known which these are.
    fn ask_for_tasks(&mut self, calls: &mut Calls) {
        let made = match (&self.conversation, &self.participants, &self.invites) {
            (Some(_), Some(_), Some(Ok(made))) => made,
            (_, _, Some(Err(failure))) => {
                self.tasks = Some(Err(failure.clone()));
                return;
            }
            _ => return,
        };
        let record = self.record();
        let mut invites: Vec<&MadeInvite> = made
            .iter()
            .filter(|invite| !is_over(invite, record.as_ref()))
            .collect();
        invites.sort_by_key(|invite| Reverse(invite.at.unwrap_or(Millis::MAX)));
        let of_invites = invites
            .iter()
            .take(NEWEST_INVITES)
            .map(|invite| &invite.task);
        let of_participants = self.participants.iter().flatten().flatten();
        let of_participants = of_participants
            .filter(|participant| participant.internal)
            .filter_map(|participant| participant.task.as_ref());
        let wanted: Vec<TaskSid> = of_invites.chain(of_participants).cloned().collect();
        for task in wanted {
            if !self.asked.contains_key(&task) {
                self.at_task(calls, task);
            }
        }
        let mut open = Vec::new();
        for (task, state) in &self.asked {
            match state {
                None => return,
                Some(Err(failure)) => {
                    self.tasks = Some(Err(failure.clone()));
                    return;
                }
                Some(Ok(true)) => open.push(task.clone()),
                Some(Ok(false)) => {}
            }
        }
        self.tasks = Some(Ok(open));
    }

    fn record(&self) -> Option<ParkedRecord> {
        ParkedRecord::find(&self.attributes()?).ok()?
    }

    /// The tasks of all invites that were ever made.
    #[must_use]
    pub fn invited(&self) -> Vec<TaskSid> {
        let invites = self.invites.iter().flatten().flatten();
        invites.map(|invite| invite.task.clone()).collect()
    }

    /// The conversation's attributes with this record in them, as they are to be written.
    #[must_use]
    pub fn attributes_with(&self, record: &ParkedRecord) -> Option<String> {
        Some(record.write_into(&self.attributes()?).ok()?.text())
    }

    /// The conversation's attributes as they would be had we never written into them.
    #[must_use]
    pub fn attributes_without_record(&self) -> Option<String> {
        Some(without_record(&self.attributes()?).ok()?.text())
    }

    fn attributes(&self) -> Option<Attributes> {
        match &self.conversation {
            Some(Ok(conversation)) => Attributes::parse(&conversation.attributes).ok(),
            _ => None,
        }
    }

    /// The contact centre's people who are in the channel.
    ///
    /// Twilio does not say whether the list of participants leaves out those who have left (inferred: it does).
    /// So somebody whose task is over counts as gone, listed or not.
    pub fn internal(&self) -> impl Iterator<Item = &Participant> {
        self.participants
            .iter()
            .flatten()
            .flatten()
            .filter(|participant| participant.internal && self.may_be_at_work(participant))
    }

    fn may_be_at_work(&self, participant: &Participant) -> bool {
        match (&participant.task, &self.tasks) {
            (Some(task), Some(Ok(open))) => open.contains(task),
            _ => true,
        }
    }

    /// The participant that a worker is.
    #[must_use]
    pub fn participant_of(&self, worker: &WorkerSid) -> Option<ParticipantSid> {
        self.internal()
            .find(|participant| participant.worker.as_ref() == Some(worker))
            .map(|participant| participant.sid.clone())
    }

    /// Whether somebody is being asked to take the conversation, or has it.
    #[must_use]
    pub fn has_open_task(&self) -> bool {
        matches!(&self.tasks, Some(Ok(tasks)) if !tasks.is_empty())
    }

    /// The webhooks that wake it by our function, at once or through the owner's flow.
    pub fn guardians<'a>(
        &'a self,
        setting: &'a Setting,
    ) -> impl Iterator<Item = &'a ArmedWebhook> + 'a {
        self.armed().filter(|webhook| is_guardian(webhook, setting))
    }

    /// The webhook that the record names and that is no guardian of ours: the template's feature armed it, or our
    /// Functions at a former domain, or the owner's former flow.
    #[must_use]
    pub fn former_guardian(&self, setting: &Setting) -> Option<WebhookSid> {
        let named = ParkedRecord::find(&self.attributes()?).ok()??.webhook_sid?;
        self.armed()
            .find(|webhook| webhook.sid == named && !is_guardian(webhook, setting))
            .map(|webhook| webhook.sid.clone())
    }

    /// All webhooks that parking armed.
    #[must_use]
    pub fn all_guardians(&self, setting: &Setting) -> Vec<WebhookSid> {
        self.guardians(setting)
            .map(|webhook| webhook.sid.clone())
            .chain(self.former_guardian(setting))
            .collect()
    }

    fn armed(&self) -> impl Iterator<Item = &ArmedWebhook> {
        self.webhooks.iter().flatten().flatten()
    }
}

fn is_guardian(webhook: &ArmedWebhook, setting: &Setting) -> bool {
    match &webhook.target {
        Some(Target::Flow(flow)) => Some(flow) == setting.wake_flow.as_ref(),
        Some(target) => target.is_at(&setting.wake_url),
        None => false,
    }
}

/// Whether an invite's task is known to be over without asking: nobody else was in the conversation or being invited
/// when it was parked, and the task that was parked asks nobody.
fn is_over(invite: &MadeInvite, record: Option<&ParkedRecord>) -> bool {
    let Some(record) = record else {
        return false;
    };
    let before_parking = record
        .parked_at
        .zip(invite.at)
        .is_some_and(|(parked_at, at)| at + CLOCKS_DIFFER_BY < parked_at);
    before_parking || invite.task == record.task_sid
}
