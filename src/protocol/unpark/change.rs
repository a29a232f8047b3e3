//! Change: what an agent may change about a parked conversation.
//!
//! A change makes a new guardian, and restore writes it: first into the webhook's address, which has the authority, then into the
//! row, and at last into record, clocks and waiting item. After a crash in between the same request finishes the rest; so does a
//! check, which the clocks bring, but for what only the request knows.

use crate::attributes::CONVERSATION_LIMIT;
use crate::guardian::{Due, Guardian};
use crate::history::{self, Deed, REPEATED_WITHIN_MS};
use crate::park_note::{self, ParkNote};
use crate::protocol::due;
use crate::protocol::refusal::Refused;
use crate::record::ParkedRecord;
use crate::reply::{Refusal, Reply};
use crate::row_data::ParkDetails;
use crate::sid::WorkerSid;
use crate::twilio::calls::{Caller, PutItem};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::{Cause, Unpark};

/// A change that an agent makes to a parked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// The longest wait that the owner allows begins again.
    LongestWait {
        /// Its length, in hours.
        hours: u32,
    },
    /// The conversation belongs to another agent from now on, and is in their list.
    Owner {
        /// The agent who gets it.
        worker: WorkerSid,
        /// The name of the one who gives it, for that agent.
        given_by: Option<String>,
    },
    /// The conversation has another time or another reason.
    Details {
        /// The time. `None`: it stays.
        time: Option<NewTime>,
        /// The reason; a reason of `None` takes it away. `None`: it stays.
        reason: Option<Option<String>>,
    },
}

/// Another time for a parked conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewTime {
    /// The time of the appointment, in seconds since 1970. `None`: there is none.
    pub until: Option<u32>,
    /// The longest time for which the appointment holds a message back, in minutes. `None`: it does not.
    pub keep_minutes: Option<u32>,
    /// The longest wait that the owner allows without an appointment, in hours.
    pub expires_after_hours: Option<u32>,
}

impl NewTime {
    fn due(&self, now: Millis) -> Option<Due> {
        match self.until {
            Some(until) => Some(due::appointment(until, self.keep_minutes)),
            None => self
                .expires_after_hours
                .map(|hours| due::longest_wait(hours, now)),
        }
    }
}

impl Change {
    /// Returns the guardian of a conversation after the change at the time `now`. `note` is that of before.
    fn apply(&self, guardian: &Guardian, note: &ParkNote, now: Millis) -> Guardian {
        let with_due = |due| Guardian {
            due,
            // An invite at the former time has come to nothing.
            next_invite_at: None,
            quick_ends: 0,
            ..guardian.clone()
        };
        match self {
            Self::LongestWait { hours } => with_due(Some(due::longest_wait(*hours, now))),
            Self::Owner { worker, .. } => guardian.given_to(worker),
            Self::Details { time, reason } => {
                let changed = match time {
                    Some(time) => with_due(time.due(now)),
                    None => guardian.clone(),
                };
                Guardian {
                    has_note: match reason {
                        Some(_) => !self.note(note).is_empty(),
                        None => guardian.has_note,
                    },
                    ..changed
                }
            }
        }
    }

    /// Returns the texts of the park after the change.
    fn note(&self, before: &ParkNote) -> ParkNote {
        match self {
            Self::Details {
                reason: Some(reason),
                ..
            } => ParkNote {
                reason: reason.clone(),
                ..before.clone()
            },
            _ => before.clone(),
        }
    }

    /// Returns the reply to the caller.
    fn reply(&self) -> Reply {
        match self {
            Self::LongestWait { .. } => Reply::Extended,
            Self::Owner { .. } => Reply::Given,
            Self::Details { .. } => Reply::Changed,
        }
    }
}

impl Unpark {
    /// Returns the change that this operation makes.
    pub(super) fn change(&self) -> Option<&Change> {
        match &self.cause {
            Cause::Change(change) => Some(change),
            _ => None,
        }
    }

    /// Returns the reply after the change of this operation.
    pub(super) fn reply_when_changed(&self) -> Option<Reply> {
        self.change().map(Change::reply)
    }

    /// Starts to read what a change needs besides the conversation, or refuses the caller.
    pub(super) fn begin_change(&mut self, caller: &Caller) -> Result<(), Refused> {
        let Some(worker) = self.cause.recipient() else {
            return Ok(());
        };
        if !caller.oversees() {
            return Err(Refused::new(
                Refusal::NotAllowed,
                "only a supervisor or an admin may give a conversation to an agent",
            ));
        }
        self.oversight.read_worker(&mut self.calls, worker);
        Ok(())
    }

