//! Parking: the agent goes, the conversation stays, and the customer's next message finds somebody.
//!
//! | step | together | undone by |
//! |---|---|---|
//! | look | who calls; the conversation, its channel, task and webhooks; then the claim | giving the claim back |
//! | save | the record into the attributes, the row into the list, the webhook armed | taking all three out again |
//! | leave | the agent out; what the webhook's answer told into record and row; missed messages | nothing: it is done |
//!
//! The agent leaves only when everything that brings the customer back is in place.

mod plan;

use crate::attributes::Attributes;
use crate::list_item;
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::request::ParkRequest;
use crate::sid::{MapSid, ParticipantSid, WebhookSid};

use super::call::{Answer, Call, Caller, Failure, Item, Message, Task, Webhook};
use super::calls::Calls;
use super::claim::{Hold, Standing};
use super::guardian::guardian;
use super::look::{Look, Slot};
use super::refusal::{busy, not_claimed, refusal_for, token_refused};
use super::{Machine, MessageRef, Millis, Outcome, Setting};
use plan::Plan;

/// The agent is not taken out later than this after the click: whoever waits for the park to end relies on it.
const LEAVE_WITHIN: Millis = 6_000;

/// Nothing is tried again later than this; a Function may run for 10 s.
const TRY_WITHIN: Millis = 6_000;

/// How long another operation on the same conversation is waited for.
const WAIT_FOR_OTHERS: Millis = 4_000;
const LOOK_AGAIN_AFTER: Millis = 300;

/// Parks one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Park {
    request: ParkRequest,
    setting: Setting,
    calls: Calls,
    hold: Hold,
    phase: Phase,
    /// Whether the claim was ours when the look began.
    looked_with_claim: bool,
    caller: Option<Caller>,
    task: Slot<Box<Task>>,
    seen: Look,
    messages: Vec<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Phase {
    Look,
    WaitForOthers,
    Save(Saving),
    /// With it: whether the agent is known to be out.
    Leave(Saving, bool),
    CheckGone(Saving),
    /// It ends when nothing is under way any more.
    Over,
}

/// What is being saved, and how far that is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Saving {
    record: ParkedRecord,
    participant: ParticipantSid,
    /// The row that an earlier park of this conversation left in somebody else's list: map and key.
    stale_row: Option<(String, String)>,
    /// An armed webhook of ours that is as good as a new one.
    adopted: Option<WebhookSid>,
    webhook: Slot<WebhookSid>,
    attributes: Slot<()>,
    item: Slot<MapSid>,
}

impl Park {
    /// A park that has not begun.
    #[must_use]
    pub fn new(request: ParkRequest, setting: Setting) -> Self {
        Self {
            calls: Calls::new(setting.seed, setting.started + TRY_WITHIN),
            hold: Hold::new(request.conversation_sid.clone(), setting.operation.clone()),
            request,
            setting,
            phase: Phase::Look,
            looked_with_claim: false,
            caller: None,
            task: None,
            seen: Look::default(),
            messages: Vec::new(),
        }
    }

    fn look(&mut self) {
        self.phase = Phase::Look;
        self.looked_with_claim = matches!(self.hold.standing(), Standing::Held { .. });
        self.seen = Look::default();
        self.task = None;
        Look::at_conversation(&mut self.calls, &self.request.conversation_sid);
        Look::at_channel(
            &mut self.calls,
            &self.request.interaction_sid,
            &self.request.channel_sid,
        );
        self.seen
            .at_task(&mut self.calls, self.request.task_sid.clone());
    }

    fn take_look(&mut self, call: &Call, result: &Result<Answer, Failure>, now: Millis) {
        self.seen.take(call, result, &mut self.calls);
        match (call, result) {
            (Call::ValidateToken, Ok(Answer::Caller(caller))) => {
                self.caller = Some(caller.clone());
                // Nothing is changed, not even a claim taken, before it is known who asks.
                self.hold.ask(&mut self.calls, now);
            }
            (Call::ValidateToken, Err(failure)) => self.calls.finish(token_refused(failure)),
            (Call::FetchTask(sid), Ok(Answer::Task(task))) if *sid == self.request.task_sid => {
                self.task = Some(Ok(task.clone()));
            }
            (Call::FetchTask(sid), Err(failure)) if *sid == self.request.task_sid => {
                self.task = Some(Err(failure.clone()));
            }
            _ => {}
        }
    }

    fn after_look(&mut self, now: Millis) {
        let may_wait = now < self.setting.started + WAIT_FOR_OTHERS;
        if self.hold.take_from_inviter(&mut self.calls, now) {
            self.phase = Phase::Look;
            return;
        }
        match self.hold.standing() {
            Standing::Held { .. } if self.hold.is_taken_over() && !self.looked_with_claim => {
                self.look();
            }
            Standing::Held { .. } => match self.plan() {
                Ok(Plan::Save(_)) if may_wait && self.is_being_parked(now) => {
                    self.wait_for_others();
                }
                Ok(Plan::Save(saving)) => self.save(*saving, now),
                Ok(Plan::AlreadyDone(reply)) => self.release(Outcome::reply(reply)),
                Err((refusal, message)) => self.release(Outcome::refused(refusal, message)),
            },
            Standing::Theirs { .. } if may_wait => self.wait_for_others(),
            Standing::Theirs { .. } => self.calls.finish(busy()),
            Standing::Unavailable | Standing::Open => self.calls.finish(not_claimed()),
        }
    }

