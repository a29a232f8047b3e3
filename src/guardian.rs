//! The guardian's address: where a parked conversation is, how to route it, and how far that is.
//!
//! The guardian is the webhook that brings a parked conversation back. What stands in its address, no agent's browser can
//! write: only the account's own programs arm and change webhooks. So this is the authority on a parked conversation,
//! whatever its attributes and its row say. Twilio signs the address with every call, and allows 512 characters.
//!
//! | parameter | meaning |
//! |---|---|
//! | `interactionSid`, `channelSid` | where agents are invited to |
//! | `workflowSid`, `queueSid`, `taskChannel` | how the parked task was routed |
//! | `workerSid` | the agent who parked |
//! | `at` | when it was parked, in seconds since 1970 |
//! | `n` | the index of the first message that no agent has seen |
//! | `t`, `k`, `i` | the last task: its SID, its kind (`p` the parked one, `w` of an invite through the workflow, `r` of an invite for one worker), and when the invite was made, in seconds since 1970 |
//! | `q` | how many invites one after the other ended within a minute |
//! | `d` | when the next invite is to be made, in seconds since 1970 |
//! | `u` | since when a customer's message is unheard, in seconds since 1970 |
//! | `f` | the owner's Studio flow, whose webhook was armed beside this one |
//! | `e` | another Studio flow, whose webhook was taken away and is to be put back |
//!
//! Versions before 0.2 wrote the first six only.

use std::fmt::Write;

use crate::sid::{ChannelSid, FlowSid, InteractionSid, QueueSid, TaskSid, WorkerSid, WorkflowSid};
use crate::twilio::calls::ChannelRef;
use crate::twilio::time::Millis;

/// The most characters of a webhook's address.
///
/// Source: <https://www.twilio.com/docs/api/errors/50372>
pub const LONGEST_ADDRESS: usize = 512;

/// An invite that ended sooner than this after it was made, in milliseconds, is not followed at once.
pub const QUICK_END_MS: Millis = 60_000;

/// How long after such an invite was made the next one follows, in minutes: the first, the second, … in a row. So a workflow
/// without a matching target makes no storm of tasks.
const FOLLOW_AFTER_MINUTES: [Millis; 4] = [1, 5, 15, 60];

/// What a guardian's address says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guardian {
    /// Where agents are invited to.
    pub channel: ChannelRef,
    /// The workflow that routed the parked task.
    pub workflow: WorkflowSid,
    /// Its queue.
    pub queue: QueueSid,
    /// Its task channel.
    pub task_channel_unique_name: String,
    /// The agent who parked.
    pub worker: WorkerSid,
    /// When it was parked, to the second.
    pub parked_at: Option<Millis>,
    /// The index of the first message that no agent has seen.
    pub first_unseen: Option<u32>,
    /// The last task of the conversation that is known.
    pub last_task: Option<LastTask>,
    /// How many invites one after the other ended within a minute.
    pub quick_ends: u8,
    /// When the next invite is to be made. Absent: no invite is owed, or it is owed at once.
    pub next_invite_at: Option<Millis>,
    /// Since when a customer's message is unheard.
    pub unheard_since: Option<Millis>,
    /// The owner's Studio flow, whose webhook was armed beside this one.
    pub flow: Option<FlowSid>,
    /// Another Studio flow, whose webhook was taken away while the conversation is parked.
    pub paused_flow: Option<FlowSid>,
}

/// A task of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LastTask {
    /// The task that was parked.
    Parked(TaskSid),
    /// The task of an invite.
    Invited(LastInvite),
}

/// The last invite that was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LastInvite {
    /// Its task, where Twilio named it.
    pub task: Option<TaskSid>,
    /// Whom it asks.
    pub asks: Asked,
    /// When it was made.
    pub at: Millis,
}

/// Whom an invite asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// Whoever the workflow finds.
    Workflow,
    /// One worker: the one who resumed.
    Worker,
}

