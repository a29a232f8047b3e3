//! The invite: a new task for the conversation, with the clocks that watch over it.

use crate::attributes::Attributes;
use crate::guardian::{Guardian, Invitee};
use crate::protocol::calls::{Finished, Slot};
use crate::protocol::refusal::{says_closed, Refused};
use crate::protocol::Outcome;
use crate::record::{next_task_attributes, Return};
use crate::reply::{Refusal, Reply};
use crate::sid::{ConversationParticipantSid, ConversationSid, WorkerSid};
use crate::task_attributes;
use crate::twilio::calls::{
    ChannelState, CreateInteraction, CreateInvite, FetchChannel, MadeInteraction, NamedWorker,
    RemoveChatParticipant, UpdateConversation, UpdateWebhook,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::{Cause, Phase, Unpark};

/// The time for which the task of a resume waits for its worker, in seconds. Then Twilio cancels the task, and the
/// conversation stays parked.
const RESUME_TIMEOUT_SECONDS: u32 = 60;

/// An invite to create.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Invitation {
    call: CreateInvite,
    /// The guardian before the invite.
    guardian: Guardian,
    /// The participants of workers who were left in the conversation. Twilio would cancel their reservation.
    leftovers: Vec<ConversationParticipantSid>,
}

/// The progress of an invite.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Inviting {
    invitation: Invitation,
    activation: Slot<UpdateConversation>,
    created: Slot<CreateInvite>,
    /// The interaction that is created instead of the invite, if the channel is gone.
    renewed: Slot<CreateInteraction>,
    /// The time of the response to the invite.
    created_at: Millis,
    /// The state of the channel, which is read if the invite was refused.
    channel: Slot<FetchChannel>,
}

impl Inviting {
    /// Takes the result of a call.
    pub(super) fn take(&mut self, finished: &Finished, now: Millis) {
        let Self {
            activation,
            created,
            renewed,
            channel,
            ..
        } = self;
        // Each slot takes only the result of its own call.
        activation.take(finished);
        channel.take(finished);
        if created.take(finished) || renewed.take(finished) {
            self.created_at = now;
        }
    }

    /// Returns the guardian after the invite, if it was created.
    fn guardian_after(&self) -> Option<Guardian> {
        let task = self.created.ok()?.clone();
        let guardian = &self.invitation.guardian;
        Some(guardian.after_invite(task, self.invitee(), self.created_at))
    }

    /// Removes what Twilio may have refused the invite for: first the waiting time, which it may not take, then the attributes.
    /// Returns true if there was anything.
    fn leave_out(&mut self, conversation: &ConversationSid, cause: &'static str) -> bool {
        let had_time = self.invitation.call.waiting_since.take().is_some();
        had_time || self.leave_attributes_out(conversation, cause)
    }

    /// Removes the attributes that come from the record, because Twilio may have refused the invite for them: a wrong
    /// record must not be worse than none. Returns true if there were any.
    fn leave_attributes_out(
        &mut self,
        conversation: &ConversationSid,
        cause: &'static str,
    ) -> bool {
        let Invitation { call, guardian, .. } = &mut self.invitation;
        let without_note = Return {
            cause,
            ..Return::default()
        };
        let bare = next_task_attributes(None, guardian, conversation, &without_note);
        let had_more = call.attributes != bare;
        call.attributes = bare;
        had_more
    }

    fn invitee(&self) -> Invitee {
        match self.invitation.call.worker {
            Some(_) => Invitee::Worker,
            None => Invitee::Workflow,
        }
    }
}