    fn wait_for_others(&mut self) {
        self.phase = Phase::WaitForOthers;
        self.calls.pause(LOOK_AGAIN_AFTER);
    }

    /// Whether the same click, from another tab perhaps, is just about to take the agent out.
    fn is_being_parked(&self, now: Millis) -> bool {
        ok(self.seen.conversation.as_ref())
            .and_then(|conversation| Attributes::parse(&conversation.attributes).ok())
            .and_then(|attributes| ParkedRecord::find(&attributes).ok().flatten())
            .is_some_and(|record| {
                record.task_sid == self.request.task_sid
                    && record.parked_at.is_some_and(|at| now < at + LEAVE_WITHIN)
            })
    }

    fn guardian(&self, record: &ParkedRecord) -> Webhook {
        guardian(
            &self.setting,
            &self.request.conversation_sid,
            record,
            self.request.last_message_index,
        )
    }

    fn save(&mut self, saving: Saving, now: Millis) {
        if !self.may_still_change(now) {
            return self.release(too_slow());
        }
        self.write_record(&saving.record);
        if self.request.show_list {
            self.calls
                .make(Call::CreateItem(self.item(&saving.record, now)));
        }
        if saving.adopted.is_none() {
            let guardian = self.guardian(&saving.record);
            self.calls.make(Call::CreateWebhook(guardian));
        }
        self.phase = Phase::Save(saving);
    }

    fn may_still_change(&self, now: Millis) -> bool {
        self.hold.is_held(now) && now < self.setting.started + LEAVE_WITHIN
    }

    fn write_record(&mut self, record: &ParkedRecord) {
        // They were merged once already when the sizes were checked.
        if let Some(attributes) = self.seen.attributes_with(record) {
            self.update_attributes(attributes);
        }
    }

    fn update_attributes(&mut self, attributes: String) {
        self.calls.make(Call::UpdateAttributes(
            self.request.conversation_sid.clone(),
            attributes,
        ));
    }

    fn item(&self, record: &ParkedRecord, now: Millis) -> Item {
        Item::of(record, &self.request.conversation_sid, now)
    }

    fn after_save(&mut self, saving: Saving, now: Millis) {
        let failure = [
            saving.attributes.as_ref().map(|r| r.as_ref().err()),
            saving.webhook.as_ref().map(|r| r.as_ref().err()),
            saving.item.as_ref().map(|r| r.as_ref().err()),
        ]
        .into_iter()
        .flatten()
        .flatten()
        .next()
        .cloned();
        let complete = saving.attributes.is_some()
            && saving.webhook.is_some()
            && (saving.item.is_some() || !self.request.show_list);
        match failure {
            Some(failure) => {
                let (refusal, message) = refusal_for(&failure, "saving the parked state");
                self.undo(&saving, refusal, message);
            }
            None if complete && self.may_still_change(now) => self.leave(saving, now),
            None => self.undo(
                &saving,
                Refusal::TwilioUnavailable,
                "saving the parked state took too long".into(),
            ),
        }
    }

    fn leave(&mut self, mut saving: Saving, now: Millis) {
        saving.record.webhook_sid = ok(saving.webhook.as_ref());
        if let Some(map) = ok(saving.item.as_ref()) {
            saving.record.map_sid = Some(map);
            saving.record.map_item_key = Some(self.request.conversation_sid.to_string());
        }
        self.calls.make(Call::CloseParticipant(
            self.request.interaction_sid.clone(),
            self.request.channel_sid.clone(),
            saving.participant.clone(),
        ));
        self.write_record(&saving.record);
        if self.request.show_list {
            self.calls
                .make(Call::UpdateItem(self.item(&saving.record, now)));
        }
        for webhook in self.seen.all_guardians(&self.setting) {
            if Some(&webhook) != saving.record.webhook_sid.as_ref() {
                self.calls.make(Call::DeleteWebhook(
                    self.request.conversation_sid.clone(),
                    webhook,
                ));
            }
        }
        if let Some((map, key)) = saving.stale_row.clone() {
            self.calls.make(Call::DeleteItem(map, key));
        }
        if self.request.last_message_index.is_some() {
            // Whether the new webhook is told of messages from before it was armed is Twilio's affair;
            // reading them leaves no doubt.
            self.calls
                .make(Call::ListMessages(self.request.conversation_sid.clone()));
        }
        self.hold.release(&mut self.calls);
        self.phase = Phase::Leave(saving, false);
    }

