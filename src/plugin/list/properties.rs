//! Properties of the list: after any events in any order it shows the same as a sort and a filter of all rows from scratch.

use proptest::prelude::*;

use super::filter::Filters;
use super::order;
use super::rows::Rows;
use super::tests::{fold, sid, NATIVE};
use super::text::Search;
use super::view::Column;
use crate::plugin::json::Json;
use crate::plugin::list::entry::Entry;

#[derive(Debug, Clone)]
enum Step {
    Put(Box<Entry>),
    Take(usize),
    Retain(u32),
    Search(String),
    Filter(Filters),
    Sort(Column),
}

/// Few values, so that rows are often equal, and one of them missing.
fn entry() -> impl Strategy<Value = Entry> {
    let text = |texts: &'static [&str]| prop::sample::select(texts);
    let time = prop::sample::select(&[0.0, 1.0, 2.0, 3.0][..]);
    (
        0..12_usize,
        text(&["", "ada", "Ada", "adam", "Zoë", "王"]),
        text(&["", "+1 555", "whatsapp:+1555"]),
        text(&["", "web", "sms", "line"]),
        [time.clone(), time.clone(), time.clone(), time.clone(), time],
        (0..3_u32, 0..3_usize),
        [text(&["", "Sales", "Support"]), text(&["", "Parts"])],
    )
        .prop_filter_map(
            "an entry",
            |(key, name, address, channel, times, (met, owner), [queue, reason])| {
                let [parked, expires, unheard, due, kept] = times;
                let data = serde_json::json!({
                    "customerName": name,
                    "customerAddress": address,
                    "channelType": channel,
                    "parkedAt": parked,
                    "expiresAt": expires,
                    "unheardSince": unheard,
                    "dueAt": due,
                    "keptUntil": kept,
                    "expiryAt": expires,
                    "queueName": queue,
                    "reason": reason,
                });
                let item = Json::from(&serde_json::json!({ "key": sid(key), "data": data }));
                let mut entry = Entry::read(&item, 2.0, NATIVE, str::to_owned)?;
                entry.met = met;
                entry.belong_to(owner, ["", "ada", "ben"].get(owner)?);
                Some(entry)
            },
        )
}

fn column() -> impl Strategy<Value = Column> {
    let columns = [
        Column::Customer,
        Column::Channel,
        Column::ParkedAt,
        Column::Due,
        Column::ListedUntil,
        Column::Agent,
        Column::Queue,
        Column::Reason,
        Column::Waiting,
    ];
    prop::sample::select(columns.to_vec())
}

fn filters() -> impl Strategy<Value = Filters> {
    let some = |texts: &'static [Option<&str>]| {
        prop::sample::select(texts).prop_map(|text| text.map(Into::into))
    };
    (
        prop::sample::select(vec![vec![], vec![true, false, true], vec![false; 3]]),
        prop::sample::select(&[None, None, Some(1), Some(9)][..]),
        some(&[None, Some("web"), Some("line"), Some("fax")]),
        some(&[None, Some("Sales"), Some("")]),
        some(&[None, None, Some("Parts")]),
        any::<[bool; 4]>(),
    )
        .prop_map(
            |(scope, owner, channel, queue, reason, [a, b, c, d])| Filters {
                scope,
                owner,
                channel,
                queue,
                reason,
                overdue: a && b,
                unheard: c && d,
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => entry().prop_map(|entry| Step::Put(Box::new(entry))),
        2 => (0..12_usize).prop_map(Step::Take),
        1 => (0..3_u32).prop_map(Step::Retain),
        1 => prop::sample::select(&["", "ada", "ZOË", "155", "sms a"][..])
            .prop_map(|text| Step::Search(text.into())),
        1 => filters().prop_map(Step::Filter),
        1 => column().prop_map(Step::Sort),
    ]
}

/// The same with nothing kept but the rows, in no order.
#[derive(Default)]
struct Naive {
    rows: Vec<Entry>,
    search: Search,
    filters: Filters,
}

impl Naive {
    fn apply(&mut self, step: &Step) {
        match step {
            Step::Put(entry) => {
                self.rows.retain(|row| row.key != entry.key);
                self.rows.push(Entry::clone(entry));
            }
            Step::Take(key) => self.rows.retain(|row| row.key != sid(*key)),
            Step::Retain(met) => self.rows.retain(|row| row.met == *met),
            Step::Search(text) => self.search = Search::new(&fold(text)),
            Step::Filter(filters) => self.filters.clone_from(filters),
            Step::Sort(_) => {}
        }
    }

    fn shown(&self, sort: super::view::Sort) -> Vec<&Entry> {
        let mut shown: Vec<&Entry> = self.rows.iter().collect();
        shown.retain(|row| {
            let Filters {
                scope,
                owner,
                channel,
                queue,
                reason,
                overdue,
                unheard,
            } = &self.filters;
            let has = |wanted: &Option<String>, text: &str| {
                wanted.as_ref().is_none_or(|wanted| wanted == text)
            };
            (scope.is_empty() || scope.get(row.owner) == Some(&true))
                && owner.is_none_or(|owner| owner == row.owner)
                && has(channel, &row.channel)
                && has(queue, row.data.queue_name.as_deref().unwrap_or(""))
                && has(reason, row.data.reason.as_deref().unwrap_or(""))
                && (!overdue || row.overdue.get())
                && (!unheard || row.is_unheard())
        });
        shown.retain(|row| self.search.finds(&row.texts.all));
        shown.sort_by(|a, b| order::compare(sort, a, b));
        shown
    }
}

fn apply(rows: &mut Rows, step: &Step) {
    match step {
        Step::Put(entry) => drop(rows.put(Entry::clone(entry))),
        Step::Take(key) => drop(rows.take(&sid(*key))),
        Step::Retain(met) => drop(rows.retain(&|row| row.met == *met)),
        Step::Search(text) => rows.set_search(Search::new(&fold(text))),
        Step::Filter(filters) => rows.set_filters(filters.clone()),
        Step::Sort(column) => rows.set_sort(order::after_click(rows.sort(), *column)),
    }
}

proptest! {
    #[test]
    fn the_view_is_all_rows_filtered_and_sorted(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let (mut rows, mut naive) = (Rows::default(), Naive::default());
        for step in &steps {
            apply(&mut rows, step);
            naive.apply(step);
            let shown: Vec<&Entry> = rows.matching().iter().map(AsRef::as_ref).collect();
            prop_assert_eq!(&shown, &naive.shown(rows.sort()));
            prop_assert_eq!(rows.all().len(), naive.rows.len());
            for (place, entry) in shown.into_iter().enumerate() {
                prop_assert_eq!(rows.index_of(&entry.key), Some(place));
            }
        }
    }

    #[test]
    fn every_order_is_total(a in entry(), b in entry(), c in entry(), column in column(), turned: bool) {
        let mut sort = order::after_click(order::NEWEST_FIRST, column);
        if turned {
            sort = order::after_click(sort, column);
        }
        let compare = |a: &Entry, b: &Entry| order::compare(sort, a, b);
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        prop_assert!(compare(&a, &b).is_ne() || a.key == b.key);
        if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
            prop_assert!(compare(&a, &c).is_le());
        }
    }
}