    /// Returns the refusal of a change that is not possible for this park.
    pub(super) fn why_no_change(&self, guardian: &Guardian) -> Option<Refused> {
        let refused = match self.change()? {
            Change::LongestWait { .. } => {
                let has_end = guardian.due.as_ref().and_then(Due::expiry).is_some();
                return (!has_end).then(|| {
                    Refused::new(
                        Refusal::NotExpiring,
                        "the conversation is parked without a longest wait",
                    )
                });
            }
            Change::Owner { worker, .. } => self.why_no_recipient(worker),
            Change::Details { time, .. } => {
                let due = time
                    .as_ref()
                    .and_then(|time| time.due(self.context.started))
                    // A repeated request finds its own time, which may be nearer by now.
                    .filter(|due| !due.is_expiry && guardian.due.as_ref() != Some(due));
                due.and_then(|due| due::check_appointment(&due, self.context.started).err())
            }
        };
        refused.or_else(|| self.why_no_room_for_change(guardian))
    }

    /// Returns the refusal of an agent who does not exist.
    fn why_no_recipient(&self, worker: &WorkerSid) -> Option<Refused> {
        let action = "reading the worker";
        match self.oversight.worker(worker) {
            Some(Ok(_)) => None,
            Some(Err(Failure::NotFound)) => Some(Refused::new(
                Refusal::BadRequest {
                    field: "workerSid".into(),
                },
                "`workerSid`: there is no such worker",
            )),
            Some(Err(failure)) => Some(Refused::from_failure(failure, action)),
            None => Some(Refused::from_failure(&Failure::Unavailable, action)),
        }
    }

    /// Returns the refusal of a change whose attributes or address would become too large.
    fn why_no_room_for_change(&self, guardian: &Guardian) -> Option<Refused> {
        let changed = self.changed(guardian)?;
        let too_large = |what| Some(Refused::new(Refusal::TooLarge, what));
        // Parts without room are left out, and a time must not be.
        if changed.due.is_some() && !changed.address(&self.context.wake_url).contains("&w=") {
            return too_large("the webhook's address has no room for the time");
        }
        let record = self.record()?;
        let written = self.attributes_with(&self.changed_record(&changed, &record, None), &changed);
        if written.is_some_and(|written| written.len() > CONVERSATION_LIMIT) {
            return too_large("the conversation's attributes have no room for the change");
        }
        None
    }

    /// Returns the guardian with the change. `None`: this operation changes nothing.
    pub(super) fn changed(&self, guardian: &Guardian) -> Option<Guardian> {
        let change = self.change()?;
        Some(change.apply(guardian, &self.seen.note(), self.context.started))
    }

    /// Returns the guardian that no agent is owed after the change, though a message may wait for the time that the agent keeps.
    /// `None`: the conversation is routed, as after any operation that finds it so.
    pub(super) fn quiet_after_change(&self, changed: Guardian, now: Millis) -> Option<Guardian> {
        match changed.waits_since(now) {
            None => Some(Guardian {
                next_invite_at: None,
                quick_ends: 0,
                ..changed
            }),
            Some(_) => self.keep(&changed, now),
        }
    }

    /// Returns the guardian of a conversation that is routed instead of changed. Only another time counts then, because the
    /// former one may hold the message back.
    pub(super) fn routed_instead_of(&self, changed: Guardian, guardian: Guardian) -> Guardian {
        match self.change() {
            Some(Change::Details { .. }) => Guardian {
                due: changed.due,
                ..guardian
            },
            _ => guardian,
        }
    }

    /// Returns true if this operation changes the time.
    pub(super) fn changes_time(&self) -> bool {
        match self.change() {
            None | Some(Change::Owner { .. }) => false,
            Some(Change::LongestWait { .. }) => true,
            Some(Change::Details { time, .. }) => time.is_some(),
        }
    }

    /// Returns true if the time of the guardian is nearer than that of the clocks. Then the clocks come before the address: a check
    /// that is too early does no harm, and one that is too late does.
    pub(super) fn brings_time_forward(&self, guardian: &Guardian, now: Millis) -> bool {
        let clock = |guardian: Option<&Guardian>| guardian.and_then(|one| one.clock_after(now));
        let before = clock(self.guardian().as_ref());
        self.changes_time()
            && clock(Some(guardian)).is_some_and(|at| before.is_none_or(|before| at < before))
    }

