//! Events in Twilio beside the calls of operations: people write, accept and decline, time passes.

use park_interaction::guardian::Guardian;
use park_interaction::protocol::unpark::{Cause, Clock};
use park_interaction::protocol::MessageRef;
use park_interaction::sid::{ConversationParticipantSid, TaskSid, WorkerSid};
use park_interaction::twilio::calls::{
    ChannelRef, ChatParticipant, Message, Participant, Target, TaskStatus, WebhookEvents,
};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::Failure;

use crate::sids::{member, message, participant, worker};
use crate::{identity, MemoryTwilio, MemoryWebhook, Replay, CUSTOMER, PEOPLE, WAKE_URL};

/// A call of the wake function that a webhook makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    /// The cause of the call.
    pub cause: Cause,
    /// The content of the webhook's address, if it is one of ours.
    pub called: Option<Guardian>,
}

impl MemoryTwilio {
    /// Adds a message of the customer. Returns it.
    pub fn customer_writes(&mut self, now: Millis) -> MessageRef {
        self.write(CUSTOMER, Some(member(100)), now)
    }

    /// Adds a message of anybody. Returns it.
    pub fn write(
        &mut self,
        author: &str,
        participant: Option<ConversationParticipantSid>,
        now: Millis,
    ) -> MessageRef {
        let index = self.last_index().map_or(0, |index| index + 1);
        let written = Message {
            index,
            sid: Some(message(index)),
            author: author.into(),
            participant,
            written_at: Some(now),
            notice: None,
            line: None,
        };
        let by = MessageRef::from(&written);
        self.messages.push(written);
        self.inactive = false;
        self.timer_since = now;
        by
    }

    /// Returns the calls that webhooks make for a message. A flow names the message only.
    #[must_use]
    pub fn calls_for(&self, by: &MessageRef) -> Vec<WebhookCall> {
        let hear = self
            .webhooks
            .iter()
            .filter(|webhook| webhook.events == WebhookEvents::MessagesAndState);
        hear.filter_map(|webhook| call_for(webhook, by)).collect()
    }

    /// Makes the conversation inactive if its timer has ended. Returns the calls that webhooks make.
    pub fn timer_ends(&mut self, now: Millis) -> Vec<WebhookCall> {
        if self.timer_ends_at().is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.inactive = true;
        let tell = |webhook: &MemoryWebhook| {
            let Some(Target::Url(url)) = &webhook.armed.target else {
                return None;
            };
            url.starts_with(WAKE_URL).then(|| WebhookCall {
                cause: Cause::Check(Clock::Timer),
                called: guardian_of(url),
            })
        };
        self.webhooks.iter().filter_map(tell).collect()
    }

    /// Returns the calls by which Twilio replays earlier messages to a new webhook.
    #[must_use]
    pub fn replayed(&self, after: Option<u32>) -> Vec<WebhookCall> {
        let (Some(webhook), Some(after)) = (self.webhooks.last(), after) else {
            return Vec::new();
        };
        let first = match self.readings.replay {
            Replay::Inclusive => after,
            Replay::Exclusive => after + 1,
            Replay::None => return Vec::new(),
        };
        self.messages
            .iter()
            .filter(|message| message.index >= first)
            .filter_map(|message| call_for(webhook, &MessageRef::from(message)))
            .collect()
    }

    /// Lets a worker accept the open task and join, as a new participant of the channel each time.
    pub fn accept(&mut self, number: u32, now: Millis) {
        let Some(open) = self.invite().map(|(sid, _)| sid.clone()) else {
            return;
        };
        self.set_status(&open, TaskStatus::Assigned, now);
        self.join(number, Some(open));
    }

    /// Lets a worker join the channel and the conversation.
    pub fn join(&mut self, number: u32, task: Option<TaskSid>) {
        self.join_channel(Some(worker(number)), task);
        self.members.push(ChatParticipant {
            sid: member(number),
            identity: Some(identity(number).into()),
            address: None,
            medium: None,
        });
    }