impl Unpark {
    /// Returns the invite that brings the conversation back.
    pub(super) fn invitation(&self, guardian: &Guardian) -> Invitation {
        let named = |worker: &WorkerSid, timeout_seconds| NamedWorker {
            worker: worker.clone(),
            queue: guardian.queue.clone(),
            timeout_seconds,
        };
        let worker = match (&self.cause, self.token.ok()) {
            (Cause::Resume, Some(caller)) => Some(named(&caller.worker, RESUME_TIMEOUT_SECONDS)),
            (Cause::Resume, None) => None,
            _ => guardian
                .asks_same_agent()
                .filter(|_| self.cause.may_ask_same_agent() && self.why_no_room(guardian).is_none())
                .map(|seconds| named(&guardian.worker, seconds)),
        };
        let address = self.customer_address();
        Invitation {
            call: CreateInvite {
                channel: guardian.channel.clone(),
                workflow: guardian.workflow.clone(),
                task_channel_unique_name: guardian.task_channel_unique_name.clone(),
                attributes: next_task_attributes(
                    self.record().as_ref(),
                    guardian,
                    &self.conversation,
                    &Return {
                        cause: self.cause_of_return(guardian),
                        note: self.seen.note(),
                        at: self.context.started,
                    },
                ),
                waiting_since: guardian.unheard_since.filter(|_| {
                    let last = guardian.last_invite();
                    worker.is_none() && last.is_some_and(|one| one.invitee == Invitee::Worker)
                }),
                worker,
                earlier: self.seen.invited_tasks(),
            },
            guardian: guardian.clone(),
            leftovers: self.authors.leftovers(&self.seen, address.as_deref()),
        }
    }

