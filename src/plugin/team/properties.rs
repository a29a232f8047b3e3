//! The property of a team's times: after all that is due was done, nothing is due before the time goes on.

use proptest::prelude::*;
use serde_json::{json, Value};

use super::agents::Listed;
use super::tests::{item, three, Desk, HOUR, LIMITS, MINUTE, NOW};

#[derive(Debug, Clone)]
enum Event {
    Pass(f64),
    Connect(bool),
    /// A page of those agents comes, or the Function fails.
    List(Vec<usize>, bool),
    ListFails,
    /// The oldest read under way ends, or fails.
    Read,
    ReadFails(Option<u16>),
    Put(usize, usize, Value),
    Take(usize, usize),
    Scope(&'static str),
    Search(&'static str),
    Rows,
    Retry,
}

fn event() -> impl Strategy<Value = Event> {
    let times = vec![-HOUR, -MINUTE, 0.0, MINUTE, 15.0 * MINUTE, HOUR];
    let time = prop::option::of(prop::sample::select(times));
    let data = (time.clone(), time.clone(), time.clone(), time);
    let data = data.prop_map(|(unheard, due, kept, expires)| {
        let at = |time: Option<f64>| time.map(|time| NOW + time);
        json!({
            "unheardSince": at(unheard), "dueAt": at(due), "keptUntil": at(kept), "expiresAt": at(expires),
        })
    });
    let passes = vec![0.0, 600.0, 5_000.0, MINUTE, 10.0 * MINUTE];
    let status = prop::sample::select(vec![None, Some(404), Some(500)]);
    let agents = prop::sample::subsequence(vec![0, 1, 2], 0..=3);
    prop_oneof![
        4 => prop::sample::select(passes).prop_map(Event::Pass),
        2 => any::<bool>().prop_map(Event::Connect),
        3 => (agents, any::<bool>()).prop_map(|(agents, is_last)| Event::List(agents, is_last)),
        1 => Just(Event::ListFails),
        3 => Just(Event::Read),
        3 => status.prop_map(Event::ReadFails),
        4 => (0..3_usize, 0..4_usize, data).prop_map(|(owner, key, data)| Event::Put(owner, key, data)),
        1 => (0..3_usize, 0..4_usize).prop_map(|(owner, key)| Event::Take(owner, key)),
        2 => prop::sample::select(vec!["mine", "team", "all"]).prop_map(Event::Scope),
        1 => prop::sample::select(vec!["", "customer"]).prop_map(Event::Search),
        1 => Just(Event::Rows),
        1 => Just(Event::Retry),
    ]
}

proptest! {
    #[test]
    fn the_next_tick_is_ahead_once_all_that_is_due_was_done(
        is_admin in any::<bool>(),
        events in prop::collection::vec(event(), 0..60),
    ) {
        let mut desk = Desk::with(is_admin, LIMITS, &json!({}));
        let mut is_listing = false;
        let mut under_way: Vec<(usize, u32)> = Vec::new();
        // Most of the time the team is there.
        let start = [Event::Connect(true), Event::List(vec![0, 1, 2], true)];
        for event in start.into_iter().chain(events) {
            match event {
                Event::Pass(ms) => desk.now += ms,
                Event::Connect(online) => {
                    desk.team.connection(online, if online { "connected" } else { "disconnected" });
                }
                Event::List(agents, is_last) => {
                    is_listing |= desk.team.wants_agents(desk.now);
                    if is_listing {
                        let all = three();
                        let page: Vec<Listed> = agents.iter().filter_map(|one| all.get(*one).cloned()).collect();
                        desk.team.listed(true, page, is_last, desk.now);
                        is_listing = !is_last;
                    }
                }
                Event::ListFails if is_listing => {
                    desk.team.not_listed(None, desk.now);
                    is_listing = false;
                }
                Event::Read if !under_way.is_empty() => {
                    let (owner, read) = under_way.remove(0);
                    desk.page(owner, read, &json!([]), true);
                }
                Event::ReadFails(status) if !under_way.is_empty() => {
                    let read = under_way.remove(0);
                    desk.team.fail(read, status, &mut desk.resumes, desk.now);
                }
                Event::ListFails | Event::Read | Event::ReadFails(_) => {}
                Event::Put(owner, key, data) => desk.put(owner, &item(key, &data)),
                Event::Take(owner, key) => desk.take(owner, key),
                Event::Scope(scope) => desk.team.set_scope(scope, desk.now),
                Event::Search(text) => desk.team.search(text.into(), desk.now),
                Event::Rows => {
                    let _ = desk.team.rows(0, 9, &desk.resumes, desk.now);
                }
                Event::Retry => desk.team.retry(desk.now),
            }
            let _ = desk.tick_at(desk.now);
            is_listing |= desk.team.wants_agents(desk.now);
            for owner in desk.next() {
                let read = desk.team.begin(owner);
                under_way.push((owner, read));
            }
            let next = desk.team.next_tick();
            prop_assert!(next.is_none_or(|at| at > desk.now), "{next:?} at {}", desk.now);
        }
    }
}