    /// Adds a participant to the channel: a worker or, without one, a customer.
    pub(crate) fn join_channel(&mut self, worker: Option<WorkerSid>, task: Option<TaskSid>) {
        let [made, ..] = &mut self.made;
        *made += 1;
        self.participants.push(Participant {
            sid: participant(*made),
            internal: worker.is_some(),
            worker,
            task,
        });
    }

    /// Lets a worker leave the channel and the conversation of their own accord, which completes their task.
    pub fn leave(&mut self, number: u32, now: Millis) {
        let sid = Some(worker(number));
        let mut participants = self.participants.iter();
        if let Some(place) = participants.position(|one| one.worker == sid) {
            self.close(place, now);
        }
    }

    /// Removes the participant at this place of the list.
    pub(crate) fn close(&mut self, place: usize, now: Millis) {
        let gone = self.participants.remove(place);
        if let Some(task) = &gone.task {
            self.set_status(task, TaskStatus::Over, now);
        }
        let number = PEOPLE
            .into_iter()
            .find(|number| gone.worker == Some(worker(*number)));
        if let Some(number) = number {
            let who = Some(identity(number));
            self.members
                .retain(|member| member.identity.as_deref() != who);
        }
        self.left.push(gone);
    }

    /// Closes the conversation, for good. Its agents tidy up, and its open invites are canceled.
    pub fn close_conversation(&mut self, now: Millis) {
        self.closed = true;
        let open: Vec<TaskSid> = self.open_tasks().map(|(sid, _)| sid.clone()).collect();
        for sid in open {
            self.set_status(&sid, TaskStatus::Over, now);
        }
    }

    /// Adds a task that somebody else's code has made, which the webhook's address does not name.
    pub fn invited_by_others(&mut self, now: Millis) {
        let _ = self.add_task("{}".into(), None, now);
    }

    /// Deletes the channel, and everybody who was ever in it.
    pub fn channel_goes(&mut self) {
        self.channel_is_gone = true;
        self.participants.clear();
        self.left.clear();
    }

    /// Fails unless this is the channel and Twilio still has it.
    pub(crate) fn find_channel(&self, asked: &ChannelRef) -> Result<(), Failure> {
        let is_there = !self.channel_is_gone && *asked == self.channel();
        is_there.then_some(()).ok_or(Failure::NotFound)
    }

    /// Ends the open task: it is declined, times out or is canceled.
    pub fn end_invite(&mut self, now: Millis) {
        if let Some(open) = self.invite().map(|(sid, _)| sid.clone()) {
            self.set_status(&open, TaskStatus::Over, now);
        }
    }

    /// Ends the open task if its time is over. Returns true if it did.
    pub fn invite_times_out(&mut self, now: Millis) -> bool {
        let ends_at = self.invite().and_then(|(_, task)| task.times_out_at);
        let is_over = ends_at.is_some_and(|at| at <= now);
        if is_over {
            self.end_invite(now);
        }
        is_over
    }

    /// Sets the status of a task.
    pub fn set_status(&mut self, sid: &TaskSid, status: TaskStatus, now: Millis) {
        if let Some(task) = self.tasks.get_mut(sid) {
            task.was_accepted |= status == TaskStatus::Assigned;
            task.status = status;
            task.updated_at = now;
        }
    }

    /// Removes the tasks that are over, as Twilio does after five minutes.
    pub fn remove_finished_tasks(&mut self) {
        self.tasks.retain(|_, task| task.status.is_open());
    }

    /// Adds a task with the attributes of the first one.
    pub fn make_task(&mut self, now: Millis) -> TaskSid {
        let attributes = self.task_attributes.clone();
        self.add_task(attributes, None, now)
    }
}

fn call_for(webhook: &MemoryWebhook, by: &MessageRef) -> Option<WebhookCall> {
    match &webhook.armed.target {
        Some(Target::Url(url)) => Some(WebhookCall {
            cause: Cause::Wake(vec![by.clone()]),
            called: guardian_of(url),
        }),
        Some(Target::Flow(_)) => Some(WebhookCall {
            cause: Cause::WakeByFlow(by.index.map(message)),
            called: None,
        }),
        None => None,
    }
}

fn guardian_of(url: &str) -> Option<Guardian> {
    Guardian::from_query(url.split_once('?')?.1)
}
