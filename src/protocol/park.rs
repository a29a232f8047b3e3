//! Park: the agent leaves, the conversation stays, and the customer's next message is routed to an agent.
//!
//! | step | calls in parallel | undo |
//! |---|---|---|
//! | look | validate the token; read the conversation, its participants, channel, task and webhooks; then take the claim | give the claim back |
//! | tell | send the owner's notice to the customer, if there is one, and wait a second at most | none |
//! | save | write the record and the row, set the clocks of an appointment; arm the webhook; write the figures for Insights, for which nothing waits | delete all |
//! | leave | close the agent's participant; write the webhook's SID into record and row; read the last messages | none: the park is done |
//!
//! The agent leaves only when everything that brings the conversation back is in place.

mod figures;
mod notice;
mod plan;

use crate::attributes::Attributes;
use crate::guardian::{Due, Guardian};
use crate::list_item;
use crate::park_note::{self, ParkNote};
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::request::{Appointment, ParkOptions, ParkRequest, ParkTarget};
use crate::sid::{FlowSid, WebhookSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{
    Caller, CloseParticipant, CreateMessage, CreateWebhook, DeleteItem, DeleteWebhook, ListItems,
    PutItem, UpdateConversation, UpdateItem, UpdateWebhook, ValidateToken, WhenTaken,
    SHORTEST_TIMER_SECONDS,
};
use crate::twilio::time::Millis;
use crate::twilio::{Call, Failure};
use crate::waiting;

use super::calls::{Calls, Finished, Slot};
use super::claim::{ClaimHandle, ClaimStatus};
use super::messages::MessageReader;
use super::owners_timer::Silence;
use super::refusal::{busy, not_claimed, token_refused, Refused};
use super::snapshot::ConversationSnapshot;
use super::{arm_flow, Machine, MessageRef, OperationContext, Outcome};
use figures::{Figures, FiguresWriter};
use plan::{Next, Plan, WebhookPlan};

/// The latest time after the click at which the agent is removed. Operations that wait for the end of a park rely on
/// it.
const LEAVE_WITHIN_MS: Millis = 6_000;

/// The time after which nothing is retried. A Function may run for 10 s.
const TRY_WITHIN_MS: Millis = 6_000;

/// The time for which the park waits for another operation on the same conversation.
const WAIT_FOR_OTHERS_MS: Millis = 4_000;
const LOOK_AGAIN_AFTER_MS: Millis = 300;

/// The time for which the park waits for the notice. A later one wakes nothing: its author is the agent.
const TELL_WITHIN_MS: Millis = 1_000;

/// The park of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Park {
    request: ParkTarget,
    options: ParkOptions,
    appointment: Appointment,
    context: OperationContext,
    calls: Calls,
    claim: ClaimHandle,
    phase: Phase,
    token: Slot<ValidateToken>,
    seen: ConversationSnapshot,
    /// The rows of the agent's list, if their number is limited.
    rows: Slot<ListItems>,
    /// The last messages. They are read in the look, and again after the agent has left.
    messages: MessageReader,
    /// The notice to the customer.
    told: Slot<CreateMessage>,
    /// The figures for Flex Insights, if the owner wants some.
    figures: Option<FiguresWriter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    Look,
    WaitForOthers,
    Tell(Box<Plan>),
    Save(Box<Saving>),
    Leave(Box<Leaving>),
    CheckGone(Box<Leaving>),
    ReadMessages(Box<Leaving>),
    /// The operation ends when nothing is in flight.
    Over,
}

/// The progress of the save step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Saving {
    plan: Plan,
    attributes: Slot<UpdateConversation>,
    row: Slot<PutItem>,
    alarm: Slot<PutItem>,
    note: Slot<PutItem>,
    created: Slot<CreateWebhook>,
    reused: Slot<UpdateWebhook>,
    flow: Slot<CreateWebhook>,
}

/// The progress of the leave step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Leaving {
    plan: Plan,
    webhooks: Vec<WebhookSid>,
    closing: Slot<CloseParticipant>,
}

impl Leaving {
    /// Returns the flow whose webhook this park has deleted.
    fn paused_flow(&self) -> Option<&FlowSid> {
        let flow = self.plan.guardian.paused_flow.as_ref();
        flow.filter(|_| self.plan.paused.is_some())
    }
}

