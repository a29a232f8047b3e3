//! Looking over everything that is parked, a part at a time.
//!
//! First the account's conversations, active and inactive, for records; then the agents' lists, for rows whose
//! conversation is not parked any more. Each one found is reconciled or released by [`Unpark`]. A Function has ten seconds, so
//! that an account takes several calls: the answer says with what to call next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attributes::Attributes;
use crate::record::ParkedRecord;
use crate::reply::{Changed, Reply};
use crate::sid::ConversationSid;

use super::call::{Answer, Call, ConversationState, Entry, Failure, Page, PageRef, Source};
use super::calls::{Calls, Progress};
use super::refusal::refusal_for;
use super::unpark::{Cause, Unpark};
use super::{CallId, Effect, Event, Millis, Operation, Outcome, Setting};

/// How many conversations are reconciled at the same time: far from Twilio's limits for what runs beside it.
const AT_ONCE: usize = 8;

/// Nothing is begun later than this. One conversation takes five seconds at the very most.
const BEGIN_WITHIN: Millis = 4_500;

/// Ids of calls are told apart by whose they are: the sweep's own are below this, the first conversation's below
/// twice this, and so on.
const IDS_EACH: CallId = 1_000;

/// Where a sweep is, to be taken up there by the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    part: Part,
    #[serde(default)]
    at: Position,
    /// Within the list that is next.
    #[serde(default)]
    rows: Position,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Part {
    #[default]
    Active,
    Inactive,
    Lists,
    End,
}

/// A page, and how many of its entries are done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    #[serde(default)]
    page: Option<PageRef>,
    #[serde(default)]
    done: usize,
}

impl Position {
    fn at(page: PageRef) -> Self {
        Self {
            page: Some(page),
            done: 0,
        }
    }
}

/// Looks over what is parked, from `cursor` on.
pub struct Sweep {
    cause: Cause,
    setting: Setting,
    cursor: Cursor,
    /// The page of lists that the cursor is on, once it is read.
    lists: Option<Page>,
    /// The page of conversations or rows that the cursor is on, once it is read.
    page: Option<Page>,
    calls: Calls,
    under_way: BTreeMap<CallId, (ConversationSid, Unpark)>,
    begun: CallId,
    calls_of_ended: u32,
    looked_at: u32,
    changed: Vec<Changed>,
}

impl Sweep {
    /// A sweep that has not begun, to reconcile or to release.
    #[must_use]
    pub fn new(cause: Cause, cursor: Cursor, setting: Setting) -> Self {
        Self {
            cause,
            calls: Calls::new(setting.seed, setting.started + BEGIN_WITHIN),
            setting,
            cursor,
            lists: None,
            page: None,
            under_way: BTreeMap::new(),
            begun: 0,
            calls_of_ended: 0,
            looked_at: 0,
            changed: Vec::new(),
        }
    }

    fn go_on(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let late = now >= self.setting.started + BEGIN_WITHIN;
        while self.calls.idle() && self.under_way.len() < AT_ONCE {
            if late || self.cursor.part == Part::End {
                if self.under_way.is_empty() {
                    effects.push(Effect::Done(Box::new(Outcome::reply(self.reply()))));
                }
                return;
            }
            match self.next_entry() {
                Some(entry) => self.begin(entry, now, effects),
                None => self.turn(),
            }
        }
        effects.extend(self.calls.effects());
    }

    /// The next entry of the page, which counts as done from now on.
    fn next_entry(&mut self) -> Option<Entry> {
        let position = match self.cursor.part {
            Part::Lists => &mut self.cursor.rows,
            _ => &mut self.cursor.at,
        };
        let entry = self.page.as_ref()?.entries.get(position.done)?.clone();
        position.done += 1;
        Some(entry)
    }

    /// Nothing is left on this page, or it is not read yet.
    fn turn(&mut self) {
        match (self.page.take(), self.cursor.part) {
            (None, Part::Active) => self.read_conversations(ConversationState::Active),
            (None, Part::Inactive) => self.read_conversations(ConversationState::Inactive),
            (None, Part::Lists) => self.turn_to_list(),
            (
                Some(Page {
                    next: Some(next), ..
                }),
                Part::Active | Part::Inactive,
            ) => {
                self.cursor.at = Position::at(next);
            }
            (Some(Page { next: None, .. }), Part::Active) => self.begin_part(Part::Inactive),
            (Some(Page { next: None, .. }), Part::Inactive) => self.begin_part(Part::Lists),
            (
                Some(Page {
                    next: Some(next), ..
                }),
                Part::Lists,
            ) => {
                self.cursor.rows = Position::at(next);
            }
            (Some(Page { next: None, .. }), Part::Lists) => self.next_list(),
            (_, Part::End) => {}
        }
    }

    fn begin_part(&mut self, part: Part) {
        self.cursor = Cursor {
            part,
            ..Cursor::default()
        };
    }

    fn read_conversations(&mut self, state: ConversationState) {
        let page = self.cursor.at.page.clone();
        self.calls
            .make(Call::ListPage(Source::Conversations(state), page));
    }

