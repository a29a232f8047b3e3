//! The owner's figures of the parked conversations.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::sid::ConversationSid;
use crate::twilio::time::Millis;

use super::clock::Clock;
use super::columns::{aligned, shortened, Align};
use super::listed::Listed;

/// The longest name in a table. With it, a line of the table has at most 80 characters, and a SID has room.
const LONGEST_NAME: usize = 36;

/// The figures at one time.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// In milliseconds since 1970.
    at: Millis,
    #[serde(flatten)]
    all: Counts,
    /// The conversations of which nothing at Twilio shows by whom they were parked. They are among the others.
    unverified: u32,
    oldest: Option<Oldest>,
    /// The most parked first, those without a SID last.
    agents: Vec<Group>,
    /// In the same order.
    queues: Vec<Group>,
}

/// The conversation that has been parked longest.
#[derive(Debug, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
struct Oldest {
    parked_at: Millis,
    conversation_sid: ConversationSid,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    parked: u32,
    /// Those with an appointment ahead.
    due: u32,
    /// Those whose appointment has passed while no agent is asked.
    overdue: u32,
    /// Those whose customer wrote and waits for an answer.
    unheard: u32,
    /// In milliseconds since 1970. Absent if no time is known.
    oldest_parked_at: Option<Millis>,
}

/// The conversations of one agent, or of one queue.
#[derive(Debug, Serialize)]
struct Group {
    /// Absent where nothing at Twilio shows it.
    sid: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    counts: Counts,
}

/// The agent or the queue of a conversation.
struct Member<'a> {
    sid: Option<String>,
    name: Option<&'a String>,
}

impl Report {
    /// Counts the conversations at the time `now`.
    pub fn new(parked: &[Listed], now: Millis) -> Self {
        let mut all = Counts::default();
        for one in parked {
            all.add(one);
        }
        let unverified = parked.iter().filter(|one| one.worker_sid.is_none()).count();
        let oldest = parked.iter().filter_map(|one| {
            Some(Oldest {
                parked_at: one.parked_at?,
                conversation_sid: one.conversation_sid.clone(),
            })
        });
        Self {
            at: now,
            all,
            unverified: u32::try_from(unverified).unwrap_or(u32::MAX),
            oldest: oldest.min(),
            agents: groups(parked, |one| Member {
                sid: one.worker_sid.as_ref().map(ToString::to_string),
                name: one.worker_name.as_ref(),
            }),
            queues: groups(parked, |one| Member {
                sid: one.queue_sid.as_ref().map(ToString::to_string),
                name: one.queue_name.as_ref(),
            }),
        }
    }

    /// Returns the figures for people, in lines of at most 80 characters.
    pub fn text(&self, clock: Clock) -> String {
        let agents = table("agent", &self.agents, clock);
        let queues = table("queue", &self.queues, clock);
        format!("{}\n\n{agents}\n\n{queues}", self.summary(clock))
    }

    fn summary(&self, clock: Clock) -> String {
        let Counts {
            parked,
            due,
            overdue,
            unheard,
            ..
        } = self.all;
        let mut lines = vec![
            ("parked", parked, ""),
            ("due", due, "their time is ahead"),
            (
                "overdue",
                overdue,
                "their time has passed, and no agent is asked",
            ),
            (
                "unheard",
                unheard,
                "their customer wrote and waits for an answer",
            ),
        ];
        if self.unverified > 0 {
            lines.push((
                "unverified",
                self.unverified,
                "it is unknown who parked them: npm run parked -- list",
            ));
        }
        let rows: Vec<[String; 3]> = lines
            .into_iter()
            .map(|(what, count, words)| [what.to_owned(), count.to_string(), words.to_owned()])
            .collect();
        let counts = aligned(&rows, [Align::Left, Align::Right, Align::Left]);
        match &self.oldest {
            Some(oldest) => {
                let age = clock.age(oldest.parked_at);
                format!(
                    "{counts}\nThe oldest was parked {age} ago: {}",
                    oldest.conversation_sid
                )
            }
            None => counts,
        }
    }
}

impl Counts {
    fn add(&mut self, one: &Listed) {
        self.parked += 1;
        self.due += u32::from(one.is_due_later());
        self.overdue += u32::from(one.is_overdue());
        self.unheard += u32::from(one.unheard_since.is_some());
        let times = self.oldest_parked_at.into_iter().chain(one.parked_at);
        self.oldest_parked_at = times.min();
    }
}

fn groups<'a>(parked: &'a [Listed], member: impl Fn(&'a Listed) -> Member<'a>) -> Vec<Group> {
    let mut groups: BTreeMap<Option<String>, Group> = BTreeMap::new();
    for one in parked {
        let Member { sid, name } = member(one);
        let group = groups.entry(sid.clone()).or_insert_with(|| Group {
            sid,
            name: None,
            counts: Counts::default(),
        });
        group.counts.add(one);
        // A name without a SID is only what the attributes claim.
        if group.sid.is_some() && group.name.is_none() {
            group.name = name.cloned();
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by(|a, b| a.place().cmp(&b.place()));
    groups
}

impl Group {
    fn place(&self) -> impl Ord + '_ {
        let parked = Reverse(self.counts.parked);
        (self.sid.is_none(), parked, &self.name, &self.sid)
    }

    fn cells(&self, clock: Clock) -> [String; 6] {
        let name = self.name.as_deref().or(self.sid.as_deref());
        let counts = &self.counts;
        let oldest = counts.oldest_parked_at;
        [
            shortened(name.unwrap_or("?"), LONGEST_NAME),
            counts.parked.to_string(),
            counts.due.to_string(),
            counts.overdue.to_string(),
            counts.unheard.to_string(),
            oldest.map_or_else(|| "?".to_owned(), |at| clock.age(at)),
        ]
    }
}

fn table(head: &str, groups: &[Group], clock: Clock) -> String {
    let head = [head, "parked", "due", "overdue", "unheard", "oldest"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(head)
        .chain(groups.iter().map(|group| group.cells(clock)))
        .collect();
    let right = Align::Right;
    aligned(&rows, [Align::Left, right, right, right, right, right])
}
