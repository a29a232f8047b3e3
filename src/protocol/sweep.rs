//! A sweep over all parked conversations, in several parts.
//!
//! It reads the account's active and inactive conversations, for records, and then the agents' lists, for rows whose
//! conversation is not parked any more. [`Unpark`] reconciles or releases each of them. A Function has ten seconds, so
//! an account takes several calls: each reply has the cursor of the next one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::ParkedRecord;
use crate::reply::{Changed, Reply};
use crate::sid::{ConversationSid, WorkerSid};
use crate::sync_name::MapName;
use crate::twilio::calls::{
    ConversationState, ListConversations, ListItems, ListMaps, ListedConversation, Page,
};
use crate::twilio::http::PageRef;
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::calls::{Calls, Finished, Slot};
use super::refusal::Refused;
use super::unpark::{Cause, Unpark};
use super::{CallId, Effect, Event, Operation, OperationContext, Outcome};

/// The number of conversations that are worked on at the same time. It is far below Twilio's limits, which other
/// programs share.
const AT_ONCE: usize = 8;

/// The time after which no new conversation is started. One takes five seconds at most.
const BEGIN_WITHIN_MS: Millis = 4_500;

/// The number of call ids for each conversation. The sweep's own ids are below it, those of the first conversation
/// below twice this number, and so on.
const IDS_EACH: CallId = 1_000;

/// The position of a sweep, from which the next call goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    part: Part,
    #[serde(default)]
    at: Position,
    /// The position in the current list.
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

/// A page, and the number of its entries that are done.
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

/// A conversation to work on.
#[derive(Debug, Clone)]
enum Entry {
    /// A conversation of the account.
    Conversation(ListedConversation),
    /// A row in an agent's list.
    Row(WorkerSid, ConversationSid),
}

/// A sweep over all parked conversations.
pub struct Sweep {
    cause: Cause,
    context: OperationContext,
    cursor: Cursor,
    /// The current page of lists.
    lists: Slot<ListMaps>,
    /// The current page of conversations.
    conversations: Slot<ListConversations>,
    /// The current page of rows.
    rows: Slot<ListItems>,
    calls: Calls,
    under_way: BTreeMap<CallId, (ConversationSid, Unpark)>,
    begun: CallId,
    calls_of_ended: u32,
    looked_at: u32,
    changed: Vec<Changed>,
}

impl Sweep {
    /// Makes a sweep that begins at `cursor`. The cause is to reconcile or to release.
    #[must_use]
    pub fn new(cause: Cause, cursor: Cursor, context: OperationContext) -> Self {
        Self {
            cause,
            calls: Calls::new(context.seed, context.started + BEGIN_WITHIN_MS),
            context,
            cursor,
            lists: Slot::Empty,
            conversations: Slot::Empty,
            rows: Slot::Empty,
            under_way: BTreeMap::new(),
            begun: 0,
            calls_of_ended: 0,
            looked_at: 0,
            changed: Vec::new(),
        }
    }

    fn go_on(&mut self, now: Millis, effects: &mut Vec<Effect>) {
        let late = now >= self.context.started + BEGIN_WITHIN_MS;
        while self.calls.idle() && self.under_way.len() < AT_ONCE {
            if late || self.cursor.part == Part::End {
                if self.under_way.is_empty() {
                    effects.push(Effect::Done(Box::new(Outcome::reply(self.reply()))));
                }
                return;
            }
            match self.next_entry() {
                Some(entry) => self.begin(entry, now, effects),
                None => self.turn_page(),
            }
        }
        effects.extend(self.calls.effects());
    }

    /// Returns the next entry of the page and counts it as done.
    fn next_entry(&mut self) -> Option<Entry> {
        if self.cursor.part == Part::Lists {
            let worker = self.list()?;
            let position = &mut self.cursor.rows;
            let row = self.rows.ok()?.entries.get(position.done)?.clone();
            position.done += 1;
            return Some(Entry::Row(worker, row.conversation));
        }
        let position = &mut self.cursor.at;
        let entries = &self.conversations.ok()?.entries;
        let conversation = entries.get(position.done)?.clone();
        position.done += 1;
        Some(Entry::Conversation(conversation))
    }

    /// Returns the agent of the current list.
    fn list(&self) -> Option<WorkerSid> {
        let lists = self.lists.ok()?;
        lists.entries.get(self.cursor.at.done).cloned()
    }

    /// Reads the next page, or goes on to the next part.
    fn turn_page(&mut self) {
        match self.cursor.part {
            Part::Active => self.turn_conversations(ConversationState::Active, Part::Inactive),
            Part::Inactive => self.turn_conversations(ConversationState::Inactive, Part::Lists),
            Part::Lists => self.turn_rows(),
            Part::End => {}
        }
    }

    fn turn_conversations(&mut self, state: ConversationState, next_part: Part) {
        match take_page(&mut self.conversations) {
            Taken::Nothing => {
                let page = self.cursor.at.page.clone();
                let call = ListConversations { state, page };
                self.conversations.ask(&mut self.calls, call);
            }
            Taken::Page(Some(next)) => self.cursor.at = Position::at(next),
            Taken::Page(None) => self.begin_part(next_part),
        }
    }