    /// Returns reason and note after this operation.
    pub(super) fn note_after_change(&self) -> ParkNote {
        let note = self.seen.note();
        match self.change() {
            Some(change) => change.note(&note),
            None => note,
        }
    }

    /// Writes reason and note of a change, if it is about them or about the time for which they must last.
    pub(super) fn write_note(&mut self) {
        let changes_reason = matches!(
            self.change(),
            Some(Change::Details {
                reason: Some(_),
                ..
            })
        );
        let note = self.note_after_change();
        if !note.is_empty() && (changes_reason || self.changes_time()) {
            let item = note.item(&self.conversation);
            self.calls.make(PutItem::replacing(item));
        } else if changes_reason {
            self.calls.make(park_note::delete(&self.conversation));
        }
    }

    /// Returns the agents whose lists may have a row that belongs into the list of the guardian's agent: the one before, if the row
    /// was not moved yet, and the one in whose list a sweep has found it.
    pub(super) fn other_lists(&self, guardian: &Guardian) -> Vec<WorkerSid> {
        let is_moved = self
            .record()
            .and_then(|record| record.worker_sid)
            .is_none_or(|recorded| recorded == guardian.worker);
        // The record decides only whether there is something to do: any agent's browser can write it.
        let is_moving = !is_moved || matches!(self.change(), Some(Change::Owner { .. }));
        let former = guardian.former_worker.clone().filter(|_| is_moving);
        let mut others: Vec<WorkerSid> = Vec::new();
        for worker in [former, self.row_of.clone()].into_iter().flatten() {
            if worker != guardian.worker && !others.contains(&worker) {
                others.push(worker);
            }
        }
        others
    }

    /// Returns the record that belongs to the guardian: with its owner and its times. The row stays in the list for as long after
    /// the time as before.
    pub(super) fn record_of(&self, guardian: &Guardian, record: &ParkedRecord) -> ParkedRecord {
        let due = guardian.due.as_ref();
        let (due_at, expiry_at) = (due.and_then(Due::appointment), due.and_then(Due::expiry));
        let park = &record.park;
        let expires_at = if (due_at, expiry_at) == (park.due_at, park.expiry_at) {
            park.expires_at
        } else {
            let before = self.guardian().and_then(|one| one.due).map(|due| due.at);
            let former = park.expiry_at.or(park.due_at).or(before).or(park.parked_at);
            let time = expiry_at.or(due_at).unwrap_or(self.context.started);
            let moved = |at: Millis, former| time.saturating_add(at.saturating_sub(former));
            park.expires_at
                .map(|at| former.map_or(at, |former| moved(at, former)))
        };
        ParkedRecord {
            worker_sid: record.worker_sid.as_ref().map(|_| guardian.worker.clone()),
            park: ParkDetails {
                expires_at,
                due_at,
                expiry_at,
                ..park.clone()
            },
            ..record.clone()
        }
    }

    /// Returns the record after this operation. `row` is the row in the owner's list, if there was one.
    pub(super) fn changed_record(
        &self,
        guardian: &Guardian,
        record: &ParkedRecord,
        row: Option<&ParkDetails<Millis>>,
    ) -> ParkedRecord {
        let mut changed = self.record_of(guardian, record);
        let (Some(change), Some(caller)) = (self.change(), self.token.ok()) else {
            return changed;
        };
        let now = self.context.started;
        let mut to = None;
        if let Change::Owner { worker, given_by } = change {
            to = Some(worker.clone());
            // The agent is told once for each time, so a repeated request must not have another one.
            let recorded = Some(&record.park).filter(|_| record.worker_sid.as_ref() == to.as_ref());
            let earlier = [recorded, row].into_iter().flatten().find_map(|park| {
                let is_same = park.given_by == *given_by;
                park.given_at
                    .filter(|at| is_same && now < at.saturating_add(REPEATED_WITHIN_MS))
            });
            changed.park.given_by.clone_from(given_by);
            changed.park.given_at = earlier.or(Some(now));
        }
        let deed = Deed {
            at: u32::try_from(now / 1_000).unwrap_or_default(),
            by: caller.worker.clone(),
            did: change.reply().name().to_string(),
            to,
        };
        changed.history = history::with(record.history.clone(), deed);
        changed
    }
}
