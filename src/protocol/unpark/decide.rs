//! What to do about a conversation, decided from what was seen of it.

use crate::attributes::{Attributes, Malformed};
use crate::protocol::call::{Failure, Invite};
use crate::protocol::refusal::refusal_for;
use crate::protocol::{Millis, Outcome};
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};

use super::{Cause, Route, Unpark};

/// A park takes its agent out within this time or not at all.
const PARK_ENDS_WITHIN: Millis = 10_000;

/// What to do about a conversation, given what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Decision {
    Invite(Box<Invite>),
    /// Somebody is there: what is left of the parking goes.
    Settle(Reply),
    /// It is parked: what is missing of the parked state comes back.
    Restore(Box<ParkedRecord>),
    /// It cannot come back: its row goes.
    Discard(Outcome),
    /// Nothing is to be changed.
    Leave(Outcome),
    /// It is in between two states.
    LookAgain,
}

impl Unpark {
    /// Decides.
    pub(super) fn decide(&self, now: Millis) -> Decision {
        if let Cause::Wake(_) = self.cause {
            if !self.customer_may_have_written() {
                return Decision::Leave(Outcome::reply(Reply::Ignored));
            }
        }
        let late = now >= self.look_until();
        let conversation = match &self.seen.conversation {
            Some(Ok(conversation)) => conversation,
            Some(Err(Failure::NotFound)) => {
                return self.discard_since(Refusal::NotParked, "the conversation does not exist")
            }
            Some(Err(failure)) => return unavailable(failure, "reading the conversation"),
            None => return Decision::LookAgain,
        };
        if conversation.closed {
            return self.discard_since(Refusal::ConversationClosed, "the conversation is closed");
        }
        match self.record() {
            Err(message) => Decision::Leave(Outcome::refused(Refusal::NotParked, message)),
            Ok(None) => self.decide_without_record(late),
            Ok(Some(record)) => self.decide_with_record(&record, late, now),
        }
    }

    /// Not parked, or a park is just arming its webhook and has not saved its record yet.
    fn decide_without_record(&self, late: bool) -> Decision {
        let armed = self.seen.guardians(&self.setting).next().is_some();
        match &self.cause {
            Cause::Wake(_) if armed => self.decide_on_wiped_record(late),
            Cause::Reconcile | Cause::Release if self.row.is_some() && !armed => {
                self.discard_since(Refusal::NotParked, "the conversation is not parked")
            }
            Cause::Wake(_) | Cause::Settle | Cause::Restore | Cause::Reconcile | Cause::Release => {
                Decision::Leave(Outcome::reply(Reply::Ignored))
            }
            Cause::Resume => {
                self.discard_since(Refusal::NotParked, "the conversation is not parked")
            }
        }
    }

    /// The row goes. Whoever wanted the conversation is refused; for whoever looks after it, that is all right.
    fn discard_since(&self, refusal: Refusal, message: &str) -> Decision {
        Decision::Discard(match self.cause {
            Cause::Restore | Cause::Reconcile | Cause::Release => Outcome::reply(Reply::Removed),
            Cause::Wake(_) | Cause::Resume | Cause::Settle => Outcome::refused(refusal, message),
        })
    }

    fn decide_with_record(&self, record: &ParkedRecord, late: bool, now: Millis) -> Decision {
        match &self.seen.participants {
            Some(Ok(_)) => {}
            Some(Err(Failure::NotFound)) => {
                return self.discard_since(
                    Refusal::ConversationClosed,
                    "the interaction's channel does not exist any more",
                )
            }
            Some(Err(failure)) => return unavailable(failure, "reading the channel"),
            None => return Decision::LookAgain,
        }
        // Who is there is told by both: see `Look::internal`.
        match &self.seen.tasks {
            Some(Ok(_)) => {}
            Some(Err(failure)) => return unavailable(failure, "reading the open tasks"),
            None => return Decision::LookAgain,
        }
        if let Some(decision) = self.decide_authority(record, late) {
            return decision;
        }
        let park_may_be_under_way = record
            .parked_at
            .is_some_and(|parked_at| now < parked_at + PARK_ENDS_WITHIN);
        if self.seen.internal().next().is_some() {
            let only_the_parker = self
                .seen
                .internal()
                .all(|participant| participant.sid == record.participant_sid);
            return match (only_the_parker && park_may_be_under_way, late) {
                (false, _) => Decision::Settle(self.reply_when_joined()),
                (true, false) => Decision::LookAgain,
                (true, true) => Decision::Leave(Outcome::reply(Reply::Ignored)),
            };
        }
        let mut open = self.seen.tasks.iter().flatten().flatten();
        if open.any(|task| *task != record.task_sid) {
            return match (&self.cause, late) {
                // The task is being accepted; the agent will be there in a moment.
                (Cause::Settle, false) => Decision::LookAgain,
                _ => Decision::Leave(Outcome::reply(Reply::AlreadyRouted)),
            };
        }
        if self.cause == Cause::Settle {
            return Decision::Leave(Outcome::reply(Reply::Ignored));
        }
        // A park's last writes bring the webhook's SID; it must not overtake what we do.
        if record.webhook_sid.is_none() && park_may_be_under_way && !late {
            return Decision::LookAgain;
        }
        match self.cause {
            Cause::Restore => return Decision::Restore(Box::new(record.clone())),
            Cause::Reconcile => match &self.messages {
                Some(Err(failure)) => return unavailable(failure, "reading the messages"),
                _ if self.customer_wrote() => {}
                _ => return Decision::Restore(Box::new(record.clone())),
            },
            Cause::Wake(_) | Cause::Resume | Cause::Settle | Cause::Release => {}
        }
        match self.invite(record) {
            Ok(invite) => Decision::Invite(Box::new(invite)),
            Err(error) => Decision::Leave(Outcome::refused(Refusal::NotParked, error.to_string())),
        }
    }