impl Park {
    /// Makes a park that has not begun.
    #[must_use]
    pub fn new(request: ParkRequest, context: OperationContext) -> Self {
        let ParkRequest {
            target,
            options,
            appointment,
        } = request;
        let conversation = target.conversation_sid.clone();
        Self {
            calls: Calls::new(context.seed, context.started + TRY_WITHIN_MS),
            claim: ClaimHandle::new(conversation.clone(), context.operation.clone()),
            request: target,
            options,
            appointment,
            context,
            phase: Phase::Look,
            token: Slot::Empty,
            seen: ConversationSnapshot::new(conversation),
            rows: Slot::Empty,
            messages: MessageReader::default(),
            told: Slot::Empty,
            figures: None,
        }
    }

    /// Sets the caller, if the token was validated a moment ago.
    #[must_use]
    pub fn with_caller(mut self, caller: Option<Caller>) -> Self {
        self.token = Slot::known(caller);
        self
    }

    fn look(&mut self) {
        self.phase = Phase::Look;
        self.claim.note_look();
        self.seen = ConversationSnapshot::new(self.request.conversation_sid.clone());
        let channel = self.request.channel();
        self.seen.read_conversation(&mut self.calls);
        self.seen.read_members(&mut self.calls);
        self.seen.read_channel(&mut self.calls, &channel);
        self.seen.read_task(&mut self.calls, &self.request.task_sid);
        self.messages
            .begin(&mut self.calls, &self.request.conversation_sid);
    }

    fn take_look(&mut self, finished: &Finished, now: Millis) {
        self.seen.take(finished);
        self.rows.take(finished);
        self.seen.read_tasks(&mut self.calls, &self.context);
        if self.token.take(finished) {
            match self.token.failure() {
                // Nothing is changed before the caller is known. A claim would be a change.
                None => {
                    self.claim.ask(&mut self.calls, now);
                    self.read_rows();
                }
                Some(failure) => {
                    let refused = token_refused(failure);
                    self.calls.finish(refused);
                }
            }
        }
        if self.claim.needs_look() {
            self.look();
        }
    }

    /// Starts to read the agent's list, if the number of its rows is limited.
    fn read_rows(&mut self) {
        if let (Some(_), Some(caller)) = (self.options.max_parked, self.token.ok()) {
            let map = MapName::list_of(&caller.worker);
            self.rows
                .ask(&mut self.calls, ListItems { map, page: None });
        }
    }

    fn after_look(&mut self, now: Millis) {
        let may_wait = now < self.context.started + WAIT_FOR_OTHERS_MS;
        if self.claim.take_from_inviter(&mut self.calls, now) {
            self.phase = Phase::Look;
            return;
        }
        match self.claim.status() {
            ClaimStatus::Held { .. } if self.claim.is_look_outdated() => {
                self.look();
            }
            ClaimStatus::Held { .. } => match self.plan() {
                Ok(Next::Save(_)) if may_wait && self.is_being_parked(now) => {
                    self.wait_for_others();
                }
                Ok(Next::Save(plan)) => self.tell(*plan, now),
                Ok(Next::AlreadyDone(reply)) => self.release(Outcome::reply(reply)),
                Err(refused) => self.release(refused),
            },
            ClaimStatus::Theirs { .. } if may_wait => self.wait_for_others(),
            ClaimStatus::Theirs { .. } => self.calls.finish(busy()),
            ClaimStatus::Unavailable | ClaimStatus::Open => self.calls.finish(not_claimed()),
        }
    }

    fn wait_for_others(&mut self) {
        self.phase = Phase::WaitForOthers;
        self.calls.pause(LOOK_AGAIN_AFTER_MS);
    }

    /// Returns true if another operation of the same click (e.g. from another tab) is about to remove the agent.
    fn is_being_parked(&self, now: Millis) -> bool {
        self.seen
            .armed(&self.context)
            .map(|armed| armed.guardian)
            .any(|guardian| {
                guardian.parked_task() == Some(&self.request.task_sid)
                    && guardian
                        .parked_at
                        .is_some_and(|at| now < at + LEAVE_WITHIN_MS)
            })
    }

