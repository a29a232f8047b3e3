//! The plan of a park, made from the snapshot before anything is changed.

use crate::attributes::{Attributes, CONVERSATION_LIMIT};
use crate::flags::FLAGS;
use crate::guardian::{Due, Guardian, LastTask, LONGEST_ADDRESS};
use crate::history::{self, Deed};
use crate::insights;
use crate::list_item;
use crate::protocol::calls::Slot;
use crate::protocol::due;
use crate::protocol::refusal::Refused;
use crate::record::{recorded, ParkedRecord};
use crate::reply::{Refusal, Reply, ReplyName};
use crate::request::LONGEST_REASON;
use crate::row_data::ParkDetails;
use crate::sid::{MapSid, ParticipantSid, WebhookSid};
use crate::task_attributes::{CHANNEL, CONVERSATION, INTERACTION};
use crate::twilio::calls::{
    Caller, Conversation, Task, TaskStatus, SHORTEST_CLOSING_SECONDS, SHORTEST_TIMER_SECONDS,
};
use crate::twilio::time::Millis;
use crate::twilio::Call;

use super::{parked, Park};

/// The most webhooks that Twilio allows for one conversation.
const MOST_WEBHOOKS: usize = 5;

/// The next step after the look.
pub(super) enum Next {
    Save(Box<Plan>),
    AlreadyDone(Reply),
}

/// The plan of a park.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Plan {
    /// The content of the webhook's address.
    pub guardian: Guardian,
    pub record: ParkedRecord,
    /// The agent's participant.
    pub participant: ParticipantSid,
    /// The guardian of an earlier park that was not settled.
    pub former: Option<Guardian>,
    pub webhook: WebhookPlan,
    /// The webhook that runs the owner's flow, if it is armed already.
    pub flow_webhook: Option<WebhookSid>,
    /// The webhook of another Studio flow, which is deleted while the conversation is parked.
    pub paused: Option<WebhookSid>,
}

/// The way to get the webhook that calls our function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum WebhookPlan {
    /// Create a new one, and then delete a former one.
    Create,
    /// Change the address of a former one, because there is no room for a new one.
    Reuse(WebhookSid),
}

impl Plan {
    /// Counts the notice with this index as seen, if it follows what the agent has seen.
    pub fn pass_over(&mut self, notice: Option<u32>) {
        if let Some(index) = notice.filter(|index| self.guardian.first_unseen == Some(*index)) {
            self.guardian.first_unseen = Some(index.saturating_add(1));
            self.record.last_seen_message_index = Some(index);
        }
    }

    /// Returns the index of the first message that the agent has not seen.
    pub fn first_unseen(&self) -> u32 {
        self.guardian.first_unseen.unwrap_or_default()
    }
}

impl Park {
    /// Makes the plan, or refuses the park.
    pub(super) fn plan(&self) -> Result<Next, Refused> {
        let conversation = need(&self.seen.conversation, "the conversation")?;
        need(&self.seen.participants, "the channel's participants")?;
        need(&self.seen.webhooks, "the conversation's webhooks")?;
        let tasks = match self.seen.open_tasks() {
            Some(Ok(tasks)) => tasks,
            Some(Err(failure)) => {
                return Err(Refused::from_failure(&failure, "the channel's tasks"))
            }
            None => return Err(unread("the channel's tasks")),
        };
        let Some(caller) = self.token.ok() else {
            return Err(Refused::new(
                Refusal::InvalidToken,
                "the caller is not known",
            ));
        };
        if conversation.closed {
            return Err(Refused::new(
                Refusal::ConversationClosed,
                "the conversation is closed",
            ));
        }
        let Some(participant) = self.seen.participant_of(&caller.worker) else {
            return self.plan_without_agent(caller);
        };
        self.check_membership(caller)?;
        let task = match self.seen.task(&self.request.task_sid) {
            Some(Ok(task)) => task,
            Some(Err(failure)) => return Err(Refused::from_failure(failure, "the task")),
            None => return Err(unread("the task")),
        };
        let others_are_asked = tasks.iter().any(|task| *task != self.request.task_sid);
        self.check_task(task)?;
        if self.seen.internal().count() > 1 || others_are_asked {
            return Err(Refused::new(
                Refusal::SeveralAgents,
                "somebody else is in the conversation or being invited",
            ));
        }
        self.check_limit()?;
        let plan = self.plan_for(caller, participant, task, conversation)?;
        self.check_size(&plan, conversation)?;
        Ok(Next::Save(Box::new(plan)))
    }

