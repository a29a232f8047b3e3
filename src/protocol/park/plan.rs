//! Whether and how to park, decided from what was seen. Nothing has been changed yet.

use crate::attributes::{Attributes, CONVERSATION_LIMIT};
use crate::list_item;
use crate::protocol::call::{Caller, Failure, Task, Webhook};
use crate::protocol::refusal::refusal_for;
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::sid::{MapSid, ParticipantSid, WebhookSid};

use super::{Park, Saving};

/// Twilio allows this many webhooks for one conversation.
const MOST_WEBHOOKS: usize = 5;

/// What to do.
pub(super) enum Plan {
    Save(Box<Saving>),
    AlreadyDone(Reply),
}

impl Park {
    /// Decides.
    pub(super) fn plan(&self) -> Result<Plan, (Refusal, String)> {
        let conversation = need(self.seen.conversation.as_ref(), "the conversation")?;
        need(
            self.seen.participants.as_ref(),
            "the channel's participants",
        )?;
        need(self.seen.tasks.as_ref(), "the channel's tasks")?;
        let webhooks = need(self.seen.webhooks.as_ref(), "the conversation's webhooks")?;
        let Some(caller) = &self.caller else {
            return Err((Refusal::InvalidToken, "nobody is known to ask".into()));
        };
        if conversation.closed {
            return Err((
                Refusal::ConversationClosed,
                "the conversation is closed".into(),
            ));
        }
        let attributes = Attributes::parse(&conversation.attributes)
            .map_err(|error| (Refusal::NotParkable, format!("conversation {error}")))?;
        let Some(participant) = self.seen.participant_of(&caller.worker) else {
            return self.plan_without_agent(caller, &attributes);
        };
        let task = need(self.task.as_ref(), "the task")?;
        let record = self.record(caller, task, participant.clone())?;
        if self.seen.internal().count() > 1 || self.others_are_asked() {
            return Err((
                Refusal::SeveralAgents,
                "somebody else is in the conversation or being invited".into(),
            ));
        }
        let Webhook { target, .. } = self.guardian(&record);
        let adopted = self
            .seen
            .guardians(&self.setting)
            .find(|webhook| webhook.target.as_ref() == Some(&target))
            .map(|webhook| webhook.sid.clone());
        if adopted.is_none() && webhooks.len() >= MOST_WEBHOOKS {
            return Err((
                Refusal::TooManyWebhooks,
                format!("the conversation has {MOST_WEBHOOKS} webhooks already"),
            ));
        }
        let stale_row = ParkedRecord::find(&attributes)
            .map_err(|error| (Refusal::NotParkable, format!("conversation {error}")))?
            .filter(|former| former.worker_sid != caller.worker)
            .and_then(|former| former.row(&self.request.conversation_sid));
        let saving = Saving {
            record,
            stale_row,
            participant,
            webhook: adopted.clone().map(Ok),
            adopted,
            attributes: None,
            item: None,
        };
        self.check_size(&saving, &attributes)?;
        Ok(Plan::Save(Box::new(saving)))
    }

    /// The caller is not in the conversation: either they have parked it, and this is the same click again, or
    /// it is not theirs to park.
    fn plan_without_agent(
        &self,
        caller: &Caller,
        attributes: &Attributes,
    ) -> Result<Plan, (Refusal, String)> {
        let record = ParkedRecord::find(attributes)
            .map_err(|error| (Refusal::NotParkable, format!("conversation {error}")))?;
        match record {
            Some(record)
                if record.worker_sid == caller.worker
                    && record.task_sid == self.request.task_sid =>
            {
                Ok(Plan::AlreadyDone(if self.seen.has_open_task() {
                    Reply::ParkedAndWoken
                } else {
                    Reply::Parked {
                        webhook_sid: record.webhook_sid,
                    }
                }))
            }
            _ => Err((
                Refusal::NotAllowed,
                "the worker is not in this conversation".into(),
            )),
        }
    }

    fn others_are_asked(&self) -> bool {
        self.seen
            .tasks
            .iter()
            .flatten()
            .flatten()
            .any(|task| *task != self.request.task_sid)
    }

    fn record(
        &self,
        caller: &Caller,
        task: &Task,
        participant: ParticipantSid,
    ) -> Result<ParkedRecord, (Refusal, String)> {
        let attributes = Attributes::parse(&task.attributes)
            .map_err(|error| (Refusal::NotParkable, format!("task {error}")))?;
        for (key, sid) in [
            ("conversationSid", self.request.conversation_sid.as_str()),
            ("flexInteractionSid", self.request.interaction_sid.as_str()),
            (
                "flexInteractionChannelSid",
                self.request.channel_sid.as_str(),
            ),
        ] {
            let named: Option<String> = attributes.required(key, "a SID").ok();
            if named.as_deref() != Some(sid) {
                return Err((
                    Refusal::NotParkable,
                    format!("task attribute `{key}`: expected {sid}, which is to be parked"),
                ));
            }
        }
        if !task.assigned {
            return Err((Refusal::NotParkable, "the task is not assigned".into()));
        }
        Ok(ParkedRecord {
            interaction_sid: self.request.interaction_sid.clone(),
            channel_sid: self.request.channel_sid.clone(),
            participant_sid: participant,
            task_sid: self.request.task_sid.clone(),
            workflow_sid: task.workflow.clone(),
            task_channel_unique_name: task.task_channel_unique_name.clone(),
            queue_name: task.queue_name.clone(),
            queue_sid: task.queue.clone(),
            worker_sid: caller.worker.clone(),
            task_attributes: task.attributes.clone(),
            webhook_sid: None,
            map_sid: None,
            map_item_key: None,
            parked_at: Some(self.setting.started),
            expires_at: list_item::expires_at(
                self.setting.started,
                &attributes,
                self.request.list_ttl_seconds,
            ),
            heard: self.request.last_message_index,
        })
    }

    /// Finds before the agent leaves what would not fit afterwards.
    fn check_size(
        &self,
        saving: &Saving,
        attributes: &Attributes,
    ) -> Result<(), (Refusal, String)> {
        let too_large = |what: &str, size: usize, limit: usize| {
            Err((
                Refusal::TooLarge,
                format!("{what} would be {size} bytes, {limit} are allowed"),
            ))
        };
        let mut complete = saving.record.clone();
        complete.webhook_sid = WebhookSid::parse(format!("WH{}", "0".repeat(32))).ok();
        if self.request.show_list {
            complete.map_sid = MapSid::parse(format!("MP{}", "0".repeat(32))).ok();
            complete.map_item_key = Some(self.request.conversation_sid.to_string());
        }
        let size = complete
            .write_into(attributes)
            .map_err(|error| (Refusal::NotParkable, format!("conversation {error}")))?
            .text()
            .len();
        if size > CONVERSATION_LIMIT {
            return too_large("the conversation's attributes", size, CONVERSATION_LIMIT);
        }
        let size = list_item::data(&complete).len();
        if self.request.show_list && size > list_item::LIMIT {
            return too_large("the row of the list", size, list_item::LIMIT);
        }
        Ok(())
    }
}

/// What was read, or why there is no parking without it.
fn need<'a, T>(
    slot: Option<&'a Result<T, Failure>>,
    what: &str,
) -> Result<&'a T, (Refusal, String)> {
    match slot {
        Some(Ok(value)) => Ok(value),
        Some(Err(failure)) => Err(refusal_for(failure, what)),
        None => Err((
            Refusal::TwilioUnavailable,
            format!("{what} could not be read"),
        )),
    }
}