    fn turn_to_list(&mut self) {
        let Some(lists) = &self.lists else {
            let page = self.cursor.at.page.clone();
            return self.calls.make(Call::ListPage(Source::Lists, page));
        };
        match lists.entries.get(self.cursor.at.done) {
            Some(Entry::List(map)) => {
                let rows = Source::Rows(map.clone());
                let page = self.cursor.rows.page.clone();
                self.calls.make(Call::ListPage(rows, page));
            }
            Some(_) => self.next_list(),
            None => match self.lists.take().and_then(|lists| lists.next) {
                Some(next) => self.cursor.at = Position::at(next),
                None => self.begin_part(Part::End),
            },
        }
    }

    fn next_list(&mut self) {
        self.cursor.at.done += 1;
        self.cursor.rows = Position::default();
    }

    fn begin(&mut self, entry: Entry, now: Millis, effects: &mut Vec<Effect>) {
        let (conversation, place, row) = match entry {
            Entry::Conversation(conversation, attributes) => {
                self.looked_at += 1;
                let record = Attributes::parse(&attributes)
                    .and_then(|attributes| ParkedRecord::find(&attributes));
                match record {
                    Ok(Some(record)) => {
                        let place = Some((record.interaction_sid, record.channel_sid));
                        (conversation, place, None)
                    }
                    Ok(None) => return,
                    Err(error) => return self.note(conversation, error.to_string()),
                }
            }
            Entry::Row(conversation) => {
                self.looked_at += 1;
                let row = self.list().map(|map| (map, conversation.to_string()));
                (conversation, None, row)
            }
            Entry::List(_) | Entry::Other => return,
        };
        self.begun += 1;
        let setting = Setting {
            operation: format!("{}-{}", self.setting.operation, self.begun),
            started: now,
            seed: self.setting.seed.wrapping_add(u64::from(self.begun)),
            ..self.setting.clone()
        };
        let mut unpark =
            Unpark::new(conversation.clone(), place, self.cause.clone(), setting).found_by(row);
        let first = unpark.start();
        self.under_way.insert(self.begun, (conversation, unpark));
        self.follow(self.begun, first, effects);
    }

    fn list(&self) -> Option<String> {
        match self.lists.as_ref()?.entries.get(self.cursor.at.done)? {
            Entry::List(map) => Some(map.clone()),
            _ => None,
        }
    }

    fn follow(&mut self, number: CallId, of_one: Vec<Effect>, effects: &mut Vec<Effect>) {
        let ours = |id: CallId| number * IDS_EACH + id;
        for effect in of_one {
            match effect {
                Effect::Call(id, call) => effects.push(Effect::Call(ours(id), call)),
                Effect::Wait(id, millis) => effects.push(Effect::Wait(ours(id), millis)),
                Effect::Done(outcome) => {
                    if let Some((conversation, mut ended)) = self.under_way.remove(&number) {
                        self.calls_of_ended += ended.calls_made();
                        match outcome.reply {
                            Reply::Ignored | Reply::AlreadyRouted => {}
                            reply => self.note(conversation, reply.name()),
                        }
                    }
                }
            }
        }
    }

    fn note(&mut self, conversation_sid: ConversationSid, outcome: String) {
        self.changed.push(Changed {
            conversation_sid,
            outcome,
        });
    }

    fn take(&mut self, call: &Call, result: Result<Answer, Failure>, effects: &mut Vec<Effect>) {
        match (call, result) {
            (Call::ListPage(Source::Lists, _), Ok(Answer::Page(page))) => self.lists = Some(page),
            // A list that was deleted meanwhile.
            (Call::ListPage(Source::Rows(_), _), Err(Failure::NotFound)) => self.next_list(),
            (_, Ok(Answer::Page(page))) => self.page = Some(page),
            (_, Ok(_)) => {}
            (_, Err(failure)) => {
                // What was begun is given up: the next call looks at it again.
                let (refusal, message) = refusal_for(&failure, "reading what is parked");
                effects.push(Effect::Done(Box::new(Outcome::refused(refusal, message))));
            }
        }
    }

    fn reply(&mut self) -> Reply {
        let next = (self.cursor.part != Part::End)
            // Names and numbers always have a JSON form.
            .then(|| serde_json::to_string(&self.cursor).unwrap_or_default());
        Reply::Reconciled {
            looked_at: self.looked_at,
            changed: std::mem::take(&mut self.changed),
            next,
        }
    }
}

impl Operation for Sweep {
    fn start(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.go_on(self.setting.started, &mut effects);
        effects
    }

    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        let (number, event) = match event {
            Event::Answered(id, result) => (id / IDS_EACH, Event::Answered(id % IDS_EACH, result)),
            Event::Waited(id) => (id / IDS_EACH, Event::Waited(id % IDS_EACH)),
        };
        if number == 0 {
            if let Progress::Finished(call, result) = self.calls.take(event, now) {
                self.take(&call, result, &mut effects);
            }
        } else if let Some((_, unpark)) = self.under_way.get_mut(&number) {
            let of_one = unpark.step(event, now);
            self.follow(number, of_one, &mut effects);
        }
        if !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Done(_)))
        {
            self.go_on(now, &mut effects);
        }
        effects
    }

    fn calls_made(&mut self) -> u32 {
        let under_way = self.under_way.values_mut();
        let of_others: u32 = under_way.map(|(_, unpark)| unpark.calls_made()).sum();
        self.calls.made() + self.calls_of_ended + of_others
    }
}
