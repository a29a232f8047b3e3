//! The guardian: the webhook that brings a parked conversation back, and the state in its address.
//!
//! No agent's browser can write webhooks, only the account's own programs can. So this address has authority over a
//! parked conversation, and its attributes and its row have none. Twilio signs the address with every call, and allows
//! 512 characters.
//!
//! | parameter | meaning |
//! |---|---|
//! | `interactionSid`, `channelSid` | the channel into which agents are invited |
//! | `workflowSid`, `queueSid`, `taskChannel` | the routing of the parked task |
//! | `workerSid` | the agent whose conversation it is: who parked it, or to whom it was given |
//! | `at` | the time of the park, in seconds since 1970 |
//! | `n` | the index of the first message that no agent has seen |
//! | `t`, `k`, `i` | the last task: its SID, its kind (`p` the parked task, `w` an invite through the workflow, `r` an invite for one worker), and the time of the invite, in seconds since 1970 |
//! | `q` | the number of invites in a row that ended within a minute |
//! | `d` | the time of the next invite, in seconds since 1970 |
//! | `u` | the time of the first unheard message, in seconds since 1970 |
//! | `w` | the time of the appointment, in seconds since 1970 |
//! | `y` | the longest time for which the appointment holds a message back, in minutes |
//! | `x` | `1`: the time is no appointment, but the end of the longest wait that the owner allows |
//! | `s` | the time for which a returning conversation is offered only to the agent who parked, in seconds |
//! | `v` | `1`: the agent has left a reason or a note |
//! | `f` | the owner's Studio flow, which has a webhook of its own |
//! | `e` | another Studio flow, whose webhook was deleted and must be put back |
//! | `o` | the agent before the present one, in whose list a row may be left |
//!
//! Versions before 0.2 wrote only the first six.

use std::fmt::Write;

use crate::sid::{ChannelSid, FlowSid, InteractionSid, QueueSid, TaskSid, WorkerSid, WorkflowSid};
use crate::twilio::calls::ChannelRef;
use crate::twilio::time::Millis;

/// The longest address of a webhook, in characters.
///
/// Source: <https://www.twilio.com/docs/api/errors/50372>
pub const LONGEST_ADDRESS: usize = 512;

/// An invite that is due within this time is created now, because the next check comes a minute later.
pub const DUE_TOLERANCE_MS: Millis = 10_000;

/// The shortest life of an invite that the next one follows at once, in milliseconds.
pub const QUICK_END_MS: Millis = 60_000;

/// The time from a shorter invite to the next one, in minutes: after the first, the second, … in a row. So a workflow
/// without a matching target causes no storm of tasks.
const FOLLOW_AFTER_MINUTES: [Millis; 4] = [1, 5, 15, 60];

/// The state in a guardian's address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guardian {
    /// The channel into which agents are invited.
    pub channel: ChannelRef,
    /// The workflow that routed the parked task.
    pub workflow: WorkflowSid,
    /// The queue of the parked task.
    pub queue: QueueSid,
    /// The task channel of the parked task.
    pub task_channel_unique_name: String,
    /// The agent whose conversation it is: who parked it, or to whom it was given.
    pub worker: WorkerSid,
    /// The time of the park, to the second.
    pub parked_at: Option<Millis>,
    /// The index of the first message that no agent has seen.
    pub first_unseen: Option<u32>,
    /// The last known task of the conversation.
    pub last_task: Option<LastTask>,
    /// The number of invites in a row that ended within a minute.
    pub quick_ends: u8,
    /// The time of the next invite. `None`: no invite is due, or it is due at once.
    pub next_invite_at: Option<Millis>,
    /// The time of the first unheard message of the customer.
    pub unheard_since: Option<Millis>,
    /// The appointment.
    pub due: Option<Due>,
    /// The time for which the conversation is offered only to the agent who parked, in seconds. `None`: the workflow decides.
    pub same_agent_seconds: Option<u32>,
    /// True if the agent has left a reason or a note.
    pub has_note: bool,
    /// The owner's Studio flow, which has a webhook of its own.
    pub flow: Option<FlowSid>,
    /// Another Studio flow, whose webhook is deleted while the conversation is parked.
    pub paused_flow: Option<FlowSid>,
    /// The agent before, if the conversation was given away. A row may be left in their list.
    pub former_worker: Option<WorkerSid>,
}

