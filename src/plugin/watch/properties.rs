//! Properties of the watch with any items and events: a desktop asks neither too often nor too late, and only one of
//! several desktops asks.

#![allow(clippy::indexing_slicing, reason = "a panic is a failed test")]

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;
use serde_json::{json, Value};

use super::item::Progress;
use super::tests::{
    checked, connect, map, marked, may_mark, put, send, take, tick, watch_of, OwnedStep, NOW,
    SECOND,
};
use super::{Watch, UNDER_WAY};

/// A time around now, or any other value.
fn any_time() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-100_000..100_000_i32).prop_map(|offset| json!(NOW + f64::from(offset))),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => prop::sample::select(vec![
            json!(null), json!("1"), json!([]), json!({}), json!(true), json!(0), json!(1e300),
        ]),
    ]
}

fn any_data() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (any_time(), any_time(), any_time(), ".{0,3}").prop_map(
            |(unheard_since, ask_at, asked_at, ask)| json!({
                "unheardSince": unheard_since, "askAt": ask_at, "askedAt": asked_at, "ask": ask,
            })
        ),
        1 => any_time(),
    ]
}

/// The number of conversations. It is larger than the limit of marks and questions in flight.
const CONVERSATIONS: usize = 9;

#[derive(Debug, Clone)]
enum Event {
    Put(usize, Value),
    Take(usize),
    Clear(usize),
    Connected(bool),
    /// Sync responds to the oldest write of a mark, perhaps with an error, perhaps after a change of the item.
    Marked(Option<u16>, Option<Value>),
    /// The Function responds to the oldest question.
    Checked,
    Pass(u32),
}

fn event() -> impl Strategy<Value = Event> {
    let number = 0..CONVERSATIONS;
    prop_oneof![
        6 => (number.clone(), any_data()).prop_map(|(number, data)| Event::Put(number, data)),
        1 => number.prop_map(Event::Take),
        1 => (0..4_usize).prop_map(Event::Clear),
        1 => any::<bool>().prop_map(Event::Connected),
        4 => (prop::option::of(Just(500)), prop::option::of(any_data()))
            .prop_map(|(error, data)| Event::Marked(error, data)),
        4 => Just(Event::Checked),
        8 => (0..30_000_u32).prop_map(Event::Pass),
    ]
}

/// A desktop with its past and present work.
struct Desktop {
    watch: Watch,
    now: f64,
    /// The content of each item, by conversation.
    items: BTreeMap<usize, Value>,
    writes: VecDeque<usize>,
    checks: VecDeque<usize>,
    marked_at: BTreeMap<usize, f64>,
    checked: Vec<(f64, usize)>,
}

