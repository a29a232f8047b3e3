//! What an operation has seen of a conversation.

use crate::attributes::Attributes;
use crate::record::{without_record, ParkedRecord};
use crate::sid::{
    ChannelSid, ConversationSid, InteractionSid, ParticipantSid, TaskSid, WebhookSid, WorkerSid,
};

use super::call::{Answer, ArmedWebhook, Call, Conversation, Failure, Participant, Target};
use super::calls::Calls;
use super::Setting;

/// The answer to a call, once there is one.
pub type Slot<T> = Option<Result<T, Failure>>;

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
        calls.make(Call::ListOpenTasks(channel.clone()));
    }

    /// Takes the result of a call, if it is one of these.
    pub fn take(&mut self, call: &Call, result: &Result<Answer, Failure>) {
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
            (Call::ListOpenTasks(_), Ok(Answer::Tasks(seen))) => {
                self.tasks = Some(Ok(seen.clone()));
            }
            (Call::ListOpenTasks(_), Err(failure)) => self.tasks = Some(Err(failure.clone())),
            (Call::ListWebhooks(_), Ok(Answer::Webhooks(seen))) => {
                self.webhooks = Some(Ok(seen.clone()));
            }
            (Call::ListWebhooks(_), Err(failure)) => self.webhooks = Some(Err(failure.clone())),
            _ => {}
        }
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