    /// Tells the customer, if the owner wants that and something can be sent. A failure is passed over: the agent waits for an
    /// answer all the same.
    fn tell(&mut self, plan: Plan, now: Millis) {
        let author = self.identity().map(str::to_owned);
        let (Some(notices), Some(author)) = (&self.options.notices, author) else {
            return self.save(plan, now);
        };
        let newest_first = self.messages.newest_first();
        let task = plan.record.task_attributes.as_deref().unwrap_or_default();
        let task = Attributes::parse(task).unwrap_or_default();
        let content = notice::choose(notices, &task, newest_first, now)
            .filter(|_| !notice::is_told(newest_first, &author));
        let Some(content) = content else {
            return self.save(plan, now);
        };
        let notice = CreateMessage {
            conversation: self.request.conversation_sid.clone(),
            author,
            content,
            notice: self.context.operation.clone(),
        };
        self.told
            .ask_within(&mut self.calls, notice, TELL_WITHIN_MS);
        self.phase = Phase::Tell(Box::new(plan));
    }

    fn save(&mut self, plan: Plan, now: Millis) {
        if !self.may_still_change(now) {
            return self.release(too_slow());
        }
        let mut saving = Saving {
            attributes: Slot::Empty,
            row: Slot::Empty,
            alarm: Slot::Empty,
            note: Slot::Empty,
            created: Slot::Empty,
            reused: Slot::Empty,
            flow: Slot::Empty,
            plan,
        };
        let Plan {
            guardian, record, ..
        } = &saving.plan;
        let until_due = guardian.due.as_ref().map(|due| timer_until(due.at, now));
        let attributes = UpdateConversation {
            // The owner's timer would close the parked conversation.
            closed_after_seconds: record.owners_closing_seconds.map(|_| 0),
            inactive_after_seconds: until_due,
            inactive_left_seconds: until_due,
            ..self.attributes_with(record, guardian)
        };
        saving.attributes.ask(&mut self.calls, attributes);
        if guardian.has_note {
            let item = self.note().item(&self.request.conversation_sid);
            saving
                .note
                .ask(&mut self.calls, PutItem::new(item, WhenTaken::Replace));
        }
        if let Some(due) = &guardian.due {
            let item = waiting::item(&self.request.conversation_sid, now, due.at, now);
            saving
                .alarm
                .ask(&mut self.calls, PutItem::new(item, WhenTaken::Replace));
        }
        if self.options.show_list {
            let row = list_item::row(
                record,
                guardian,
                &self.note(),
                &self.request.conversation_sid,
                now,
            );
            saving
                .row
                .ask(&mut self.calls, PutItem::new(row, WhenTaken::Replace));
        }
        let replay_after = record.last_seen_message_index;
        let conversation = &self.request.conversation_sid;
        match &saving.plan.webhook {
            WebhookPlan::Create => {
                let call = self.context.arm(conversation, guardian, replay_after);
                saving.created.ask(&mut self.calls, call);
            }
            WebhookPlan::Reuse(webhook) => {
                let call = UpdateWebhook {
                    conversation: conversation.clone(),
                    webhook: webhook.clone(),
                    url: guardian.address(&self.context.wake_url),
                };
                saving.reused.ask(&mut self.calls, call);
            }
        }
        let task = self.seen.task(&self.request.task_sid);
        if let (Some(fields), Some(Ok(task))) = (self.options.insights, task) {
            let figures = Figures {
                task: self.request.task_sid.clone(),
                fields,
                reason: self.appointment.reason.clone(),
            };
            let writer = FiguresWriter::begin(&mut self.calls, figures, task);
            self.figures = Some(writer);
        }
        if let (Some(flow), None) = (&guardian.flow, &saving.plan.flow_webhook) {
            let call = arm_flow(conversation, flow, replay_after);
            saving.flow.ask(&mut self.calls, call);
        }
        self.phase = Phase::Save(Box::new(saving));
    }

    /// Returns the identity under which the agent writes.
    fn identity(&self) -> Option<&str> {
        self.token.ok()?.identity.as_deref()
    }

    /// Returns the texts that the agent leaves.
    fn note(&self) -> ParkNote {
        ParkNote {
            last: park_note::last_message(&self.request),
            ..ParkNote::of(&self.appointment)
        }
    }

    fn may_still_change(&self, now: Millis) -> bool {
        self.claim.is_held(now) && now < self.context.started + LEAVE_WITHIN_MS
    }

    fn attributes_with(&self, record: &ParkedRecord, guardian: &Guardian) -> UpdateConversation {
        let conversation = &self.request.conversation_sid;
        let attributes = self.seen.conversation();
        let attributes = attributes.map_or("", |conversation| &conversation.attributes);
        let written = record.write_into(attributes, guardian, conversation);
        UpdateConversation::new(conversation.clone()).with_attributes(written)
    }

