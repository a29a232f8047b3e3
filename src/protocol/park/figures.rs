//! The figures of a park for Flex Insights, in the attributes of its task: an extra for which no park waits.
//!
//! Other programs write there too. So each write names the version of the task from which it was made, and after a conflict it is made
//! from the present version.

use crate::insights;
use crate::protocol::calls::{Calls, Finished, Slot};
use crate::request::InsightsFields;
use crate::sid::TaskSid;
use crate::twilio::calls::{FetchTask, Task, UpdateTask};
use crate::twilio::time::Millis;
use crate::twilio::{Call, Failure};

/// The most writes that are made again after a conflict.
const MOST_CONFLICTS: u32 = 2;

/// The time for which a park that is given up waits for each of these calls.
const TAKE_BACK_WITHIN_MS: Millis = 1_000;

/// The figures.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Figures {
    pub task: TaskSid,
    pub fields: InsightsFields,
    pub reason: Option<String>,
}

/// The progress of their write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FiguresWriter {
    figures: Figures,
    /// The task's attributes without and with the figures.
    attributes: Option<(String, String)>,
    write: Slot<UpdateTask>,
    read: Slot<FetchTask>,
    conflicts: u32,
    /// True once the park is given up.
    is_given_up: bool,
    /// True if a write of the figures has no clear answer, so that it may still arrive.
    may_arrive: bool,
    /// The write without the figures.
    taking_back: Slot<UpdateTask>,
}

impl FiguresWriter {
    /// Starts to write the figures into a task that was read.
    pub fn begin(calls: &mut Calls, figures: Figures, task: &Task) -> Self {
        let mut writer = Self {
            figures,
            attributes: None,
            write: Slot::Empty,
            read: Slot::Empty,
            conflicts: 0,
            is_given_up: false,
            may_arrive: false,
            taking_back: Slot::Empty,
        };
        writer.write(calls, task);
        writer
    }

    /// Takes the result of a call, if it is one of these, and continues.
    pub fn take(&mut self, finished: &Finished, calls: &mut Calls) {
        if self.write.take(finished) {
            let failure = self.write.failure();
            self.may_arrive |= failure == Some(&Failure::Unavailable);
            if self.is_given_up {
                self.read_what_is_there(calls);
            } else if failure == Some(&Failure::Conflict) {
                self.read_again(calls);
            }
        } else if self.taking_back.take(finished) {
            if self.taking_back.failure() == Some(&Failure::Conflict) {
                self.read_again(calls);
            }
        } else if self.read.take(finished) {
            match self.read.ok().cloned() {
                Some(task) if self.is_given_up => self.write_without(calls, &task),
                Some(task) => self.write(calls, &task),
                None => {}
            }
        }
    }

    /// Takes the figures back, because the park is given up.
    pub fn take_back(&mut self, calls: &mut Calls) {
        self.is_given_up = true;
        self.write.wait_within(calls, TAKE_BACK_WITHIN_MS);
        self.read.wait_within(calls, TAKE_BACK_WITHIN_MS);
        if self.write.result().is_some() && !self.read.is_under_way() {
            self.read_what_is_there(calls);
        }
    }

    /// Reads the task again, unless a write has surely changed nothing.
    fn read_what_is_there(&mut self, calls: &mut Calls) {
        if self.may_arrive || self.write.ok().is_some() {
            self.ask_for_task(calls);
        }
    }

    fn read_again(&mut self, calls: &mut Calls) {
        if self.conflicts < MOST_CONFLICTS {
            self.conflicts += 1;
            self.ask_for_task(calls);
        }
    }

    fn ask_for_task(&mut self, calls: &mut Calls) {
        let call = FetchTask(self.figures.task.clone());
        self.ask(calls, call, |writer| &mut writer.read);
    }

    fn write(&mut self, calls: &mut Calls, task: &Task) {
        let Figures { fields, reason, .. } = &self.figures;
        // An earlier write may have arrived without an answer.
        let former = self.without_figures(task);
        let former = former.unwrap_or_else(|| task.attributes.clone());
        let Some(with) = insights::of_parked(&former, *fields, reason.as_deref()) else {
            return;
        };
        self.attributes = Some((former, with.clone()));
        if with != task.attributes {
            let call = self.update(task, with);
            self.ask(calls, call, |writer| &mut writer.write);
        }
    }

    fn write_without(&mut self, calls: &mut Calls, task: &Task) {
        let without = match self.without_figures(task) {
            // A late write names the version that this one ends.
            None if self.may_arrive => task.attributes.clone(),
            None => return,
            Some(without) => without,
        };
        let call = self.update(task, without);
        self.ask(calls, call, |writer| &mut writer.taking_back);
    }

    fn without_figures(&self, task: &Task) -> Option<String> {
        let (without, with) = self.attributes.as_ref()?;
        insights::without_parked(&task.attributes, without, with)
    }

    fn update(&self, task: &Task, attributes: String) -> UpdateTask {
        UpdateTask {
            task: self.figures.task.clone(),
            attributes,
            version: task.version.clone(),
        }
    }

    fn ask<C: Call>(
        &mut self,
        calls: &mut Calls,
        call: C,
        slot: impl FnOnce(&mut Self) -> &mut Slot<C>,
    ) {
        if self.is_given_up {
            slot(self).ask_within(calls, call, TAKE_BACK_WITHIN_MS);
        } else {
            slot(self).ask_aside(calls, call);
        }
    }
}