impl Guardian {
    /// Reads the parameters of an address, which `parameter` gives by name. `None`: it is not one of ours, or it was armed by
    /// the template's feature, whose address carries nothing.
    pub fn from_parameters(parameter: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let seconds = |name: &str| {
            let seconds: Millis = parameter(name)?.parse().ok()?;
            seconds.checked_mul(1_000)
        };
        let task = parameter("t").and_then(|text| TaskSid::parse(text).ok());
        let invited = |asks| {
            Some(LastTask::Invited(LastInvite {
                task: task.clone(),
                asks,
                at: seconds("i")?,
            }))
        };
        let last_task = match parameter("k").as_deref() {
            Some("p") => task.clone().map(LastTask::Parked),
            Some("w") => invited(Asked::Workflow),
            Some("r") => invited(Asked::Worker),
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
            flow: parameter("f").and_then(|text| FlowSid::parse(text).ok()),
            paused_flow: parameter("e").and_then(|text| FlowSid::parse(text).ok()),
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

    /// The address. What has no room in it is left out, the least needed first.
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

    /// Parts that an address may lack, the most needed first.
    fn optional_parts(&self) -> Vec<String> {
        let seconds =
            |name: &str, at: Option<Millis>| at.map(|at| format!("&{name}={}", at / 1_000));
        let flow = self.flow.as_ref().map(|flow| format!("&f={flow}"));
        let paused_flow = self.paused_flow.as_ref().map(|flow| format!("&e={flow}"));
        let unseen = self.first_unseen.map(|index| format!("&n={index}"));
        let quick_ends = (self.quick_ends > 0).then(|| format!("&q={}", self.quick_ends));
        [
            flow,
            seconds("at", self.parked_at),
            unseen,
            self.last_task.as_ref().map(LastTask::part),
            seconds("u", self.unheard_since),
            seconds("d", self.next_invite_at),
            quick_ends,
            paused_flow,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Whether the address has room for the flow whose webhook is taken away, however much else it comes to say.
    #[must_use]
    pub fn has_room_for_paused_flow(&self, wake_url: &str) -> bool {
        let at = self.parked_at;
        let fullest = Self {
            last_task: Some(LastTask::Invited(LastInvite {
                task: self.parked_task().cloned(),
                asks: Asked::Workflow,
                at: at.unwrap_or_default(),
            })),
            first_unseen: Some(u32::MAX),
            quick_ends: u8::MAX,
            next_invite_at: at,
            unheard_since: at,
            ..self.clone()
        };
        fullest.address(wake_url).contains("&e=")
    }

    /// The SID of the last invite's task, if it is known.
    #[must_use]
    pub fn invited_task(&self) -> Option<&TaskSid> {
        match &self.last_task {
            Some(LastTask::Invited(invite)) => invite.task.as_ref(),
            _ => None,
        }
    }

    /// The SID of the parked task, while no invite was made.
    #[must_use]
    pub fn parked_task(&self) -> Option<&TaskSid> {
        match &self.last_task {
            Some(LastTask::Parked(task)) => Some(task),
            _ => None,
        }
    }

    /// The last invite.
    #[must_use]
    pub fn last_invite(&self) -> Option<&LastInvite> {
        match &self.last_task {
            Some(LastTask::Invited(invite)) => Some(invite),
            _ => None,
        }
    }

    /// The same after an invite was made at `now`.
    #[must_use]
    pub fn invited(&self, task: Option<TaskSid>, asks: Asked, now: Millis) -> Self {
        Self {
            last_task: Some(LastTask::Invited(LastInvite {
                task,
                asks,
                at: now,
            })),
            next_invite_at: None,
            ..self.clone()
        }
    }

    /// The same for an invite that a new message brings before the next one was due. However it ends, the distance to the one after it
    /// does not grow: a customer who writes in short messages would wait longest.
    #[must_use]
    pub fn before_its_time(self, now: Millis) -> Self {
        let is_early = self.next_invite_at.is_some_and(|at| now < at);
        Self {
            quick_ends: self.quick_ends.saturating_sub(u8::from(is_early)),
            ..self
        }
    }

    /// The same after the last invite was found to have ended, at `ended_at` if that is known, without an agent having joined.
    ///
    /// An invite through the workflow that ended within a minute after it was made is followed later; any other one at
    /// once.
    #[must_use]
    pub fn ended(&self, ended_at: Option<Millis>, now: Millis) -> Self {
        let Some(invite) = self.last_invite() else {
            return self.clone();
        };
        if self.next_invite_at.is_some() || invite.asks == Asked::Worker {
            return self.clone();
        }
        // Twilio tells seconds.
        let was_quick = ended_at.unwrap_or(now) < invite.at + QUICK_END_MS;
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
            next_invite_at: Some(invite.at + minutes * 60_000),
            ..self.clone()
        }
    }
}

impl LastTask {
    fn part(&self) -> String {
        let mut part = String::new();
        let (kind, task, at) = match self {
            Self::Parked(task) => ('p', Some(task), None),
            Self::Invited(invite) => {
                let kind = match invite.asks {
                    Asked::Workflow => 'w',
                    Asked::Worker => 'r',
                };
                (kind, invite.task.as_ref(), Some(invite.at))
            }
        };
        // Writing into a text cannot fail.
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
            flow: None,
            paused_flow: None,
        }
    }

    fn read(address: &str) -> Option<Guardian> {
        Guardian::from_query(address.split_once('?')?.1)
    }

    fn full() -> Guardian {
        let invited = guardian().invited(Some(TaskSid::example()), Asked::Workflow, NOW);
        Guardian {
            unheard_since: Some(NOW),
            flow: Some(FlowSid::example()),
            ..invited.ended(Some(NOW), NOW)
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let by_worker = guardian().invited(None, Asked::Worker, NOW);
        let named = Guardian {
            task_channel_unique_name: "Büro & mehr=1".into(),
            ..guardian()
        };
        for guardian in [guardian(), full(), by_worker, named] {
            let address = guardian.address(WAKE);
            assert_eq!(read(&address), Some(guardian));
        }
    }

    #[test]
    fn an_address_that_says_everything_has_room() {
        let address = full().address(WAKE);
        assert!(
            address.len() <= LONGEST_ADDRESS,
            "{} characters",
            address.len()
        );
        assert!(address.contains("&q=1"), "{address}");
    }

    #[test]
    fn what_has_no_room_is_left_out_and_the_rest_is_read() {
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
    fn an_address_of_version_0_1_is_read_and_one_of_the_template_is_not() {
        let address = guardian().address(WAKE);
        let (old, _) = address.split_once("&at=").unwrap();
        let read_old = read(old).unwrap();
        assert_eq!((read_old.parked_at, read_old.first_unseen), (None, None));
        for other in [WAKE, "https://example.com/?interactionSid=KD", ""] {
            assert_eq!(read(other), None);
        }
    }

    #[test]
    fn invites_that_end_at_once_are_followed_at_growing_distances() {
        let mut guardian = guardian();
        let mut now = NOW;
        let mut distances = Vec::new();
        for _ in 0..6 {
            guardian = guardian.invited(None, Asked::Workflow, now);
            guardian = guardian.ended(Some(now + 100), now + 100);
            let next = guardian.next_invite_at.unwrap();
            distances.push((next - now) / 60_000);
            now = next;
        }
        assert_eq!(distances, [1, 5, 15, 60, 60, 60]);
    }

    #[test]
    fn any_other_invite_is_followed_at_once() {
        let lasted = guardian().invited(None, Asked::Workflow, NOW);
        let ended = lasted.ended(Some(NOW + QUICK_END_MS), NOW + 70_000);
        assert_eq!((ended.next_invite_at, ended.quick_ends), (None, 0));
        let for_one = guardian().invited(None, Asked::Worker, NOW);
        assert_eq!(
            for_one.ended(Some(NOW + 1_000), NOW + 1_000).next_invite_at,
            None
        );
    }
}