    /// Returns the reason for which the conversation is back, by its name in the task's attributes.
    fn cause_of_return(&self, guardian: &Guardian) -> &'static str {
        match self.cause {
            Cause::Resume => "resume",
            Cause::Give => "given",
            Cause::Release => "owner",
            _ if guardian.unheard_since.is_some() => "message",
            _ if guardian.due.as_ref().is_some_and(|due| due.is_expiry) => "expiry",
            _ => "time",
        }
    }

    /// Creates the invite. Makes an inactive conversation active before, because Twilio may refuse the invite
    /// otherwise.
    pub(super) fn invite(&mut self, invitation: Invitation, now: Millis) {
        for participant in invitation.leftovers.clone() {
            self.calls.make(RemoveChatParticipant {
                conversation: self.conversation.clone(),
                participant,
            });
        }
        let mut inviting = Inviting {
            invitation,
            activation: Slot::Empty,
            created: Slot::Empty,
            renewed: Slot::Empty,
            created_at: 0,
            channel: Slot::Empty,
        };
        let is_inactive = self.seen.conversation().is_some_and(|one| one.inactive);
        if is_inactive {
            let activation = UpdateConversation {
                activate: true,
                ..UpdateConversation::new(self.conversation.clone())
            };
            inviting.activation.ask(&mut self.calls, activation);
        } else {
            self.create_invite(&mut inviting, now);
        }
        self.phase = Phase::Invite(Box::new(inviting));
    }

    /// Starts the invite and sets the clocks in parallel. If this operation dies after the invite, the clocks still
    /// bring a check.
    fn create_invite(&mut self, inviting: &mut Inviting, now: Millis) {
        let call = inviting.invitation.call.clone();
        if self.seen.channel_is_gone() {
            let renewal = CreateInteraction {
                conversation: self.conversation.clone(),
                medium: self.seen.medium().to_owned(),
                invite: CreateInvite {
                    attributes: without_channel(&call.attributes),
                    ..call
                },
            };
            inviting.renewed.ask(&mut self.calls, renewal);
        } else {
            inviting.created.ask(&mut self.calls, call);
        }
        if inviting.invitation.guardian.waits_since(now).is_some() {
            self.set_clocks(&inviting.invitation.guardian, now);
        }
    }

    /// Takes the next step of the invite, or ends because it has failed. This also waits for the clocks: one that is
    /// set after another operation has settled would stay.
    pub(super) fn after_invite(&mut self, mut inviting: Inviting, now: Millis) {
        if let Some(renewed) = inviting.renewed.result().cloned() {
            return self.after_renewal(&inviting, renewed, now);
        }
        if inviting.created.is_empty() {
            if !self.may_change(now) {
                return self.release(Outcome::refused(
                    Refusal::Busy,
                    "making the conversation active took too long",
                ));
            }
            self.create_invite(&mut inviting, now);
            self.phase = Phase::Invite(Box::new(inviting));
            return;
        }
        match (inviting.created.result().cloned(), inviting.channel.result()) {
            (Some(Err(failure)), _) if says_closed(&failure) => self.discard_closed(),
            (Some(Err(Failure::NotFound | Failure::Refused { .. })), None) => {
                let channel = inviting.invitation.call.channel.clone();
                inviting
                    .channel
                    .ask(&mut self.calls, FetchChannel(channel));
                self.phase = Phase::Invite(Box::new(inviting));
            }
            (Some(Err(_)), Some(Ok(ChannelState::Closed) | Err(Failure::NotFound))) => {
                self.discard_closed();
            }
            (Some(Err(Failure::NotFound)), _) => self.release(Refused::new(
                Refusal::TwilioRefused { code: 20_404 },
                "creating the invite: Twilio knows no such thing, perhaps the workflow or the task channel",
            )),
            (Some(Err(failure)), _) => {
                let is_refused = matches!(failure, Failure::Refused { .. });
                let cause = self.cause_of_return(&inviting.invitation.guardian);
                if is_refused && self.may_change(now) && inviting.leave_out(&self.conversation, cause) {
                    self.create_invite(&mut inviting, now);
                    self.phase = Phase::Invite(Box::new(inviting));
                } else {
                    self.release(Refused::from_failure(&failure, "creating the invite"));
                }
            }
            (Some(Ok(_)) | None, _) => match inviting.guardian_after() {
                Some(guardian) if self.may_change(now) => self.tidy(&guardian, now),
                // It took too long, so the rest may be wrong by now.
                Some(_) | None => self.end(Reply::Routed),
            },
        }
    }

    fn after_renewal(
        &mut self,
        inviting: &Inviting,
        renewed: Result<MadeInteraction, Failure>,
        now: Millis,
    ) {
        match renewed {
            Ok(made) => {
                let invitee = inviting.invitee();
                let guardian = &inviting.invitation.guardian;
                let mut guardian = guardian.after_invite(made.task, invitee, inviting.created_at);
                guardian.channel = made.channel;
                self.tidy(&guardian, now);
            }
            // There is a channel: another operation was faster, or it was not gone.
            Err(Failure::Refused { status: 409, .. }) => self.release(Refused::new(
                Refusal::TwilioUnavailable,
                "the interaction's channel could not be read, and Twilio creates no second one",
            )),
            Err(failure) if says_closed(&failure) => self.discard_closed(),
            Err(failure) => {
                self.release(Refused::from_failure(&failure, "creating an interaction"));
            }
        }
    }

    fn discard_closed(&mut self) {
        self.discard(Outcome::refused(
            Refusal::ConversationClosed,
            "Twilio takes no more invites for this conversation",
        ));
    }

    /// Deletes the row, and writes the invite into the webhook's address and into the claim.
    fn tidy(&mut self, guardian: &Guardian, now: Millis) {
        self.claim.mark_invited(&mut self.calls, now);
        // A resume keeps its row until the agent has joined.
        if self.cause != Cause::Resume {
            self.delete_row();
        }
        self.write_address(guardian);
        self.finish_when_idle(Outcome::reply(Reply::Routed));
    }

    /// Writes the guardian into the webhook's address. One that calls our Functions at another domain is moved to this one: without the
    /// new invite in its address, the next operation might ask another worker.
    pub(super) fn write_address(&mut self, guardian: &Guardian) {
        let elsewhere = || self.seen.newest(&self.context).map(|armed| armed.webhook);
        let own = self.seen.own_webhook(&self.context);
        if let Some(webhook) = own.or_else(elsewhere) {
            self.calls.make(UpdateWebhook {
                conversation: self.conversation.clone(),
                webhook,
                url: guardian.address(&self.context.wake_url),
            });
        }
    }
}

/// Removes the interaction and channel from a task's attributes. Both are unknown before the interaction is created.
fn without_channel(attributes: &str) -> String {
    let mut attributes = Attributes::parse(attributes).unwrap_or_default();
    attributes.remove(task_attributes::INTERACTION);
    attributes.remove(task_attributes::CHANNEL);
    attributes.text()
}