/// The time at which a conversation comes back even if the customer has not written: an appointment, or the end of the
/// longest wait that the owner allows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Due {
    /// The time, to the second.
    pub at: Millis,
    /// The longest time for which the first message before that time waits, in minutes. `None`: it does not wait.
    pub keep_minutes: Option<u32>,
    /// True if no agent has chosen the time.
    pub is_expiry: bool,
}

/// The last task of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LastTask {
    /// The task that was parked.
    Parked(TaskSid),
    /// The task of an invite.
    Invited(LastInvite),
}

/// The last invite.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LastInvite {
    /// The task, if Twilio named it.
    pub task: Option<TaskSid>,
    /// The invitee.
    pub invitee: Invitee,
    /// The creation time.
    pub created_at: Millis,
}

/// The invitee of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invitee {
    /// A worker of the workflow's choice.
    Workflow,
    /// One worker, who has asked to resume.
    Worker,
}

impl Guardian {
    /// Reads the parameters of an address. `parameter` returns each by its name. Returns `None` if required parameters
    /// are missing, as in the address of the template's feature.
    pub fn from_parameters(parameter: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let seconds = |name: &str| {
            let seconds: Millis = parameter(name)?.parse().ok()?;
            seconds.checked_mul(1_000)
        };
        let task = parameter("t").and_then(|text| TaskSid::parse(text).ok());
        let invited = |invitee| {
            Some(LastTask::Invited(LastInvite {
                task: task.clone(),
                invitee,
                created_at: seconds("i")?,
            }))
        };
        let last_task = match parameter("k").as_deref() {
            Some("p") => task.clone().map(LastTask::Parked),
            Some("w") => invited(Invitee::Workflow),
            Some("r") => invited(Invitee::Worker),
            _ => None,
        };
        Some(Self {
            channel: ChannelRef {
                interaction: InteractionSid::parse(parameter("interactionSid")?).ok()?,
                channel: ChannelSid::parse(parameter("channelSid")?).ok()?,
            },
            workflow: WorkflowSid::parse(parameter("workflowSid")?).ok()?,
            queue: QueueSid::parse(parameter("queueSid")?).ok()?,
            worker: WorkerSid::parse(parameter("workerSid")?).ok()?,
            task_channel_unique_name: parameter("taskChannel")?,
            parked_at: seconds("at"),
            first_unseen: parameter("n").and_then(|text| text.parse().ok()),
            last_task,
            quick_ends: parameter("q")
                .and_then(|text| text.parse().ok())
                .unwrap_or_default(),
            next_invite_at: seconds("d"),
            unheard_since: seconds("u"),
            due: seconds("w").map(|at| Due {
                at,
                keep_minutes: parameter("y").and_then(|text| text.parse().ok()),
                is_expiry: parameter("x").is_some(),
            }),
            same_agent_seconds: parameter("s").and_then(|text| text.parse().ok()),
            has_note: parameter("v").is_some(),
            flow: parameter("f").and_then(|text| FlowSid::parse(text).ok()),
            paused_flow: parameter("e").and_then(|text| FlowSid::parse(text).ok()),
            former_worker: parameter("o").and_then(|text| WorkerSid::parse(text).ok()),
        })
    }

