//! Properties of a read by several readers: no row is lost and none is left over, whatever changes in the map meanwhile, in whatever
//! order pages come, and whatever Sync does with a key that no item has.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is a failed test"
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{json, Value};

use super::{place, sid, FIRST, LAST, READERS};
use crate::plugin::json::Json;
use crate::plugin::list::tests::NATIVE;
use crate::plugin::list::{List, Setup};

const NOW: f64 = 1_800_000_000_000.0;
const PAGE: usize = 4;

/// The behaviour of Sync when a read starts at a key that no item has, or at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sync {
    /// It starts at the next key.
    NextKey,
    /// It finds nothing.
    Nothing,
    /// It refuses.
    Refused,
    /// It starts at the first key.
    FirstKey,
    /// It starts at the next key, and knows no descending order.
    NoOrder,
}

#[derive(Debug, Clone)]
enum Step {
    /// Sync answers one of the requests that are under way.
    Answer(usize),
    /// One of the answers comes.
    Deliver(usize),
    Put(String),
    Take(usize),
}

/// A page as Sync has made it. `None`: a failure.
type Page = Option<(Vec<String>, Option<String>)>;

struct Request {
    reader: String,
    /// The key that the token of the page before names.
    after: Option<String>,
    answer: Option<Page>,
}

struct Reading {
    sync: Sync,
    map: BTreeMap<String, u32>,
    list: List,
    read: u32,
    requests: Vec<Request>,
    answered: usize,
}

impl Reading {
    fn new(sync: Sync, keys: &[String]) -> Self {
        let setup = json!({ "workerSid": "WK00000000000000000000000000000001" });
        let setup = Setup::read(&Json::from(&setup)).unwrap();
        let mut list = List::new(setup, NATIVE, NOW);
        list.connection(true, "connected");
        // A row that went while nobody looked.
        list.put(&item("CHgone", 0), NOW);
        let read = list.begin(NOW);
        Self {
            sync,
            map: keys.iter().map(|key| (key.clone(), 0)).collect(),
            list,
            read,
            requests: vec![Request::new(FIRST, None)],
            answered: 0,
        }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Answer(place) => {
                let open: Vec<usize> = self.places(Request::is_open);
                if let Some(place) = open.get(place % open.len().max(1)) {
                    let answer = self.answer(&self.requests[*place]);
                    self.requests[*place].answer = Some(answer);
                    self.answered += 1;
                }
            }
            Step::Deliver(place) => {
                let answered = self.places(|request| !request.is_open());
                if let Some(place) = answered.get(place % answered.len().max(1)) {
                    let request = self.requests.remove(*place);
                    self.deliver(&request);
                }
            }
            Step::Put(key) => {
                let value = self.map.get(key).map_or(0, |value| value + 1);
                self.map.insert(key.clone(), value);
                self.list.put(&item(key, value), NOW);
            }
            Step::Take(place) => {
                let key = self.map.keys().nth(place % self.map.len().max(1)).cloned();
                if let Some(key) = key {
                    self.map.remove(&key);
                    self.list.take(&key, NOW);
                }
            }
        }
    }

    fn places(&self, is_wanted: impl Fn(&Request) -> bool) -> Vec<usize> {
        let all = self.requests.iter().enumerate();
        all.filter(|(_, request)| is_wanted(request))
            .map(|(place, _)| place)
            .collect()
    }

    fn answer(&self, request: &Request) -> Page {
        let is_descending = request.reader == LAST && self.sync != Sync::NoOrder;
        let start = match (&request.after, request.reader.as_str()) {
            (Some(after), _) => after.clone(),
            (None, FIRST | LAST) => String::new(),
            (None, from) if self.map.contains_key(from) => from.to_owned(),
            (None, from) => match self.sync {
                Sync::NextKey | Sync::NoOrder => from.to_owned(),
                Sync::FirstKey => String::new(),
                Sync::Nothing => return Some((Vec::new(), None)),
                Sync::Refused => return None,
            },
        };
        let mut keys: Vec<String> = if is_descending {
            let keys = self.map.keys().rev();
            keys.filter(|key| start.is_empty() || **key <= start)
                .cloned()
                .collect()
        } else {
            self.map
                .range(start..)
                .map(|(key, _)| key.clone())
                .collect()
        };
        let next = keys.get(PAGE).cloned();
        keys.truncate(PAGE);
        Some((keys, next))
    }

    /// The SDK has the newest version of each item, and null in place of one that was removed.
    fn deliver(&mut self, request: &Request) {
        let (read, reader) = (self.read, request.reader.as_str());
        let (wanted, after) = match request.answer.clone().flatten() {
            None => (self.list.fail((read, reader), Some(400)), None),
            Some((keys, next)) => {
                let items: Vec<Value> = keys
                    .iter()
                    .map(|key| {
                        self.map
                            .get(key)
                            .map_or(json!({}), |value| item_json(key, *value))
                    })
                    .collect();
                let items = Json::from(&Value::from(items));
                let wanted = self.list.page((read, reader), &items, next.is_none(), NOW);
                (wanted, next)
            }
        };
        for name in wanted {
            let after = after.clone().filter(|_| name == reader);
            assert!(
                name != reader || after.is_some() || request.answer == Some(None) || name == FIRST,
                "no page follows"
            );
            self.requests.push(Request::new(&name, after));
        }
    }

    fn finish(&mut self) {
        for _ in 0..10_000 {
            if self.requests.is_empty() {
                return;
            }
            self.apply(&Step::Answer(0));
            self.apply(&Step::Deliver(0));
        }
        panic!("the read never ends");
    }

    fn shown(&mut self) -> BTreeMap<String, u32> {
        let rows = self.list.rows(0, usize::MAX, NOW);
        let value = |name: Option<String>| name.and_then(|name| name.parse().ok());
        rows.into_iter()
            .map(|row| (row.conversation_sid, value(row.data.customer_name).unwrap()))
            .collect()
    }
}

