//! The invite: a new task for the conversation, and what watches over it.

use crate::attributes::Attributes;
use crate::guardian::{Asked, Guardian};
use crate::protocol::calls::{Finished, Slot};
use crate::protocol::refusal::{says_closed, Refused};
use crate::protocol::Outcome;
use crate::record::next_task_attributes;
use crate::reply::{Refusal, Reply};
use crate::sid::{ConversationParticipantSid, ConversationSid};
use crate::task_attributes;
use crate::twilio::calls::{
    ChannelState, CreateInteraction, CreateInvite, FetchChannel, MadeInteraction, NamedWorker,
    RemoveChatParticipant, UpdateConversation, UpdateWebhook,
};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::{Cause, Phase, Unpark};

/// How long the task of a resume waits for the worker who asked for it, in seconds, before it is canceled and the conversation
/// is parked as before.
const RESUME_TIMEOUT_SECONDS: u32 = 60;

/// An invite that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Invitation {
    call: CreateInvite,
    /// What is known of the conversation before it.
    guardian: Guardian,
    /// Workers who are still in the conversation: Twilio would cancel their reservation.
    leftovers: Vec<ConversationParticipantSid>,
}

/// An invite that is being made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Inviting {
    invitation: Invitation,
    activation: Slot<UpdateConversation>,
    created: Slot<CreateInvite>,
    /// In the place of the invite, where the channel is gone.
    renewed: Slot<CreateInteraction>,
    /// When it was answered that the invite is made.
    created_at: Millis,
    /// Looked at where the invite was refused.
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
        // Each takes its own only.
        activation.take(finished);
        channel.take(finished);
        if created.take(finished) || renewed.take(finished) {
            self.created_at = now;
        }
    }

    /// What is known of the conversation, once the invite was made.
    fn guardian_after(&self) -> Option<Guardian> {
        let task = self.created.ok()?.clone();
        let guardian = &self.invitation.guardian;
        Some(guardian.invited(task, self.asks(), self.created_at))
    }

    /// Leaves out what the record says of the parked task, since Twilio may refuse the invite for that: a record is data, and a
    /// wrong one must not be worse than none. Returns whether there was any.
    fn leave_attributes_out(&mut self, conversation: &ConversationSid) -> bool {
        let Invitation { call, guardian, .. } = &mut self.invitation;
        let bare = next_task_attributes(None, guardian, conversation);
        let had_more = call.attributes != bare;
        call.attributes = bare;
        had_more
    }

    fn asks(&self) -> Asked {
        match self.invitation.call.worker {
            Some(_) => Asked::Worker,
            None => Asked::Workflow,
        }
    }
}

impl Unpark {
    /// The invite that brings the conversation back.
    pub(super) fn invitation(&self, guardian: &Guardian) -> Invitation {
        let worker = match (&self.cause, self.token.ok()) {
            (Cause::Resume, Some(caller)) => Some(NamedWorker {
                worker: caller.worker.clone(),
                queue: guardian.queue.clone(),
                timeout_seconds: RESUME_TIMEOUT_SECONDS,
            }),
            _ => None,
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
                ),
                worker,
                earlier: self.seen.invited(),
            },
            guardian: guardian.clone(),
            leftovers: self.authors.leftovers(&self.seen, address.as_deref()),
        }
    }

    /// Makes the invite. An inactive conversation is made active first: Twilio may refuse an invite before.
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
                ..UpdateConversation::of(self.conversation.clone())
            };
            inviting.activation.ask(&mut self.calls, activation);
        } else {
            self.create_invite(&mut inviting, now);
        }
        self.phase = Phase::Invite(Box::new(inviting));
    }

    /// The clock that watches over the invite is set with it and not after it: should this operation die in between, somebody
    /// still looks.
    fn create_invite(&mut self, inviting: &mut Inviting, now: Millis) {
        let call = inviting.invitation.call.clone();
        if self.seen.channel_is_gone() {
            let renewal = CreateInteraction {
                conversation: self.conversation.clone(),
                medium: self.seen.medium().to_owned(),
                invite: CreateInvite {
                    attributes: without_place(&call.attributes),
                    ..call
                },
            };
            inviting.renewed.ask(&mut self.calls, renewal);
        } else {
            inviting.created.ask(&mut self.calls, call);
        }
        if inviting.invitation.guardian.unheard_since.is_some() {
            self.set_clocks(&inviting.invitation.guardian, now);
        }
    }

    /// Goes on to the invite and what follows it, or ends because it has failed. The clocks are waited for: one that is set after
    /// somebody has settled would stay.
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
                "making the invite: Twilio knows no such thing, the workflow or the task channel perhaps",
            )),
            (Some(Err(failure)), _) => {
                let is_refused = matches!(failure, Failure::Refused { .. });
                if is_refused && self.may_change(now) && inviting.leave_attributes_out(&self.conversation) {
                    self.create_invite(&mut inviting, now);
                    self.phase = Phase::Invite(Box::new(inviting));
                } else {
                    self.release(Refused::by(&failure, "making the invite"));
                }
            }
            (Some(Ok(_)) | None, _) => match inviting.guardian_after() {
                Some(guardian) if self.may_change(now) => self.tidy(&guardian, now),
                // It took too long: what is left to do may be wrong by now.
                _ => self.end(Reply::Routed),
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
                let asks = inviting.asks();
                let guardian = &inviting.invitation.guardian;
                let mut guardian = guardian.invited(made.task, asks, inviting.created_at);
                guardian.channel = made.channel;
                self.tidy(&guardian, now);
            }
            // There is a channel: somebody was quicker, or it was not gone.
            Err(Failure::Refused { status: 409, .. }) => self.release(Refused::new(
                Refusal::TwilioUnavailable,
                "the interaction's channel could not be read, and Twilio makes no new one beside it",
            )),
            Err(failure) if says_closed(&failure) => self.discard_closed(),
            Err(failure) => self.release(Refused::by(&failure, "making a new interaction")),
        }
    }

    fn discard_closed(&mut self) {
        self.discard(Outcome::refused(
            Refusal::ConversationClosed,
            "Twilio takes no more invites for this conversation",
        ));
    }

    /// Takes the row out and says in the webhook's address and in the claim that an invite was made.
    fn tidy(&mut self, guardian: &Guardian, now: Millis) {
        self.claim.mark_invited(&mut self.calls, now);
        // A resume keeps its row until the agent has joined.
        if self.cause != Cause::Resume {
            self.delete_row();
        }
        self.write_address(guardian);
        self.calls.finish_when_idle(Outcome::reply(Reply::Routed));
    }

    /// Says in the webhook's address how far the conversation is.
    pub(super) fn write_address(&mut self, guardian: &Guardian) {
        if let Some(webhook) = self.seen.own_webhook(&self.setting) {
            self.calls.make(UpdateWebhook {
                conversation: self.conversation.clone(),
                webhook,
                url: guardian.address(&self.setting.wake_url),
            });
        }
    }
}

/// A task's attributes without where it is, which is not known before the interaction is made.
fn without_place(attributes: &str) -> String {
    let mut attributes = Attributes::parse(attributes).unwrap_or_default();
    attributes.remove(task_attributes::INTERACTION);
    attributes.remove(task_attributes::CHANNEL);
    attributes.text()
}