    /// Reads the query of an address.
    #[must_use]
    pub fn from_query(query: &str) -> Option<Self> {
        let parameters: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        Self::from_parameters(|wanted| {
            let found = parameters.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone().into_owned())
        })
    }

    /// Returns the address. If it would be too long, the least important parts are left out.
    #[must_use]
    pub fn address(&self, wake_url: &str) -> String {
        let task_channel: String =
            form_urlencoded::byte_serialize(self.task_channel_unique_name.as_bytes()).collect();
        let mut address = format!(
            "{wake_url}?interactionSid={}&channelSid={}&workflowSid={}&queueSid={}&workerSid={}&taskChannel={}",
            self.channel.interaction,
            self.channel.channel,
            self.workflow,
            self.queue,
            self.worker,
            task_channel,
        );
        for part in self.optional_parts() {
            if address.len() + part.len() <= LONGEST_ADDRESS {
                address.push_str(&part);
            }
        }
        address
    }

    /// Returns the optional parts of the address, most important first.
    fn optional_parts(&self) -> Vec<String> {
        let seconds =
            |name: &str, at: Option<Millis>| at.map(|at| format!("&{name}={}", at / 1_000));
        let flow = self.flow.as_ref().map(|flow| format!("&f={flow}"));
        let paused_flow = self.paused_flow.as_ref().map(|flow| format!("&e={flow}"));
        let former_worker = self.former_worker.as_ref();
        let former_worker = former_worker.map(|worker| format!("&o={worker}"));
        let unseen = self.first_unseen.map(|index| format!("&n={index}"));
        let quick_ends = (self.quick_ends > 0).then(|| format!("&q={}", self.quick_ends));
        let same_agent = self
            .same_agent_seconds
            .map(|seconds| format!("&s={seconds}"));
        let note = self.has_note.then(|| "&v=1".to_owned());
        [
            flow,
            seconds("at", self.parked_at),
            unseen,
            self.last_task.as_ref().map(LastTask::part),
            self.due.as_ref().map(Due::part),
            seconds("d", self.next_invite_at),
            quick_ends,
            // The messages show it too.
            seconds("u", self.unheard_since),
            note,
            same_agent,
            paused_flow,
            // A row that is left does no harm.
            former_worker,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Returns true if the address has room for the paused flow, even with all other parts.
    #[must_use]
    pub fn has_room_for_paused_flow(&self, wake_url: &str) -> bool {
        let at = self.parked_at;
        let fullest = Self {
            last_task: Some(LastTask::Invited(LastInvite {
                task: self.parked_task().cloned(),
                invitee: Invitee::Workflow,
                created_at: at.unwrap_or_default(),
            })),
            first_unseen: Some(u32::MAX),
            quick_ends: u8::MAX,
            next_invite_at: at,
            unheard_since: at,
            ..self.clone()
        };
        fullest.address(wake_url).contains("&e=")
    }

    /// Returns the SID of the last invite's task, if it is known.
    #[must_use]
    pub fn invited_task(&self) -> Option<&TaskSid> {
        match &self.last_task {
            Some(LastTask::Invited(invite)) => invite.task.as_ref(),
            Some(LastTask::Parked(_)) | None => None,
        }
    }

    /// Returns the SID of the parked task, before the first invite.
    #[must_use]
    pub fn parked_task(&self) -> Option<&TaskSid> {
        match &self.last_task {
            Some(LastTask::Parked(task)) => Some(task),
            Some(LastTask::Invited(_)) | None => None,
        }
    }

    /// Returns the last invite.
    #[must_use]
    pub fn last_invite(&self) -> Option<&LastInvite> {
        match &self.last_task {
            Some(LastTask::Invited(invite)) => Some(invite),
            Some(LastTask::Parked(_)) | None => None,
        }
    }

    /// Returns the time since which an agent is owed: of the first unheard message, or else of the appointment. `None`: the
    /// conversation waits for the customer or for its time.
    #[must_use]
    pub fn waits_since(&self, now: Millis) -> Option<Millis> {
        self.unheard_since.or_else(|| self.due_by(now))
    }

    /// Returns the time of the appointment, if it has come.
    fn due_by(&self, now: Millis) -> Option<Millis> {
        let at = self.due.as_ref()?.at;
        (!is_ahead(at, now)).then_some(at)
    }

    /// Returns the time of the appointment, if it has not come.
    #[must_use]
    pub fn due_after(&self, now: Millis) -> Option<Millis> {
        let at = self.due.as_ref()?.at;
        is_ahead(at, now).then_some(at)
    }

    /// Returns the time until which a message waits: of the appointment, or of the end of the wait of the first message if that
    /// is earlier. `None`: no message waits.
    #[must_use]
    pub fn kept_until(&self) -> Option<Millis> {
        let due = self.due.as_ref()?;
        let wait_ms = Millis::from(due.keep_minutes?) * 60_000;
        let bound = self.unheard_since.map(|since| since + wait_ms);
        Some(bound.map_or(due.at, |bound| bound.min(due.at)))
    }

    /// Returns the time that the clocks wait for, beyond the usual minute: that of the next invite or, if nothing is unheard,
    /// of the appointment. `None`: neither is ahead.
    #[must_use]
    pub fn clock_after(&self, now: Millis) -> Option<Millis> {
        let next = self.next_invite_at.filter(|at| *at > now);
        match self.waits_since(now) {
            Some(_) => next,
            None => next.or_else(|| self.due_after(now)),
        }
    }

    /// Returns true if the first message before the time of the appointment waits.
    #[must_use]
    pub fn keeps_time(&self) -> bool {
        self.due
            .as_ref()
            .is_some_and(|due| due.keep_minutes.is_some())
    }

    /// Returns the time for which the next invite asks the agent who parked, in seconds. It is the first invite only: later
    /// ones go through the workflow.
    #[must_use]
    pub fn asks_same_agent(&self) -> Option<u32> {
        self.same_agent_seconds
            .filter(|_| self.parked_task().is_some())
    }

    /// Returns true if clocks watch over the conversation: for an unheard message, or for the appointment.
    #[must_use]
    pub fn has_clocks(&self) -> bool {
        self.unheard_since.is_some() || self.due.is_some()
    }

    /// Returns the guardian after the conversation was given to `worker`.
    #[must_use]
    pub fn given_to(&self, worker: &WorkerSid) -> Self {
        if self.worker == *worker {
            return self.clone();
        }
        Self {
            worker: worker.clone(),
            former_worker: Some(self.worker.clone()),
            ..self.clone()
        }
    }

    /// Returns the guardian after an invite at the time `now`.
    #[must_use]
    pub fn after_invite(&self, task: Option<TaskSid>, invitee: Invitee, now: Millis) -> Self {
        Self {
            last_task: Some(LastTask::Invited(LastInvite {
                task,
                invitee,
                created_at: now,
            })),
            next_invite_at: None,
            ..self.clone()
        }
    }

    /// Returns the guardian for a new message. If it brings an invite before the next one is due, the end of that
    /// invite does not make the waits longer: otherwise a customer who writes many short messages would wait longest.
    #[must_use]
    pub fn with_early_invite(self, now: Millis) -> Self {
        let is_early = self.next_invite_at.is_some_and(|at| now < at);
        Self {
            quick_ends: self.quick_ends.saturating_sub(u8::from(is_early)),
            ..self
        }
    }

    /// Returns the guardian after the last invite has ended and no agent has joined. `ended_at` is the time of the end,
    /// if it is known.
    ///
    /// After an invite through the workflow that ended within a minute the next one follows later, after any other one
    /// at once.
    #[must_use]
    pub fn after_invite_ended(&self, ended_at: Option<Millis>, now: Millis) -> Self {
        let Some(invite) = self.last_invite() else {
            return self.clone();
        };
        if self.next_invite_at.is_some() || invite.invitee == Invitee::Worker {
            return self.clone();
        }
        // Twilio's times are full seconds.
        let was_quick = ended_at.unwrap_or(now) < invite.created_at + QUICK_END_MS;
        if !was_quick {
            return Self {
                quick_ends: 0,
                ..self.clone()
            };
        }
        let last = FOLLOW_AFTER_MINUTES.len() - 1;
        let step = usize::from(self.quick_ends).min(last);
        let minutes = FOLLOW_AFTER_MINUTES.get(step).copied().unwrap_or(60);
        Self {
            quick_ends: self.quick_ends.saturating_add(1),
            next_invite_at: Some(invite.created_at + minutes * 60_000),
            ..self.clone()
        }
    }
}

/// Returns true if it is too early for what is due at `at`.
#[must_use]
pub fn is_ahead(at: Millis, now: Millis) -> bool {
    at > now + DUE_TOLERANCE_MS
}

impl Due {
    /// Returns the time, if an agent has chosen it.
    #[must_use]
    pub fn appointment(&self) -> Option<Millis> {
        (!self.is_expiry).then_some(self.at)
    }

    /// Returns the time to the second, as the address has it, if it is the end of the longest wait that the owner allows.
    #[must_use]
    pub fn expiry(&self) -> Option<Millis> {
        self.is_expiry.then_some(self.at / 1_000 * 1_000)
    }

    fn part(&self) -> String {
        let keep = self.keep_minutes.map(|minutes| format!("&y={minutes}"));
        let expiry = if self.is_expiry { "&x=1" } else { "" };
        format!("&w={}{}{expiry}", self.at / 1_000, keep.unwrap_or_default())
    }
}

impl LastTask {
    fn part(&self) -> String {
        let mut part = String::new();
        let (kind, task, at) = match self {
            Self::Parked(task) => ('p', Some(task), None),
            Self::Invited(invite) => {
                let kind = match invite.invitee {
                    Invitee::Workflow => 'w',
                    Invitee::Worker => 'r',
                };
                (kind, invite.task.as_ref(), Some(invite.created_at))
            }
        };
        // Writing into a string cannot fail.
        let _ = write!(part, "&k={kind}");
        if let Some(task) = task {
            let _ = write!(part, "&t={task}");
        }
        if let Some(at) = at {
            let _ = write!(part, "&i={}", at / 1_000);
        }
        part
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;

    const WAKE: &str =
        "https://park-interaction-1234-production.twil.io/features/park-interaction/common/unpark-interaction";
    const NOW: Millis = 1_790_000_000_000;

    fn guardian() -> Guardian {
        Guardian {
            channel: ChannelRef {
                interaction: InteractionSid::example(),
                channel: ChannelSid::example(),
            },
            workflow: WorkflowSid::example(),
            queue: QueueSid::example(),
            task_channel_unique_name: "chat".into(),
            worker: WorkerSid::example(),
            parked_at: Some(NOW),
            first_unseen: Some(12_345),
            last_task: Some(LastTask::Parked(TaskSid::example())),
            quick_ends: 0,
            next_invite_at: None,
            unheard_since: None,
            due: None,
            same_agent_seconds: None,
            has_note: false,
            flow: None,
            paused_flow: None,
            former_worker: None,
        }
    }

    fn read(address: &str) -> Option<Guardian> {
        Guardian::from_query(address.split_once('?')?.1)
    }

    fn full() -> Guardian {
        let invited = guardian().after_invite(Some(TaskSid::example()), Invitee::Workflow, NOW);
        Guardian {
            unheard_since: Some(NOW),
            flow: Some(FlowSid::example()),
            ..invited.after_invite_ended(Some(NOW), NOW)
        }
    }

    #[test]
    fn a_written_address_is_read_again() {
        let by_worker = guardian().after_invite(None, Invitee::Worker, NOW);
        let named = Guardian {
            task_channel_unique_name: "Büro & mehr=1".into(),
            ..guardian()
        };
        let given = Guardian {
            former_worker: Some(WorkerSid::example()),
            ..guardian()
        };
        for guardian in [guardian(), full(), by_worker, named, given] {
            let address = guardian.address(WAKE);
            assert_eq!(read(&address), Some(guardian));
        }
    }

    #[test]
    fn an_address_has_room_for_everything() {
        let address = full().address(WAKE);
        assert!(
            address.len() <= LONGEST_ADDRESS,
            "{} characters",
            address.len()
        );
        assert!(address.contains("&q=1"), "{address}");
    }

    #[test]
    fn parts_without_room_are_left_out() {
        let long = Guardian {
            task_channel_unique_name: "x".repeat(60),
            ..full()
        };
        let address = long.address(WAKE);
        assert!(address.len() <= LONGEST_ADDRESS);
        let read = read(&address).unwrap();
        assert_eq!((read.flow, read.parked_at), (long.flow, long.parked_at));
    }

    #[test]
    fn an_old_address_is_read_and_one_of_the_template_is_not() {
        let address = guardian().address(WAKE);
        let (old, _) = address.split_once("&at=").unwrap();
        let read_old = read(old).unwrap();
        assert_eq!((read_old.parked_at, read_old.first_unseen), (None, None));
        for other in [WAKE, "https://example.com/?interactionSid=KD", ""] {
            assert_eq!(read(other), None);
        }
    }

    #[test]
    fn the_waits_after_short_invites_grow() {
        let mut guardian = guardian();
        let mut now = NOW;
        let mut minutes = Vec::new();
        for _ in 0..6 {
            guardian = guardian.after_invite(None, Invitee::Workflow, now);
            guardian = guardian.after_invite_ended(Some(now + 100), now + 100);
            let next = guardian.next_invite_at.unwrap();
            minutes.push((next - now) / 60_000);
            now = next;
        }
        assert_eq!(minutes, [1, 5, 15, 60, 60, 60]);
    }

    #[test]
    fn the_next_invite_follows_a_longer_one_at_once() {
        let lasted = guardian().after_invite(None, Invitee::Workflow, NOW);
        let ended = lasted.after_invite_ended(Some(NOW + QUICK_END_MS), NOW + 70_000);
        assert_eq!((ended.next_invite_at, ended.quick_ends), (None, 0));
        let for_one = guardian().after_invite(None, Invitee::Worker, NOW);
        assert_eq!(
            for_one
                .after_invite_ended(Some(NOW + 1_000), NOW + 1_000)
                .next_invite_at,
            None
        );
    }
}