    fn invite(&self, record: &ParkedRecord) -> Result<Invite, Malformed> {
        let worker = match (&self.cause, &self.caller) {
            (Cause::Resume, Some(caller)) => {
                Some((record.queue_sid.clone(), caller.worker.clone()))
            }
            _ => None,
        };
        Ok(Invite {
            interaction: record.interaction_sid.clone(),
            channel: record.channel_sid.clone(),
            workflow: record.workflow_sid.clone(),
            task_channel_unique_name: record.task_channel_unique_name.clone(),
            attributes: record.next_task_attributes()?.text(),
            worker,
            earlier: self.seen.invited(),
        })
    }

    /// Somebody wrote, our webhook is armed, and there is no record: a park may be about to save it, or other code
    /// has wiped it out. Then the webhook's address still says where to route to; what the task's attributes were
    /// is lost.
    fn decide_on_wiped_record(&self, late: bool) -> Decision {
        if !late {
            return Decision::LookAgain;
        }
        if self.seen.internal().next().is_some() {
            return Decision::Settle(Reply::Ignored);
        }
        match (
            &self.seen.participants,
            &self.seen.tasks,
            &self.route,
            &self.place,
        ) {
            (Some(Ok(_)), Some(Ok(tasks)), _, _) if !tasks.is_empty() => {
                Decision::Leave(Outcome::reply(Reply::AlreadyRouted))
            }
            (Some(Ok(_)), Some(Ok(_)), Some(route), Some((interaction, channel))) => {
                Decision::Invite(Box::new(Invite {
                    interaction: interaction.clone(),
                    channel: channel.clone(),
                    workflow: route.workflow.clone(),
                    task_channel_unique_name: route.task_channel_unique_name.clone(),
                    attributes: route.task_attributes(),
                    worker: None,
                    earlier: self.seen.invited(),
                }))
            }
            // The webhook stays, and somebody has to be told.
            _ => Decision::Leave(Outcome::refused(
                Refusal::NotParked,
                "the parked state is gone from the conversation's attributes",
            )),
        }
    }

    /// Whether the caller may do this. `None`: they may.
    fn decide_authority(&self, record: &ParkedRecord, late: bool) -> Option<Decision> {
        let refused = |message: &str| {
            Some(Decision::Leave(Outcome::refused(
                Refusal::NotAllowed,
                message,
            )))
        };
        match (&self.cause, &self.caller) {
            // Twilio's signature, or the owner's, is all that they need.
            (Cause::Wake(_) | Cause::Restore | Cause::Reconcile | Cause::Release, _) => None,
            (_, None) => refused("nobody is known to ask"),
            (Cause::Resume, Some(caller)) => {
                if caller.worker == record.worker_sid || caller.oversees() {
                    None
                } else {
                    refused("only the agent who parked it, a supervisor or an admin may resume it")
                }
            }
            (Cause::Settle, Some(caller)) => {
                if self.seen.participant_of(&caller.worker).is_some() {
                    None
                } else if late {
                    refused("the worker is not in this conversation")
                } else {
                    Some(Decision::LookAgain)
                }
            }
        }
    }

    fn reply_when_joined(&self) -> Reply {
        match self.cause {
            Cause::Resume => Reply::AlreadyRouted,
            Cause::Wake(_) | Cause::Settle | Cause::Restore | Cause::Reconcile | Cause::Release => {
                Reply::Settled
            }
        }
    }
}

impl Route {
    /// What can still be said of the task: where it came from.
    fn task_attributes(&self) -> String {
        let mut routing = Attributes::default();
        routing.set("queueSid", &self.queue);
        routing.set("workerSid", &self.worker);
        let mut attributes = Attributes::default();
        attributes.set("originalRouting", &routing);
        attributes.text()
    }
}

fn unavailable(failure: &Failure, what: &str) -> Decision {
    let (refusal, message) = refusal_for(failure, what);
    Decision::Leave(Outcome::refused(refusal, message))
}