    /// Refuses an agent whose list is full. A list that cannot be read is no reason to keep an agent busy.
    fn check_limit(&self) -> Result<(), Refused> {
        let (Some(most), Some(page)) = (self.options.max_parked, self.rows.ok()) else {
            return Ok(());
        };
        let own = &self.request.conversation_sid;
        let others = page.entries.iter().filter(|row| row.conversation != *own);
        let count = others.clone().count();
        if count < most as usize {
            return Ok(());
        }
        let oldest = others
            .filter_map(|row| Some((row.parked_at?, row.customer.as_deref())))
            .min_by_key(|(parked_at, _)| *parked_at);
        let (parked_at, customer) = oldest.unwrap_or_default();
        Err(Refused::new(
            Refusal::LimitReached {
                most,
                customer: customer.map_or_else(String::new, shortened_name),
                since: u32::try_from(parked_at / 1_000).unwrap_or_default(),
            },
            format!("the worker has {count} parked conversations, {most} are allowed"),
        ))
    }

    /// Refuses an agent who is in the channel but not in the conversation. Then the channel belongs to another
    /// conversation, even if the task names this one: its agent can write the task's attributes.
    fn check_membership(&self, caller: &Caller) -> Result<(), Refused> {
        need(&self.seen.members, "the conversation's participants")?;
        let identity = caller.identity.as_deref().unwrap_or_default();
        match self.seen.member(identity) {
            Some(_) => Ok(()),
            None => Err(Refused::new(
                Refusal::NotAllowed,
                "the worker is not a participant of this conversation",
            )),
        }
    }

    fn check_task(&self, task: &Task) -> Result<(), Refused> {
        let refused = |message: String| Err(Refused::new(Refusal::NotParkable, message));
        let attributes = Attributes::parse(&task.attributes)
            .map_err(|error| Refused::new(Refusal::NotParkable, format!("task {error}")))?;
        for (key, sid) in [
            (CONVERSATION, self.request.conversation_sid.as_str()),
            (INTERACTION, self.request.interaction_sid.as_str()),
            (CHANNEL, self.request.channel_sid.as_str()),
        ] {
            if attributes.text_at(key).as_deref() != Some(sid) {
                return refused(format!(
                    "task attribute `{key}`: expected {sid}, as in the request"
                ));
            }
        }
        if task.status != TaskStatus::Assigned {
            return refused("the task is not assigned".into());
        }
        Ok(())
    }

    /// Returns the next step for a caller who is not in the channel: the reply to a repeated click, or a refusal.
    fn plan_without_agent(&self, caller: &Caller) -> Result<Next, Refused> {
        let guardian = self.seen.newest(&self.context).map(|armed| armed.guardian);
        let record = self.seen.record();
        let recorded = record.as_ref().and_then(|record| record.task_sid.as_ref());
        match guardian {
            Some(guardian)
                if guardian.worker == caller.worker
                    && guardian.parked_task().or(recorded) == Some(&self.request.task_sid) =>
            {
                Ok(Next::AlreadyDone(if self.seen.has_open_task() {
                    Reply::ParkedAndWoken
                } else {
                    parked(record.and_then(|record| record.webhook_sid), &guardian)
                }))
            }
            _ => Err(Refused::new(
                Refusal::NotAllowed,
                "the worker is not in this conversation",
            )),
        }
    }