    fn after_leave(&mut self, saving: Saving, closed: bool) {
        if closed {
            return self.parked(saving);
        }
        // It failed, or it was done and its answer lost: the channel knows.
        self.seen.forget_channel();
        Look::at_channel(
            &mut self.calls,
            &self.request.interaction_sid,
            &self.request.channel_sid,
        );
        self.phase = Phase::CheckGone(saving);
    }

    fn after_check(&mut self, saving: Saving) {
        let gone = matches!(self.seen.participants, Some(Ok(_)))
            && self
                .seen
                .internal()
                .all(|participant| participant.sid != saving.participant);
        if gone {
            self.parked(saving);
        } else {
            self.undo(
                &saving,
                Refusal::TwilioUnavailable,
                "the agent could not be taken out of the conversation".into(),
            );
        }
    }

    fn parked(&mut self, saving: Saving) {
        let unseen = self
            .messages
            .iter()
            .filter(|message| Some(message.index) > self.request.last_message_index)
            .map(|message| message.by.clone())
            .filter(|by| by.participant.is_some())
            .fold(Vec::new(), |mut authors: Vec<MessageRef>, by| {
                if !authors.contains(&by) {
                    authors.push(by);
                }
                authors
            });
        self.calls.finish(Outcome {
            reply: Reply::Parked {
                webhook_sid: saving.record.webhook_sid,
            },
            unseen,
        });
    }

    /// Takes everything out again. The agent is still there, so nobody is lost while it is tried.
    fn undo(&mut self, saving: &Saving, refusal: Refusal, message: String) {
        if let Some(attributes) = self.seen.attributes_without_record() {
            self.update_attributes(attributes);
        }
        if self.request.show_list {
            self.calls.make(Call::DeleteItem(
                list_item::map_name(&saving.record.worker_sid),
                self.request.conversation_sid.to_string(),
            ));
        }
        if let Some(webhook) = ok(saving.webhook.as_ref()) {
            self.calls.make(Call::DeleteWebhook(
                self.request.conversation_sid.clone(),
                webhook,
            ));
        }
        self.release(Outcome::refused(refusal, message));
    }

    /// Ends it: the claim is given back first.
    fn release(&mut self, outcome: Outcome) {
        self.hold.release(&mut self.calls);
        self.calls.finish_when_idle(outcome);
    }
}

impl Machine for Park {
    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    fn begin(&mut self) {
        self.calls.make(Call::ValidateToken);
        self.look();
    }

    fn take(&mut self, call: &Call, result: &Result<Answer, Failure>, now: Millis) {
        self.hold.take(call, result, &mut self.calls, now);
        match &mut self.phase {
            Phase::Look => self.take_look(call, result, now),
            Phase::Save(saving) => saving.take(call, result),
            Phase::Leave(_, closed) => match (call, result) {
                (Call::CloseParticipant(..), result) => *closed = result.is_ok(),
                (Call::ListMessages(_), Ok(Answer::Messages(messages))) => {
                    self.messages.clone_from(messages);
                }
                _ => {}
            },
            Phase::CheckGone(_) => self.seen.take(call, result, &mut self.calls),
            Phase::WaitForOthers | Phase::Over => {}
        }
    }

    fn advance(&mut self, now: Millis) {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Look => self.after_look(now),
            Phase::WaitForOthers => {
                self.look();
                if !self.looked_with_claim {
                    self.hold.ask_again(&mut self.calls);
                }
            }
            Phase::Save(saving) => self.after_save(saving, now),
            Phase::Leave(saving, closed) => self.after_leave(saving, closed),
            Phase::CheckGone(saving) => self.after_check(saving),
            Phase::Over => {}
        }
    }
}

impl Saving {
    fn take(&mut self, call: &Call, result: &Result<Answer, Failure>) {
        match (call, result) {
            (Call::UpdateAttributes(..), result) => {
                self.attributes = Some(result.as_ref().map(|_| ()).map_err(Clone::clone));
            }
            (Call::CreateWebhook(_), Ok(Answer::Webhook(sid))) => {
                self.webhook = Some(Ok(sid.clone()));
            }
            (Call::CreateWebhook(_), Err(failure)) => self.webhook = Some(Err(failure.clone())),
            (Call::CreateItem(_) | Call::ReplaceItem(_), Ok(Answer::Item(map))) => {
                self.item = Some(Ok(map.clone()));
            }
            (Call::CreateItem(_) | Call::ReplaceItem(_) | Call::CreateMap(_), Err(failure)) => {
                self.item = Some(Err(failure.clone()));
            }
            _ => {}
        }
    }
}

fn too_slow() -> Outcome {
    Outcome::refused(
        Refusal::TwilioUnavailable,
        "looking at the conversation took too long",
    )
}

fn ok<T: Clone>(slot: Option<&Result<T, Failure>>) -> Option<T> {
    slot.and_then(|result| result.as_ref().ok()).cloned()
}