impl Desktop {
    fn new() -> Self {
        Self {
            watch: watch_of(1),
            now: NOW,
            items: BTreeMap::new(),
            writes: VecDeque::new(),
            checks: VecDeque::new(),
            marked_at: BTreeMap::new(),
            checked: Vec::new(),
        }
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Put(number, data) => self.put(*number, data),
            Event::Take(number) => self.take(*number),
            Event::Clear(cleared) => {
                for number in (0..CONVERSATIONS).filter(|number| map(*number) == map(*cleared)) {
                    self.take(number);
                }
                send(&mut self.watch, &json!(["clear", map(*cleared)]), self.now);
            }
            Event::Connected(online) => connect(&mut self.watch, *online, self.now),
            Event::Marked(error, data) => self.answer_mark(*error, data.as_ref()),
            Event::Checked => {
                if let Some(number) = self.checks.pop_front() {
                    checked(&mut self.watch, number, self.now);
                }
            }
            Event::Pass(ms) => self.pass(self.now + f64::from(*ms)),
        }
    }

    fn put(&mut self, number: usize, data: &Value) {
        self.items.insert(number, data.clone());
        put(&mut self.watch, number, data, self.now);
    }

    /// Removes an item, with its marks and questions in flight.
    fn take(&mut self, number: usize) {
        self.items.remove(&number);
        self.writes.retain(|write| *write != number);
        self.checks.retain(|check| *check != number);
        take(&mut self.watch, number, self.now);
    }

    fn answer_mark(&mut self, error: Option<u16>, changed: Option<&Value>) {
        let Some(number) = self.writes.pop_front() else {
            return;
        };
        if let Some(data) = changed {
            self.put(number, data);
        }
        let data = self.items[&number].clone();
        if may_mark(&mut self.watch, number, &data, self.now) && error.is_none() {
            self.marked_at.insert(number, self.now);
        }
        marked(&mut self.watch, number, error, self.now);
    }

    fn pass(&mut self, until: f64) {
        for _ in 0..1_000 {
            let due = self.watch.next_tick().filter(|due| *due <= until);
            let Some(due) = due else {
                self.now = until;
                return;
            };
            self.now = self.now.max(due);
            self.tick();
        }
        unreachable!("something is due again and again");
    }

    fn tick(&mut self) {
        for step in tick(&mut self.watch, self.now) {
            match step {
                OwnedStep::Mark(number) => self.writes.push_back(number),
                OwnedStep::Check(number) => {
                    self.checks.push_back(number);
                    self.checked.push((self.now, number));
                    // A desktop asks only just after it has written its mark.
                    assert!(self.now - self.marked_at[&number] <= 20.0 * SECOND);
                    self.marked_at.remove(&number);
                }
                OwnedStep::Read(_) => {}
                OwnedStep::Refused => unreachable!("nobody has refused anything"),
            }
        }
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_desktop_never_asks_too_often(events in prop::collection::vec(event(), 1..120)) {
        let mut desktop = Desktop::new();
        for event in &events {
            desktop.apply(event);
            let items = desktop.watch.items.iter();
            let under_way = items.filter(|item| !matches!(item.progress, Progress::Idle | Progress::Gone));
            prop_assert!(under_way.count() <= UNDER_WAY);
        }
        let mut last: BTreeMap<usize, f64> = BTreeMap::new();
        for (at, number) in &desktop.checked {
            if let Some(before) = last.insert(*number, *at) {
                prop_assert!(at - before >= 20.0 * SECOND, "{number}: {}", at - before);
            }
        }
        for two in desktop.checked.windows(2) {
            prop_assert!(two[1].0 - two[0].0 >= 500.0);
        }
    }

    #[test]
    fn a_mark_comes_at_the_time_or_within_a_minute(
        values in prop::collection::vec(any_data(), 1..4),
    ) {
        let mut watch = watch_of(1);
        let mut now = NOW;
        for data in &values {
            // Each value replaces the one before.
            now += 1.0;
            put(&mut watch, 1, data, now);
        }
        let due = watch.next_tick().unwrap_or(f64::INFINITY).max(now);
        let last = &values[values.len() - 1];
        let readable = last["askAt"].as_f64().filter(|at| *at < now + 181.0 * 86_400.0 * SECOND);
        let latest = readable.unwrap_or(now).max(now) + 60.0 * SECOND;
        prop_assert!(due <= latest, "{due}");
        prop_assert_eq!(tick(&mut watch, due), vec![OwnedStep::Mark(1)]);
        prop_assert!(may_mark(&mut watch, 1, &values[values.len() - 1], due));
    }

    #[test]
    fn one_of_several_desktops_asks(
        desktops in 1..7_usize,
        ask_at in prop::collection::vec(0..60_000_u32, 1..6),
        latencies in prop::collection::vec(1..400_u32, 16),
    ) {
        let mut sync = FakeSync::new(desktops, &ask_at, latencies);
        sync.run(NOW + 300.0 * SECOND);
        for (number, item) in sync.items.iter().enumerate() {
            let first = item.marks.first().copied().unwrap_or(f64::INFINITY);
            let wait = first - NOW - f64::from(ask_at[number]);
            prop_assert!((0.0..11.0 * SECOND).contains(&wait), "{wait}");
            for two in item.marks.windows(2) {
                let distance = two[1] - two[0];
                prop_assert!(distance >= 20.0 * SECOND, "{distance}");
                // The pauses of one desktop grow, but other desktops ask in between.
                prop_assert!(desktops < 5 || distance <= 50.0 * SECOND, "{distance}");
            }
            // The question after the last mark may still come.
            let checks = sync.checks.iter().filter(|check| **check == number).count();
            prop_assert!(checks == item.marks.len() || checks + 1 == item.marks.len());
        }
    }
}

/// An item in Sync.
struct Item {
    data: Value,
    revision: u32,
    /// The times of the marks.
    marks: Vec<f64>,
}

#[derive(Debug, Clone)]
enum Message {
    Tick,
    /// The item has changed.
    Changed(usize, Value, u32),
    /// Sync takes the mark if the item still has this revision.
    Write(usize, f64, u32),
    /// The mark was written, or the item has another revision by now.
    Written(usize, bool, Value, u32),
}

/// A desktop's copy of each item, with its revision.
type Known = BTreeMap<usize, (Value, u32)>;

/// Desktops that watch the same items, with a Function that does not answer.
struct FakeSync {
    items: Vec<Item>,
    desktops: Vec<(Watch, Known)>,
    messages: Vec<(f64, usize, Message)>,
    latencies: Vec<u32>,
    sent: usize,
    checks: Vec<usize>,
    now: f64,
}