impl Request {
    fn new(reader: &str, after: Option<String>) -> Self {
        Self {
            reader: reader.into(),
            after,
            answer: None,
        }
    }

    fn is_open(&self) -> bool {
        self.answer.is_none()
    }
}

fn item_json(key: &str, value: u32) -> Value {
    json!({ "key": key, "data": { "customerName": value.to_string() } })
}

fn item(key: &str, value: u32) -> Json {
    Json::from(&item_json(key, value))
}

/// Keys that are spread over all SIDs, keys that are close together, and keys of other programs.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => any::<u128>().prop_map(|number| format!("CH{number:032x}")),
        10 => (0..400_u32).prop_map(|number| format!("CH{number:032}")),
    ]
}

fn foreign() -> impl Strategy<Value = String> {
    let keys = vec!["A", "CH1", "CHG", "CH0000000000000000000000000000000A", "Z"];
    prop::sample::select(keys).prop_map(Into::into)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..8_usize).prop_map(Step::Answer),
        6 => (0..8_usize).prop_map(Step::Deliver),
        1 => key().prop_map(Step::Put),
        1 => (0..200_usize).prop_map(Step::Take),
    ]
}

fn sync() -> impl Strategy<Value = Sync> {
    prop::sample::select(vec![
        Sync::NextKey,
        Sync::Nothing,
        Sync::Refused,
        Sync::FirstKey,
        Sync::NoOrder,
    ])
}

proptest! {
    #[test]
    fn no_row_is_lost_and_none_is_left(
        sync in sync(),
        keys in prop::collection::vec(key(), 0..160),
        others in prop::collection::vec(foreign(), 0..2),
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let keys = [keys, others].concat();
        let mut reading = Reading::new(sync, &keys);
        for step in &steps {
            reading.apply(step);
        }
        reading.finish();
        prop_assert!(!reading.list.view().reading);
        let (shown, map) = (reading.shown(), reading.map.clone());
        prop_assert_eq!(shown, map);
    }

    /// Many requests more would come near Sync's limits.
    #[test]
    fn few_requests_are_made_in_vain(
        numbers in prop::collection::btree_set(any::<u128>(), 0..600),
    ) {
        let keys: Vec<String> = numbers.iter().map(|number| format!("CH{number:032x}")).collect();
        let mut reading = Reading::new(Sync::NextKey, &keys);
        let mut most = 0;
        while !reading.requests.is_empty() {
            most = most.max(reading.requests.len());
            while !reading.places(Request::is_open).is_empty() {
                reading.apply(&Step::Answer(0));
            }
            reading.apply(&Step::Deliver(0));
        }
        prop_assert!(most <= READERS, "{most} at a time");
        let pages = keys.len().div_ceil(PAGE);
        prop_assert!(reading.answered <= pages + 1 + pages / 2 + READERS, "{} for {pages}", reading.answered);
    }

    #[test]
    fn places_are_in_the_order_of_keys(one: u64, other: u64) {
        prop_assert_eq!(place(&sid(one)), one);
        prop_assert_eq!(sid(one).cmp(&sid(other)), one.cmp(&other));
    }
}

/// Keys that begin with the same digits, and one far away: nothing shows how many pages lie between.
#[test]
fn a_wide_gap_is_not_searched_for_keys() {
    let mut keys: Vec<String> = (0..40_u32)
        .map(|number| format!("CH{number:032}"))
        .collect();
    keys.push(format!("CH{}", "f".repeat(32)));
    let mut reading = Reading::new(Sync::NextKey, &keys);
    reading.finish();
    assert!(reading.answered < 30, "{} answers", reading.answered);
}

/// A read of many pages is as long as a reader's share, and not as all of them.
#[test]
fn a_long_map_is_read_side_by_side() {
    let keys: Vec<String> = (1..=1_600_u128)
        .map(|number| {
            format!(
                "CH{:032x}",
                number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
            )
        })
        .collect();
    let mut reading = Reading::new(Sync::NextKey, &keys);
    let mut rounds = 0;
    while !reading.requests.is_empty() {
        rounds += 1;
        let answers = reading.requests.len();
        for _ in 0..answers {
            reading.apply(&Step::Answer(0));
        }
        for _ in 0..answers {
            reading.apply(&Step::Deliver(0));
        }
    }
    let pages = keys.len() / PAGE;
    assert!(
        rounds <= pages / READERS + 12,
        "{rounds} rounds for {pages} pages"
    );
}