    fn plan_for(
        &self,
        caller: &Caller,
        participant: ParticipantSid,
        task: &Task,
        conversation: &Conversation,
    ) -> Result<Plan, Refused> {
        let (Some(workflow), Some(queue)) = (&task.workflow, &task.queue) else {
            return Err(Refused::new(
                Refusal::NotParkable,
                "the task has no workflow or queue for the next task",
            ));
        };
        let due = self.due()?;
        let former_record = self.seen.record();
        let first_unseen = self.first_unseen()?;
        let guardian = Guardian {
            channel: self.request.channel(),
            workflow: workflow.clone(),
            queue: queue.clone(),
            task_channel_unique_name: task.task_channel_unique_name.clone(),
            worker: caller.worker.clone(),
            parked_at: Some(self.context.started),
            first_unseen: Some(first_unseen),
            last_task: Some(LastTask::Parked(self.request.task_sid.clone())),
            quick_ends: 0,
            next_invite_at: None,
            unheard_since: None,
            due: due.clone(),
            same_agent_seconds: self
                .options
                .same_agent_seconds
                .filter(|seconds| *seconds != 0),
            has_note: !self.note().is_empty(),
            flow: self.context.wake_flow.clone(),
            paused_flow: None,
            former_worker: None,
        };
        let former = self.seen.newest(&self.context).map(|armed| armed.guardian);
        let (guardian, paused) = self.pause_flow(guardian, former.as_ref());
        let mut task_attributes = Attributes::parse(&task.attributes).unwrap_or_default();
        if let Some(fields) = self.options.insights {
            // An earlier try may have left them.
            insights::forget_parked(&mut task_attributes, fields);
        }
        let task_attributes = recorded(task_attributes);
        let record = ParkedRecord {
            participant_sid: Some(participant.clone()),
            task_sid: Some(self.request.task_sid.clone()),
            queue_name: Some(task.queue_name.clone()),
            worker_sid: Some(caller.worker.clone()),
            task_attributes: Some(task_attributes.text()),
            webhook_sid: None,
            map_sid: None,
            is_listed: false,
            has_bare_row: self.options.bare_rows,
            park: ParkDetails {
                parked_at: Some(self.context.started),
                due_at: due.as_ref().and_then(Due::appointment),
                expiry_at: due.as_ref().and_then(Due::expiry),
                agent_name: self.appointment.agent_name.clone(),
                given_by: None,
                given_at: None,
                expires_at: list_item::expires_at(
                    due.map_or(self.context.started, |due| due.at),
                    &task_attributes,
                    self.options.list_ttl_seconds,
                ),
            },
            last_seen_message_index: first_unseen.checked_sub(1),
            history: self.history(former_record.as_ref(), caller),
            owners_timer_seconds: match &former_record {
                Some(former) => former.owners_timer_seconds,
                None => self.timer_of(
                    conversation,
                    conversation.inactive_at,
                    SHORTEST_TIMER_SECONDS,
                ),
            },
            owners_closing_seconds: former_record
                .and_then(|former| former.owners_closing_seconds)
                .or_else(|| {
                    self.timer_of(
                        conversation,
                        conversation.closed_at,
                        SHORTEST_CLOSING_SECONDS,
                    )
                }),
            insights: self.options.insights,
        };
        let flow_webhook = guardian
            .flow
            .as_ref()
            .and_then(|flow| self.seen.flow_webhook(flow));
        let webhook = self.webhook_plan(&guardian, flow_webhook)?;
        Ok(Plan {
            flow_webhook: flow_webhook.cloned(),
            former,
            paused,
            guardian,
            record,
            participant,
            webhook,
        })
    }

    /// Returns the history with this park. That of an earlier park stays if it was not settled.
    fn history(&self, former: Option<&ParkedRecord>, caller: &Caller) -> Vec<Deed> {
        let deed = Deed {
            at: u32::try_from(self.context.started / 1_000).unwrap_or_default(),
            by: caller.worker.clone(),
            did: ReplyName::Parked.as_str().into(),
            to: None,
        };
        let former = former.map(|former| former.history.clone());
        history::with(former.unwrap_or_default(), deed)
    }

    /// Returns the appointment or the end of the longest wait, or refuses the appointment's time.
    fn due(&self) -> Result<Option<Due>, Refused> {
        let started = self.context.started;
        let Some(until) = self.appointment.until else {
            let hours = self.options.expires_after_hours.filter(|hours| *hours != 0);
            return Ok(hours.map(|hours| due::longest_wait(hours, started)));
        };
        let keep_minutes = self.options.keep_ceiling_minutes;
        let keep_minutes = keep_minutes.unwrap_or(FLAGS.keep_ceiling_minutes.default);
        let keep_minutes = self.appointment.keep_time.then_some(keep_minutes);
        let due = due::appointment(until, keep_minutes);
        due::check_appointment(&due, started)?;
        Ok(Some(due))
    }

    /// Returns the length of the owner's timer that ends at `ends_at`, in seconds: `shortest` or more.
    ///
    /// Twilio shows the end of a timer, not its length, and does not document whether it runs from the last update or
    /// from the last message. So this takes the one from which the timer is full minutes, as people set timers, or else
    /// the update: then the result is not longer than the timer.
    fn timer_of(
        &self,
        conversation: &Conversation,
        ends_at: Option<Millis>,
        shortest: u32,
    ) -> Option<u32> {
        let ends_at = ends_at?;
        let mut periods = [conversation.updated_at, self.messages.newest_at()]
            .into_iter()
            .flatten()
            .filter_map(|since| ends_at.checked_sub(since))
            .map(|period| period / 1_000)
            .filter(|seconds| *seconds >= u64::from(shortest));
        let first = periods.clone().next().unwrap_or(shortest.into());
        let whole = periods.find(|seconds| seconds % 60 == 0);
        u32::try_from(whole.unwrap_or(first)).ok()
    }