    fn turn_rows(&mut self) {
        if self.lists.ok().is_none() {
            let page = self.cursor.at.page.clone();
            return self.lists.ask(&mut self.calls, ListMaps { page });
        }
        let Some(worker) = self.list() else {
            return match take_page(&mut self.lists) {
                Taken::Page(Some(next)) => self.cursor.at = Position::at(next),
                Taken::Page(None) | Taken::Nothing => self.begin_part(Part::End),
            };
        };
        match take_page(&mut self.rows) {
            Taken::Nothing => {
                let map = MapName::list_of(&worker);
                let page = self.cursor.rows.page.clone();
                self.rows.ask(&mut self.calls, ListItems { map, page });
            }
            Taken::Page(Some(next)) => self.cursor.rows = Position::at(next),
            Taken::Page(None) => self.next_list(),
        }
    }

    fn begin_part(&mut self, part: Part) {
        self.cursor = Cursor {
            part,
            ..Cursor::default()
        };
    }

    fn next_list(&mut self) {
        self.cursor.at.done += 1;
        self.cursor.rows = Position::default();
    }

    fn begin(&mut self, entry: Entry, now: Millis, effects: &mut Vec<Effect>) {
        self.looked_at += 1;
        let (conversation, row_of) = match entry {
            Entry::Conversation(conversation) => {
                if ParkedRecord::find(&conversation.attributes).is_none() {
                    return;
                }
                (conversation.sid, None)
            }
            Entry::Row(worker, conversation) => (conversation, Some(worker)),
        };
        self.begun += 1;
        let context = OperationContext {
            operation: format!("{}-{}", self.context.operation, self.begun),
            started: now,
            seed: self.context.seed.wrapping_add(u64::from(self.begun)),
            ..self.context.clone()
        };
        let mut unpark =
            Unpark::new(conversation.clone(), self.cause.clone(), context).with_row_of(row_of);
        let first = unpark.start();
        self.under_way.insert(self.begun, (conversation, unpark));
        self.follow(self.begun, first, effects);
    }

    fn follow(&mut self, number: CallId, of_one: Vec<Effect>, effects: &mut Vec<Effect>) {
        let ours = |id: CallId| number * IDS_EACH + id;
        for effect in of_one {
            match effect {
                Effect::Call(id, call) => effects.push(Effect::Call(ours(id), call)),
                Effect::Wait(id, millis) => effects.push(Effect::Wait(ours(id), millis)),
                Effect::Done(outcome) => self.end(number, outcome.reply),
            }
        }
    }

    fn end(&mut self, number: CallId, reply: Reply) {
        let Some((conversation_sid, mut ended)) = self.under_way.remove(&number) else {
            return;
        };
        self.calls_of_ended += ended.calls_made();
        match reply {
            Reply::Ignored | Reply::AlreadyRouted => {}
            reply => self.changed.push(Changed {
                conversation_sid,
                outcome: reply.name(),
            }),
        }
    }

    fn take(&mut self, finished: &Finished, effects: &mut Vec<Effect>) {
        let is_rows = self.rows.take(finished);
        self.lists.take(finished);
        self.conversations.take(finished);
        match &finished.result {
            // The list was deleted in the meantime.
            Err(Failure::NotFound) if is_rows => {
                self.rows = Slot::Empty;
                self.next_list();
            }
            Err(failure) => {
                // Conversations in progress are given up. The next call works on them again.
                let refused = Refused::from_failure(failure, "reading the parked conversations");
                effects.push(Effect::Done(Box::new(refused.into())));
            }
            Ok(_) => {}
        }
    }

    fn reply(&mut self) -> Reply {
        let next = (self.cursor.part != Part::End)
            // Serialization of strings and numbers cannot fail.
            .then(|| serde_json::to_string(&self.cursor).unwrap_or_default());
        Reply::Reconciled {
            looked_at: self.looked_at,
            changed: std::mem::take(&mut self.changed),
            next,
        }
    }
}

/// The former content of a slot for pages.
enum Taken {
    /// No page was read.
    Nothing,
    /// A page whose entries are all done, and the next page.
    Page(Option<PageRef>),
}

/// Takes a page whose entries are all done out of its slot.
fn take_page<T, C>(slot: &mut Slot<C>) -> Taken
where
    C: crate::twilio::Call<Answer = Page<T>>,
{
    match slot.ok() {
        None => Taken::Nothing,
        Some(page) => {
            let next = page.next.clone();
            *slot = Slot::Empty;
            Taken::Page(next)
        }
    }
}

impl Operation for Sweep {
    fn start(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.go_on(self.context.started, &mut effects);
        effects
    }

    fn step(&mut self, event: Event, now: Millis) -> Vec<Effect> {
        let mut effects = Vec::new();
        let (number, event) = match event {
            Event::Answered(id, result) => (id / IDS_EACH, Event::Answered(id % IDS_EACH, result)),
            Event::Waited(id) => (id / IDS_EACH, Event::Waited(id % IDS_EACH)),
        };
        if number == 0 {
            if let Some(finished) = self.calls.take(event, now) {
                self.take(&finished, &mut effects);
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