impl FakeSync {
    fn new(desktops: usize, ask_at: &[u32], latencies: Vec<u32>) -> Self {
        let item = |at: &u32| Item {
            data: json!({ "unheardSince": NOW - SECOND, "askAt": NOW + f64::from(*at) }),
            revision: 0,
            marks: Vec::new(),
        };
        let mut sync = Self {
            items: ask_at.iter().map(item).collect(),
            desktops: (0..desktops)
                .map(|number| (watch_of(number), BTreeMap::new()))
                .collect(),
            messages: Vec::new(),
            latencies,
            sent: 0,
            checks: Vec::new(),
            now: NOW,
        };
        for number in 0..ask_at.len() {
            sync.notify_all(number, NOW);
        }
        sync
    }

    fn send(&mut self, now: f64, desktop: usize, message: Message) {
        let latency = self.latencies[self.sent % self.latencies.len()];
        self.sent += 1;
        self.messages
            .push((now + f64::from(latency), desktop, message));
    }

    fn notify_all(&mut self, number: usize, now: f64) {
        for desktop in 0..self.desktops.len() {
            let Item { data, revision, .. } = &self.items[number];
            let message = Message::Changed(number, data.clone(), *revision);
            self.send(now, desktop, message);
        }
    }

    fn run(&mut self, until: f64) {
        while let Some((now, desktop, message)) = self.next(until) {
            self.now = now;
            match message {
                Message::Tick => self.tick(desktop, now),
                Message::Changed(number, data, revision) => {
                    self.show(desktop, number, data, revision, now);
                }
                Message::Write(number, asked_at, revision) => {
                    self.write(desktop, number, asked_at, revision, now);
                }
                Message::Written(number, written, data, revision) => {
                    self.show(desktop, number, data, revision, now);
                    if written {
                        marked(&mut self.desktops[desktop].0, number, None, now);
                    } else {
                        self.mark(desktop, number, now);
                    }
                }
            }
        }
    }

    /// Returns the next message, or the tick of a desktop.
    fn next(&mut self, until: f64) -> Option<(f64, usize, Message)> {
        let by_time = |a: &f64, b: &f64| a.total_cmp(b);
        let message = (0..self.messages.len())
            .min_by(|a, b| by_time(&self.messages[*a].0, &self.messages[*b].0));
        let timers = self.desktops.iter().enumerate();
        let timer = timers
            .filter_map(|(desktop, (watch, _))| Some((watch.next_tick()?.max(self.now), desktop)))
            .min_by(|a, b| by_time(&a.0, &b.0));
        match (message, timer) {
            (Some(place), Some((at, _))) if self.messages[place].0 <= at => {
                Some(self.messages.remove(place))
            }
            (Some(place), None) => Some(self.messages.remove(place)),
            (_, Some((at, desktop))) => Some((at, desktop, Message::Tick)),
            (None, None) => None,
        }
        .filter(|(at, ..)| *at <= until)
    }

    fn tick(&mut self, desktop: usize, now: f64) {
        for step in tick(&mut self.desktops[desktop].0, now) {
            match step {
                OwnedStep::Mark(number) => self.mark(desktop, number, now),
                OwnedStep::Check(number) => {
                    self.checks.push(number);
                    checked(&mut self.desktops[desktop].0, number, now);
                }
                OwnedStep::Read(_) | OwnedStep::Refused => {}
            }
        }
    }

    fn mark(&mut self, desktop: usize, number: usize, now: f64) {
        let (watch, known) = &mut self.desktops[desktop];
        let (data, revision) = known[&number].clone();
        if may_mark(watch, number, &data, now) {
            self.send(now, desktop, Message::Write(number, now, revision));
        } else {
            marked(watch, number, None, now);
        }
    }

    fn write(&mut self, desktop: usize, number: usize, asked_at: f64, revision: u32, now: f64) {
        let item = &mut self.items[number];
        let written = item.revision == revision;
        if written {
            item.revision += 1;
            item.data["askedAt"] = json!(asked_at);
            item.marks.push(asked_at);
        }
        let (data, revision) = (item.data.clone(), item.revision);
        self.send(
            now,
            desktop,
            Message::Written(number, written, data, revision),
        );
        if written {
            self.notify_all(number, now);
        }
    }

    /// Shows an item to a desktop, unless it has a newer one.
    fn show(&mut self, desktop: usize, number: usize, data: Value, revision: u32, now: f64) {
        let (watch, known) = &mut self.desktops[desktop];
        if known
            .get(&number)
            .is_some_and(|(_, known)| *known >= revision)
        {
            return;
        }
        put(watch, number, &data, now);
        known.insert(number, (data, revision));
    }
}
