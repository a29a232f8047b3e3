//! Whose parked conversations a supervisor may see and act on.
//!
//! The owner's flag `supervisors_see` decides, and with `team` the workers' attributes. Both are read from Twilio with the account's
//! credentials: no request, record, row or setting of a worker takes part. An admin needs neither, and nobody needs them for their own
//! conversations. What cannot be read gives no right.

use std::collections::BTreeMap;

use crate::reply::Sees;
use crate::sid::WorkerSid;
use crate::twilio::calls::{Caller, FetchFlexConfiguration, FetchWorker, Worker};
use crate::twilio::Failure;
use crate::worker_team::WorkerTeam;

use super::calls::{Calls, Finished, Slot};

/// The owner's flag and the teams of some workers, as far as an operation has read them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Oversight {
    sees: Slot<FetchFlexConfiguration>,
    workers: BTreeMap<WorkerSid, Slot<FetchWorker>>,
}

impl Oversight {
    /// Makes one for a container that knows the flag, if it does.
    pub fn new(known: Option<Sees>) -> Self {
        Self {
            sees: Slot::known(known),
            workers: BTreeMap::new(),
        }
    }

    /// Starts the reads that show whether `caller` may act on conversations of `worker`: first the flag, and once it says `team`, the
    /// two workers. Does nothing for what was read before, and where no read is needed.
    pub fn read(&mut self, calls: &mut Calls, caller: &Caller, worker: &WorkerSid) {
        if !is_limited(caller) || caller.worker == *worker {
            return;
        }
        self.read_flag(calls, caller);
        if let Some(Sees::Team) = self.sees.ok() {
            self.read_worker(calls, &caller.worker);
            self.read_worker(calls, worker);
        }
    }

    /// Starts to read the flag, unless the caller is an admin or it was read before.
    pub fn read_flag(&mut self, calls: &mut Calls, caller: &Caller) {
        if is_limited(caller) && self.sees.is_empty() {
            self.sees.ask(calls, FetchFlexConfiguration);
        }
    }

    /// Starts to read a worker, unless that was done before.
    pub fn read_worker(&mut self, calls: &mut Calls, worker: &WorkerSid) {
        let slot = self.workers.entry(worker.clone()).or_default();
        if slot.is_empty() {
            slot.ask(calls, FetchWorker(worker.clone()));
        }
    }

    /// Returns the number of workers that are being read.
    pub fn under_way(&self) -> usize {
        let workers = self.workers.values();
        workers.filter(|worker| worker.is_under_way()).count()
    }

    /// Takes the result of a call, if it belongs here.
    pub fn take(&mut self, finished: &Finished) {
        self.sees.take(finished);
        for worker in self.workers.values_mut() {
            worker.take(finished);
        }
    }

    /// Returns the extent of what `caller` sees, or the failure of the read. An agent sees nobody else's: see [`Caller::oversees`].
    pub fn sees(&self, caller: &Caller) -> Result<Sees, Failure> {
        if is_limited(caller) {
            let read = self.sees.result().cloned();
            read.unwrap_or(Err(Failure::Unavailable))
        } else {
            Ok(Sees::All)
        }
    }

    /// Returns true if `caller` may act on conversations of `worker`, or the failure of a read that it depends on.
    pub fn allows(&self, caller: &Caller, worker: &WorkerSid) -> Result<bool, Failure> {
        if caller.worker == *worker {
            return Ok(true);
        }
        if !caller.oversees() {
            return Ok(false);
        }
        Ok(match self.sees(caller)? {
            Sees::All => true,
            Sees::Team => self.team(&caller.worker)?.is_same(&self.team(worker)?),
        })
    }

    /// Returns a worker that was read, or the failure.
    pub fn worker(&self, worker: &WorkerSid) -> Option<&Result<Worker, Failure>> {
        self.workers.get(worker)?.result()
    }

    /// Returns the team of a worker. One who does not exist is in none.
    pub fn team(&self, worker: &WorkerSid) -> Result<WorkerTeam, Failure> {
        match self.worker(worker) {
            Some(Ok(worker)) => Ok(worker.team.clone()),
            Some(Err(Failure::NotFound)) => Ok(WorkerTeam::default()),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(Failure::Unavailable),
        }
    }
}

/// Returns true for a caller whom the owner's flag limits.
fn is_limited(caller: &Caller) -> bool {
    caller.oversees() && !caller.is_admin()
}