    fn after_save(&mut self, saving: Saving, now: Millis) {
        let failure = saving.failure().cloned();
        match failure {
            Some(failure) => {
                self.undo(
                    &saving,
                    Refused::from_failure(&failure, "saving the parked state"),
                    now,
                );
            }
            None if saving.is_complete(self.options.show_list) && self.may_still_change(now) => {
                self.leave(saving, now);
            }
            None => {
                let refused = Refused::new(
                    Refusal::TwilioUnavailable,
                    "saving the parked state took too long",
                );
                self.undo(&saving, refused, now);
            }
        }
    }

    fn leave(&mut self, saving: Saving, now: Millis) {
        let webhooks = saving.webhooks();
        let mut plan = saving.plan;
        plan.record.webhook_sid = match plan.flow_webhook.clone().or(saving.flow.ok().cloned()) {
            Some(flow) => Some(flow),
            None => webhooks.first().cloned(),
        };
        if let Some(map) = saving.row.ok() {
            plan.record.map_sid.clone_from(map);
            plan.record.is_listed = true;
        }
        let mut leaving = Leaving {
            plan,
            webhooks,
            closing: Slot::Empty,
        };
        let conversation = self.request.conversation_sid.clone();
        let Plan {
            guardian,
            record,
            participant,
            former,
            ..
        } = &leaving.plan;
        leaving.closing.ask(
            &mut self.calls,
            CloseParticipant {
                channel: self.request.channel(),
                participant: participant.clone(),
            },
        );
        let mut update = self.attributes_with(record, guardian);
        let had_clocks = former.as_ref().is_some_and(Guardian::has_clocks);
        if had_clocks && guardian.due.is_none() {
            let seconds = record.owners_timer_seconds.unwrap_or(0);
            update = update.with_owners_timer(seconds, self.silence(&leaving.plan), now);
            self.calls.make(waiting::delete(&conversation));
        }
        if former.as_ref().is_some_and(|one| one.has_note) && !guardian.has_note {
            self.calls.make(park_note::delete(&conversation));
        }
        self.calls.make(update);
        if self.options.show_list {
            let row = list_item::row(record, guardian, &self.note(), &conversation, now);
            self.calls.make(UpdateItem(row));
        }
        // An earlier park of this conversation may have left a row in another agent's list.
        if let Some(former) = former.as_ref().filter(|one| one.worker != guardian.worker) {
            self.calls.make(DeleteItem {
                map: MapName::list_of(&former.worker),
                key: conversation.clone(),
            });
        }
        let of_ours = self.seen.all_guardians(&self.context).into_iter();
        for webhook in of_ours.chain(leaving.plan.paused.clone()) {
            if !leaving.webhooks.contains(&webhook) {
                self.calls.make(DeleteWebhook {
                    conversation: conversation.clone(),
                    webhook,
                });
            }
        }
        if self.request.last_message_index.is_some() {
            // Twilio may or may not send earlier messages to the new webhook, so they are read.
            self.messages.begin(&mut self.calls, &conversation);
        }
        self.claim.release(&mut self.calls);
        self.phase = Phase::Leave(Box::new(leaving));
    }

    fn after_leave(&mut self, leaving: Leaving) {
        if leaving.closing.ok().is_some() {
            return self.read_messages(leaving);
        }
        // The close has failed, or its response was lost. The channel shows which.
        self.seen.forget_channel();
        let channel = self.request.channel();
        self.seen.read_channel(&mut self.calls, &channel);
        self.phase = Phase::CheckGone(Box::new(leaving));
    }

    fn after_check(&mut self, leaving: Leaving, now: Millis) {
        let gone = self.seen.participants.ok().is_some()
            && self
                .seen
                .internal()
                .all(|participant| participant.sid != leaving.plan.participant);
        if gone {
            self.read_messages(leaving);
        } else {
            let refused = Refused::new(
                Refusal::TwilioUnavailable,
                "the agent could not be removed from the conversation",
            );
            // Without a response the agent may be gone soon. So the webhook stays: it brings the conversation back, or
            // the next message finds an agent and removes it. The clocks do so at their time.
            let is_unknown = leaving.closing.failure() == Some(&Failure::Unavailable);
            if is_unknown && leaving.plan.guardian.due.is_some() {
                self.delete_row(&leaving.plan.guardian.worker);
                self.take_back_figures();
                return self.release(refused);
            }
            let webhooks: &[WebhookSid] = if is_unknown { &[] } else { &leaving.webhooks };
            if let (Some(flow), false) = (leaving.paused_flow(), is_unknown) {
                let call = arm_flow(&self.request.conversation_sid, flow, None);
                self.calls.make(call);
            }
            self.take_back(&leaving.plan, webhooks, refused, now);
        }
    }