    /// Adds to the guardian the Studio flow that must not start while the conversation is parked. Returns its webhook
    /// too, if there is one to delete.
    fn pause_flow(
        &self,
        guardian: Guardian,
        former: Option<&Guardian>,
    ) -> (Guardian, Option<WebhookSid>) {
        let found = self.seen.other_flow(&self.context);
        let found = found.filter(|_| self.options.pause_studio_flow);
        let before = former.and_then(|former| former.paused_flow.clone());
        let with_it = Guardian {
            paused_flow: found.as_ref().map(|(_, flow)| flow.clone()).or(before),
            ..guardian.clone()
        };
        if with_it.has_room_for_paused_flow(&self.context.wake_url) {
            (with_it, found.map(|(webhook, _)| webhook))
        } else {
            (guardian, None)
        }
    }

    fn webhook_plan(
        &self,
        guardian: &Guardian,
        flow_webhook: Option<&WebhookSid>,
    ) -> Result<WebhookPlan, Refused> {
        let for_flow = usize::from(guardian.flow.is_some() && flow_webhook.is_none());
        let room = MOST_WEBHOOKS.saturating_sub(self.seen.webhook_count() + for_flow);
        match (room, self.seen.own_webhook(&self.context)) {
            (1.., _) => Ok(WebhookPlan::Create),
            (0, Some(own)) if self.seen.webhook_count() + for_flow <= MOST_WEBHOOKS => {
                Ok(WebhookPlan::Reuse(own))
            }
            (0, _) => Err(Refused::new(
                Refusal::TooManyWebhooks,
                format!("the conversation has room for {MOST_WEBHOOKS} webhooks, and none is free"),
            )),
        }
    }

    /// Returns the index of the first message that the agent has not seen. If the agent's screen had no messages yet,
    /// this is the first of the last messages in a row by one author. The wake finds out whether that is the customer.
    fn first_unseen(&self) -> Result<u32, Refused> {
        if let Some(failure) = self.messages.failure() {
            return Err(Refused::from_failure(failure, "the last messages"));
        }
        let newest_first = self.messages.newest_first();
        if let Some(index) = self.request.last_message_index {
            // A message that is not written yet was not seen. A larger index would hide it from the wake.
            let after_newest = newest_first
                .first()
                .map_or(0, |newest| newest.index.saturating_add(1));
            return Ok(index.saturating_add(1).min(after_newest));
        }
        let agent = self.identity().unwrap_or_default();
        let mut others = newest_first
            .iter()
            .filter(|message| !message.is_notice_of(agent))
            .peekable();
        let Some(last) = others.peek().map(|message| message.author.clone()) else {
            return Ok(0);
        };
        let in_a_row = others.take_while(|message| message.author == last);
        Ok(in_a_row.last().map_or(0, |message| message.index))
    }

    /// Refuses a park whose attributes, row or address would become too large.
    fn check_size(&self, plan: &Plan, conversation: &Conversation) -> Result<(), Refused> {
        let fits = |what: &str, size: usize, limit: usize| {
            if size <= limit {
                return Ok(());
            }
            Err(Refused::new(
                Refusal::TooLarge,
                format!("{what} would be {size} bytes, {limit} are allowed"),
            ))
        };
        let sid = &self.request.conversation_sid;
        let complete = ParkedRecord {
            webhook_sid: WebhookSid::parse(format!("WH{}", "0".repeat(32))).ok(),
            map_sid: MapSid::parse(format!("MP{}", "0".repeat(32)))
                .ok()
                .filter(|_| self.options.show_list),
            is_listed: self.options.show_list,
            ..plan.record.clone()
        };
        let written = complete.write_into(&conversation.attributes, &plan.guardian, sid);
        fits(
            "the conversation's attributes",
            written.len(),
            CONVERSATION_LIMIT,
        )?;
        if self.options.show_list {
            let row = list_item::data(&complete, &plan.guardian, &self.note());
            fits("the row of the list", row.len(), list_item::LIMIT)?;
        }
        let address = plan.guardian.address(&self.context.wake_url);
        fits("the webhook's address", address.len(), LONGEST_ADDRESS)?;
        // Parts without room are left out, and an appointment must not be.
        if plan.guardian.due.is_some() && !address.contains("&w=") {
            return Err(Refused::new(
                Refusal::TooLarge,
                "the webhook's address has no room for the time",
            ));
        }
        Ok(())
    }
}

/// Returns the result of a read, or the refusal without it.
fn need<'a, C: Call>(slot: &'a Slot<C>, what: &str) -> Result<&'a C::Answer, Refused> {
    match slot.result() {
        Some(Ok(value)) => Ok(value),
        Some(Err(failure)) => Err(Refused::from_failure(failure, what)),
        None => Err(unread(what)),
    }
}

/// Returns the beginning of a customer's name, for a notification.
fn shortened_name(name: &str) -> String {
    name.chars().take(LONGEST_REASON).collect()
}

fn unread(what: &str) -> Refused {
    Refused::new(
        Refusal::TwilioUnavailable,
        format!("{what} could not be read"),
    )
}