    /// Reads all messages that the agent has not seen.
    fn read_messages(&mut self, leaving: Leaving) {
        let from = leaving.plan.first_unseen();
        if self.request.last_message_index.is_some() {
            self.messages
                .go_on(&mut self.calls, &self.request.conversation_sid, from);
        }
        if self.calls.idle() {
            self.parked(leaving);
        } else {
            self.phase = Phase::ReadMessages(Box::new(leaving));
        }
    }

    fn parked(&mut self, leaving: Leaving) {
        let unseen: Vec<MessageRef> = self
            .messages
            .authors_since(leaving.plan.first_unseen(), self.identity());
        self.calls.finish(Outcome {
            reply: parked(leaving.plan.record.webhook_sid, &leaving.plan.guardian),
            unseen,
        });
    }

    fn undo(&mut self, saving: &Saving, refused: Refused, now: Millis) {
        self.take_back(&saving.plan, &saving.webhooks(), refused, now);
    }

    /// Deletes everything that was saved. The agent is still there, so the customer is not alone in the meantime.
    fn take_back(&mut self, plan: &Plan, webhooks: &[WebhookSid], refused: Refused, now: Millis) {
        let conversation = self.request.conversation_sid.clone();
        if let Some(before) = self.seen.conversation() {
            // They may contain the record of an earlier park, or none.
            let without = self.seen.attributes_without_record();
            let attributes = without.unwrap_or_else(|| before.attributes.clone());
            let silence = self.silence(plan);
            let closing = plan.record.owners_closing_seconds;
            let mut update = UpdateConversation::new(conversation.clone())
                .with_attributes(attributes)
                .with_owners_closing(closing, silence, now);
            if plan.guardian.due.is_some() {
                let seconds = plan.record.owners_timer_seconds.unwrap_or(0);
                update = update.with_owners_timer(seconds, silence, now);
            }
            self.calls.make(update);
        }
        self.delete_row(&plan.guardian.worker);
        self.take_back_figures();
        if plan.guardian.due.is_some() {
            self.calls.make(waiting::delete(&conversation));
        }
        if plan.guardian.has_note {
            self.calls.make(park_note::delete(&conversation));
        }
        for webhook in webhooks {
            self.calls.make(DeleteWebhook {
                conversation: conversation.clone(),
                webhook: webhook.clone(),
            });
        }
        self.release(refused);
    }

    fn silence(&self, plan: &Plan) -> Silence {
        Silence {
            last_message_at: self.messages.newest_at(),
            parked_at: plan.former.as_ref().and_then(|former| former.parked_at),
        }
    }

    fn take_back_figures(&mut self) {
        if let Some(figures) = &mut self.figures {
            figures.take_back(&mut self.calls);
        }
    }

    /// Deletes the row from the agent's list: the agent is still in the conversation.
    fn delete_row(&mut self, worker: &WorkerSid) {
        if self.options.show_list {
            self.calls.make(DeleteItem {
                map: MapName::list_of(worker),
                key: self.request.conversation_sid.clone(),
            });
        }
    }

    /// Gives the claim back and then ends the operation.
    fn release(&mut self, outcome: impl Into<Outcome>) {
        self.claim.release(&mut self.calls);
        self.calls.finish_when_idle(outcome.into());
    }
}

impl Machine for Park {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        if self.token.is_empty() {
            self.token.ask(&mut self.calls, ValidateToken);
            self.claim.glance(&mut self.calls);
        } else {
            self.claim.ask(&mut self.calls, self.context.started);
            self.read_rows();
        }
        self.look();
    }

    fn take(&mut self, finished: &Finished, now: Millis) {
        self.claim.take(finished, &mut self.calls, now);
        self.messages.take(finished);
        self.told.take(finished);
        if let Some(figures) = &mut self.figures {
            figures.take(finished, &mut self.calls);
        }
        match &mut self.phase {
            Phase::Look => self.take_look(finished, now),
            Phase::Save(saving) => saving.take(finished),
            Phase::Leave(leaving) => {
                leaving.closing.take(finished);
            }
            Phase::CheckGone(_) => {
                self.seen.take(finished);
                self.seen.read_tasks(&mut self.calls, &self.context);
            }
            Phase::ReadMessages(_) | Phase::WaitForOthers | Phase::Tell(_) | Phase::Over => {}
        }
    }

    fn advance(&mut self, now: Millis) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Look => self.after_look(now),
            Phase::WaitForOthers => {
                self.look();
                if !matches!(self.claim.status(), ClaimStatus::Held { .. }) {
                    self.claim.ask_again(&mut self.calls);
                }
            }
            Phase::Tell(plan) => {
                let mut plan = *plan;
                plan.pass_over(self.told.ok().copied());
                self.save(plan, now);
            }
            Phase::Save(saving) => self.after_save(*saving, now),
            Phase::Leave(leaving) => self.after_leave(*leaving),
            Phase::CheckGone(leaving) => self.after_check(*leaving, now),
            Phase::ReadMessages(leaving) => self.read_messages(*leaving),
            Phase::Over => {}
        }
    }

    fn certain_reply(&self) -> Option<Reply> {
        match &self.phase {
            Phase::Leave(leaving) | Phase::ReadMessages(leaving) => leaving.certain_reply(),
            _ => None,
        }
    }
}

impl Leaving {
    /// Returns the reply if the agent is out.
    fn certain_reply(&self) -> Option<Reply> {
        self.closing.ok()?;
        let webhook = self.plan.record.webhook_sid.clone();
        Some(parked(webhook, &self.plan.guardian))
    }
}

impl Saving {
    fn take(&mut self, finished: &Finished) {
        let Self {
            attributes,
            row,
            alarm,
            note,
            created,
            reused,
            flow,
            ..
        } = self;
        // Each slot takes only the result of its own call.
        attributes.take(finished);
        row.take(finished);
        alarm.take(finished);
        note.take(finished);
        created.take(finished);
        reused.take(finished);
        flow.take(finished);
    }

    fn failure(&self) -> Option<&Failure> {
        let webhook = self.created.failure().or(self.reused.failure());
        let webhook = webhook.or(self.flow.failure());
        let items = self.row.failure().or(self.alarm.failure());
        let items = items.or(self.note.failure());
        self.attributes.failure().or(webhook).or(items)
    }

    fn is_complete(&self, show_list: bool) -> bool {
        fn is_done<C: Call>(slot: &Slot<C>) -> bool {
            slot.is_empty() || slot.ok().is_some()
        }
        self.attributes.ok().is_some()
            && is_done(&self.created)
            && is_done(&self.reused)
            && is_done(&self.flow)
            && is_done(&self.alarm)
            && is_done(&self.note)
            && (self.row.ok().is_some() || !show_list)
    }

    /// Returns the webhooks that bring this conversation back. The one that calls our function is first.
    fn webhooks(&self) -> Vec<WebhookSid> {
        let reused = match &self.plan.webhook {
            WebhookPlan::Reuse(webhook) => Some(webhook),
            WebhookPlan::Create => None,
        };
        let own = self.created.ok().or(reused);
        let flow = self.flow.ok().or(self.plan.flow_webhook.as_ref());
        own.into_iter().chain(flow).cloned().collect()
    }
}

/// Returns the timer of an appointment at `at`, in seconds.
fn timer_until(at: Millis, now: Millis) -> u32 {
    let seconds = at.saturating_sub(now).div_ceil(1_000);
    u32::try_from(seconds)
        .unwrap_or(u32::MAX)
        .max(SHORTEST_TIMER_SECONDS)
}

/// Returns the reply to the agent of a parked conversation.
fn parked(webhook_sid: Option<WebhookSid>, guardian: &Guardian) -> Reply {
    let appointment = guardian.due.as_ref().and_then(Due::appointment);
    Reply::Parked {
        webhook_sid,
        until: appointment.and_then(|at| u32::try_from(at / 1_000).ok()),
        keep_time: guardian.keeps_time(),
    }
}

fn too_slow() -> Outcome {
    Outcome::refused(
        Refusal::TwilioUnavailable,
        "reading the conversation took too long",
    )
}
