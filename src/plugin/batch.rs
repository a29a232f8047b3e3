//! One batch: the same action on many parked conversations, slow enough for Twilio's limits.
//!
//! The batch says which conversation is next, and when. The shim runs the Flex action and brings the answer. A batch knows its
//! conversations by their places, from 0, and has no clock: each call brings the time, in milliseconds since 1970.
//!
//! Twilio allows an account some tens of requests at a time. A give or a change makes about ten, so that `IN_FLIGHT` actions leave
//! most of them to the agents, who park and resume meanwhile.

use std::borrow::Cow;

/// The keys of texts: the notifications that decide what happens next, and that of a conversation which was not started.
const BUSY: &str = "ParkInteractionBusy";
const UNAVAILABLE: &str = "ParkInteractionTwilioUnavailable";
const NO_ROOM: &str = "ParkInteractionCapacityFull";
const AWAY: &str = "ParkInteractionAway";
const ALREADY_ROUTED: &str = "ParkInteractionAlreadyRouted";
const ENDED_UNHEARD: &str = "ParkInteractionEndedUnheard";
const ROUTED: &str = "ParkInteractionRouted";
const SESSION_OVER: &str = "ParkInteractionInvalidToken";
const CANCELLED: &str = "ParkInteractionBulkCancelled";

/// The most actions at a time.
const IN_FLIGHT: usize = 3;

/// The most starts within [`SPAN_MS`].
const STARTS: usize = 4;
const SPAN_MS: f64 = 1_000.0;

/// The waits before the second and the third try of an action, in milliseconds. A conversation is busy for some seconds, and Twilio's
/// limits pass in about as many.
const PAUSES_MS: [f64; 2] = [2_000.0, 8_000.0];

/// The task channels of conversations: an agent has room of their own for emails.
const CHATS: usize = 0;
const EMAILS: usize = 1;

/// An action on many conversations.
#[derive(Debug, Clone)]
pub struct Batch {
    items: Vec<Item>,
    /// True if the action is to route the conversations.
    routes: bool,
    /// The agent's free places by task channel. None: the action takes no place, or nobody knows how many there are.
    free: [Option<u32>; 2],
    /// The times of the last starts, oldest first.
    starts: [f64; STARTS],
}

#[derive(Debug, Clone)]
struct Item {
    task_channel: usize,
    state: State,
    tries: usize,
    /// The key of the text about the last failure. Empty: there was none.
    reason: Cow<'static, str>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// It is started at this time or later.
    Waiting(f64),
    /// Its action is under way.
    InFlight,
    /// It has this result.
    Over(Outcome),
}

/// The answer to an action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The key of the notification that it would have shown. A failure always has one.
    pub notice: Option<String>,
    /// True if it was not done.
    pub has_failed: bool,
    /// True if it may have been done although it has failed.
    pub is_unclear: bool,
}

/// The outcome for a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done.
    NotDone,
    /// Somebody has to look: the answer is lost, so nobody knows, or a customer's last message was not read.
    Unclear,
}

/// The numbers of conversations by their results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Done.
    pub done: u32,
    /// Not done.
    pub not_done: u32,
    /// To be looked at.
    pub unclear: u32,
    /// Without a result so far.
    pub left: u32,
}

impl Batch {
    /// Creates a batch without conversations. `routes` is true for an action that routes them. One that brings them to an agent at once
    /// has that agent's free places, as far as they are known.
    #[must_use]
    pub fn new(routes: bool, free_chats: Option<u32>, free_emails: Option<u32>) -> Self {
        Self {
            items: Vec::new(),
            routes,
            free: [free_chats, free_emails],
            starts: [f64::NEG_INFINITY; STARTS],
        }
    }

    /// Adds a conversation of a channel at the end.
    pub fn add(&mut self, channel: &str) {
        self.items.push(Item {
            task_channel: if channel == "email" { EMAILS } else { CHATS },
            state: State::Waiting(0.0),
            tries: 0,
            reason: Cow::Borrowed(""),
        });
    }

    /// Returns the place of the conversation to start now, if there is one, and counts it as started.
    pub fn start(&mut self, now: f64) -> Option<usize> {
        self.give_up_without_room();
        let (place, at) = self.next(now)?;
        if at > now {
            return None;
        }
        let item = self.items.get_mut(place)?;
        item.state = State::InFlight;
        item.tries += 1;
        if let Some(Some(free)) = self.free.get_mut(item.task_channel) {
            *free = free.saturating_sub(1);
        }
        self.starts.rotate_left(1);
        if let Some(last) = self.starts.last_mut() {
            *last = now;
        }
        Some(place)
    }

    /// Returns the time of the next start. None: there is none before the next answer.
    #[must_use]
    pub fn next_start(&self, now: f64) -> Option<f64> {
        self.next(now).map(|(_, at)| at)
    }

    /// Takes the answer for a conversation that was started.
    pub fn answer(&mut self, place: usize, answer: Answer, now: f64) {
        let Some(item) = self.items.get_mut(place) else {
            return;
        };
        let notice = answer.notice.unwrap_or_default();
        let pause = PAUSES_MS.get(item.tries.saturating_sub(1));
        item.state = match (answer.has_failed, notice.as_str()) {
            // Somebody else has the conversation, and nobody was given it.
            (false, ALREADY_ROUTED) => State::Over(Outcome::NotDone),
            // The message of the customer, who has just written, has won.
            (false, ROUTED) if !self.routes => State::Over(Outcome::NotDone),
            // Somebody has to read the message.
            (false, ENDED_UNHEARD) => State::Over(Outcome::Unclear),
            (false, _) => State::Over(Outcome::Done),
            (true, _) => match pause.filter(|_| notice == BUSY || notice == UNAVAILABLE) {
                Some(pause) => State::Waiting(now + pause),
                None if answer.is_unclear => State::Over(Outcome::Unclear),
                None => State::Over(Outcome::NotDone),
            },
        };
        let task_channel = item.task_channel;
        // After a lost answer the conversation may have taken the place.
        if !matches!(item.state, State::Over(Outcome::Done | Outcome::Unclear)) {
            if let Some(Some(free)) = self.free.get_mut(task_channel) {
                *free += 1;
            }
        }
        match notice.as_str() {
            NO_ROOM => self.give_up(NO_ROOM, |item| item.task_channel == task_channel),
            AWAY => self.give_up(AWAY, |_| true),
            SESSION_OVER => self.stop(SESSION_OVER),
            _ => {}
        }
        if let Some(item) = self.items.get_mut(place) {
            item.reason = match item.state {
                State::Over(Outcome::Done) => Cow::Borrowed(""),
                _ => Cow::Owned(notice),
            };
        }
        self.give_up_without_room();
    }

    /// Starts nothing more. What is under way ends, and is not tried again.
    pub fn cancel(&mut self) {
        self.stop(CANCELLED);
    }

    /// Returns the numbers of conversations by their results.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for item in &self.items {
            *match item.state {
                State::Over(Outcome::Done) => &mut counts.done,
                State::Over(Outcome::NotDone) => &mut counts.not_done,
                State::Over(Outcome::Unclear) => &mut counts.unclear,
                State::Waiting(_) | State::InFlight => &mut counts.left,
            } += 1;
        }
        counts
    }

    /// Returns the result for a conversation, and the key of the text that says why it was not done. None: there is none so far.
    #[must_use]
    pub fn result(&self, place: usize) -> Option<(Outcome, &str)> {
        let item = self.items.get(place)?;
        match item.state {
            State::Over(outcome) => Some((outcome, &item.reason)),
            State::Waiting(_) | State::InFlight => None,
        }
    }

    /// Returns the conversation to start next, and when: the first of those that may start now, or else the one that may first.
    fn next(&self, now: f64) -> Option<(usize, f64)> {
        let in_flight = self.items.iter().filter(|item| item.is_in_flight());
        if in_flight.count() >= IN_FLIGHT {
            return None;
        }
        let from = now.max(self.starts.first()? + SPAN_MS);
        let mut next: Option<(usize, f64)> = None;
        for (place, item) in self.items.iter().enumerate() {
            let State::Waiting(due) = item.state else {
                continue;
            };
            let at = due.max(from);
            if self.has_room(item.task_channel) && next.is_none_or(|(_, first)| at < first) {
                next = Some((place, at));
            }
        }
        next
    }

    fn has_room(&self, task_channel: usize) -> bool {
        self.free.get(task_channel) != Some(&Some(0))
    }

    /// Gives up the waiting conversations of a task channel in which the agent has no room, once none under way can leave its place.
    fn give_up_without_room(&mut self) {
        for task_channel in [CHATS, EMAILS] {
            let is_of = |item: &Item| item.task_channel == task_channel;
            let mut under_way = self.items.iter().filter(|item| item.is_in_flight());
            if !self.has_room(task_channel) && !under_way.any(is_of) {
                self.give_up(NO_ROOM, is_of);
            }
        }
    }

    /// Gives up all that wait, and every later try.
    fn stop(&mut self, reason: &'static str) {
        self.give_up(reason, |_| true);
        for item in &mut self.items {
            item.tries = PAUSES_MS.len() + 1;
        }
    }

    /// Gives up waiting conversations. One that was tried keeps its own reason.
    fn give_up(&mut self, reason: &'static str, which: impl Fn(&Item) -> bool) {
        for item in &mut self.items {
            if matches!(item.state, State::Waiting(_)) && which(item) {
                item.state = State::Over(Outcome::NotDone);
                if item.tries == 0 {
                    item.reason = Cow::Borrowed(reason);
                }
            }
        }
    }
}

impl Item {
    fn is_in_flight(&self) -> bool {
        self.state == State::InFlight
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    #![allow(clippy::float_cmp, reason = "whole milliseconds are exact")]

    use super::*;
    use crate::plugin::effect::{NotificationId as Id, StringKey};

    const NOW: f64 = 1_790_000_000_000.0;

    fn batch(count: usize) -> Batch {
        with_room(None, &vec!["web"; count])
    }

    fn with_room(free_chats: Option<u32>, channels: &[&str]) -> Batch {
        let mut batch = Batch::new(true, free_chats, Some(1));
        for channel in channels {
            batch.add(channel);
        }
        batch
    }

    /// Starts all that may start now.
    fn started(batch: &mut Batch, now: f64) -> Vec<usize> {
        std::iter::from_fn(|| batch.start(now)).collect()
    }

    fn done(batch: &mut Batch, place: usize, now: f64) {
        batch.answer(place, Answer::default(), now);
    }

    fn fail(batch: &mut Batch, place: usize, reason: &str, now: f64) {
        let failure = Answer {
            notice: Some(reason.into()),
            has_failed: true,
            is_unclear: false,
        };
        batch.answer(place, failure, now);
    }

    /// The answer is lost.
    fn lose(batch: &mut Batch, place: usize, reason: &str, now: f64) {
        let lost = Answer {
            notice: Some(reason.into()),
            has_failed: true,
            is_unclear: true,
        };
        batch.answer(place, lost, now);
    }

    #[test]
    fn the_keys_are_those_of_the_texts() {
        let name = |key: serde_json::Value| key.as_str().unwrap().to_owned();
        for (key, id) in [
            (BUSY, Id::ParkInteractionBusy),
            (UNAVAILABLE, Id::ParkInteractionTwilioUnavailable),
            (NO_ROOM, Id::ParkInteractionCapacityFull),
            (AWAY, Id::ParkInteractionAway),
            (ALREADY_ROUTED, Id::ParkInteractionAlreadyRouted),
            (ENDED_UNHEARD, Id::ParkInteractionEndedUnheard),
            (ROUTED, Id::ParkInteractionRouted),
            (SESSION_OVER, Id::ParkInteractionInvalidToken),
        ] {
            assert_eq!(name(serde_json::to_value(id).unwrap()), key);
        }
        let cancelled = StringKey::ParkInteractionBulkCancelled;
        assert_eq!(name(serde_json::to_value(cancelled).unwrap()), CANCELLED);
    }

    #[test]
    fn three_are_under_way_at_a_time() {
        let mut batch = batch(5);
        assert_eq!(started(&mut batch, NOW), [0, 1, 2]);
        assert_eq!(batch.next_start(NOW), None, "an answer comes first");
        done(&mut batch, 1, NOW);
        assert_eq!(started(&mut batch, NOW), [3]);
    }

    #[test]
    fn four_start_in_a_second() {
        let mut batch = batch(6);
        for (place, now) in (0_u32..).zip([0.0, 100.0, 200.0, 300.0]) {
            assert_eq!(batch.start(NOW + now), Some(place as usize));
            done(&mut batch, place as usize, NOW + now);
        }
        assert_eq!(batch.start(NOW + 999.0), None);
        assert_eq!(batch.next_start(NOW + 300.0), Some(NOW + 1_000.0));
        assert_eq!(started(&mut batch, NOW + 1_000.0), [4]);
        assert_eq!(batch.next_start(NOW + 1_000.0), Some(NOW + 1_100.0));
    }

    #[test]
    fn what_passes_is_tried_twice_more_and_the_others_go_on() {
        for reason in [BUSY, UNAVAILABLE] {
            let mut batch = batch(2);
            assert_eq!(batch.start(NOW), Some(0));
            fail(&mut batch, 0, reason, NOW + 10.0);
            assert_eq!(batch.start(NOW + 10.0), Some(1));
            done(&mut batch, 1, NOW + 20.0);
            assert_eq!(batch.next_start(NOW + 20.0), Some(NOW + 2_010.0));
            assert_eq!(batch.start(NOW + 2_010.0), Some(0));
            fail(&mut batch, 0, reason, NOW + 3_000.0);
            assert_eq!(batch.next_start(NOW + 3_000.0), Some(NOW + 11_000.0));
            assert_eq!(batch.start(NOW + 11_000.0), Some(0));
            assert_eq!(batch.result(0), None);
            fail(&mut batch, 0, reason, NOW + 12_000.0);
            assert_eq!(batch.result(0), Some((Outcome::NotDone, reason)));
            assert_eq!(batch.next_start(NOW + 12_000.0), None);
        }
    }

    #[test]
    fn a_later_success_leaves_no_reason() {
        let mut batch = batch(1);
        batch.start(NOW);
        fail(&mut batch, 0, BUSY, NOW);
        batch.start(NOW + 2_000.0);
        done(&mut batch, 0, NOW + 2_500.0);
        assert_eq!(batch.result(0), Some((Outcome::Done, "")));
    }

    #[test]
    fn any_other_failure_stands() {
        let mut batch = batch(2);
        started(&mut batch, NOW);
        fail(&mut batch, 0, "ParkInteractionNotParked", NOW);
        lose(&mut batch, 1, "ParkInteractionUnreachable", NOW);
        let reasons = (batch.result(0).unwrap(), batch.result(1).unwrap());
        assert_eq!(
            reasons,
            (
                (Outcome::NotDone, "ParkInteractionNotParked"),
                (Outcome::Unclear, "ParkInteractionUnreachable")
            )
        );
        let counts = Counts {
            not_done: 1,
            unclear: 1,
            ..Counts::default()
        };
        assert_eq!(batch.counts(), counts);
    }

    #[test]
    fn some_notices_are_more_than_done() {
        for (notice, outcome, reason) in [
            (ROUTED, Outcome::Done, ""),
            (ALREADY_ROUTED, Outcome::NotDone, ALREADY_ROUTED),
            (ENDED_UNHEARD, Outcome::Unclear, ENDED_UNHEARD),
            // Only a failure is tried again.
            (BUSY, Outcome::Done, ""),
        ] {
            let mut batch = batch(1);
            batch.start(NOW);
            let answer = Answer {
                notice: Some(notice.into()),
                ..Answer::default()
            };
            batch.answer(0, answer, NOW);
            assert_eq!(batch.result(0), Some((outcome, reason)));
        }
    }

    /// An agent was to get it, or it was to stay parked.
    #[test]
    fn what_was_routed_instead_was_not_done() {
        let mut batch = Batch::new(false, None, None);
        batch.add("web");
        batch.start(NOW);
        let routed = Answer {
            notice: Some(ROUTED.into()),
            ..Answer::default()
        };
        batch.answer(0, routed, NOW);
        assert_eq!(batch.result(0), Some((Outcome::NotDone, ROUTED)));
    }

    #[test]
    fn nothing_is_started_after_the_end_of_the_session() {
        let mut batch = batch(5);
        started(&mut batch, NOW);
        fail(&mut batch, 1, SESSION_OVER, NOW);
        assert_eq!(batch.start(NOW + 60_000.0), None);
        for place in [1, 3, 4] {
            let result = batch.result(place);
            assert_eq!(result, Some((Outcome::NotDone, SESSION_OVER)));
        }
        fail(&mut batch, 0, BUSY, NOW);
        done(&mut batch, 2, NOW);
        assert_eq!(batch.result(0), Some((Outcome::NotDone, BUSY)));
        assert_eq!(batch.result(2), Some((Outcome::Done, "")));
    }

    #[test]
    fn cancel_lets_what_is_under_way_end() {
        let mut batch = batch(6);
        assert_eq!(batch.start(NOW), Some(0));
        fail(&mut batch, 0, BUSY, NOW);
        started(&mut batch, NOW);
        batch.cancel();
        assert_eq!(batch.result(0), Some((Outcome::NotDone, BUSY)));
        assert_eq!(batch.result(4), Some((Outcome::NotDone, CANCELLED)));
        assert_eq!(batch.counts().left, 3);
        done(&mut batch, 1, NOW);
        fail(&mut batch, 2, BUSY, NOW);
        lose(&mut batch, 3, UNAVAILABLE, NOW);
        assert_eq!(batch.result(1), Some((Outcome::Done, "")));
        assert_eq!(batch.result(2), Some((Outcome::NotDone, BUSY)));
        assert_eq!(batch.result(3), Some((Outcome::Unclear, UNAVAILABLE)));
        assert_eq!(batch.start(NOW + 60_000.0), None);
    }

    #[test]
    fn a_resume_stops_where_the_agent_has_no_room() {
        let mut batch = with_room(Some(2), &["web", "sms", "email", "web", "email"]);
        assert_eq!(started(&mut batch, NOW), [0, 1, 2]);
        assert_eq!(batch.result(3), None, "a place may be left");
        fail(&mut batch, 0, "ParkInteractionNotParked", NOW);
        assert_eq!(started(&mut batch, NOW), [3]);
        done(&mut batch, 1, NOW);
        done(&mut batch, 2, NOW);
        assert_eq!(batch.result(4), Some((Outcome::NotDone, NO_ROOM)));
        done(&mut batch, 3, NOW);
        assert_eq!(batch.counts().left, 0);
    }

    #[test]
    fn a_lost_answer_may_have_taken_the_place() {
        let mut batch = with_room(Some(1), &["web", "web"]);
        assert_eq!(started(&mut batch, NOW), [0]);
        lose(&mut batch, 0, "ParkInteractionUnreachable", NOW);
        assert_eq!(batch.result(1), Some((Outcome::NotDone, NO_ROOM)));
    }

    #[test]
    fn the_functions_may_know_of_less_room() {
        let mut batch = with_room(Some(5), &["web", "web", "email"]);
        assert_eq!(batch.start(NOW), Some(0));
        fail(&mut batch, 0, NO_ROOM, NOW);
        assert_eq!(batch.result(1), Some((Outcome::NotDone, NO_ROOM)));
        assert_eq!(started(&mut batch, NOW), [2], "another kind of place");

        let mut batch = with_room(Some(5), &["web", "web", "email"]);
        assert_eq!(batch.start(NOW), Some(0));
        fail(&mut batch, 0, AWAY, NOW);
        assert_eq!(batch.result(1), Some((Outcome::NotDone, AWAY)));
        assert_eq!(batch.result(2), Some((Outcome::NotDone, AWAY)));
    }

    #[test]
    fn nothing_is_started_without_room() {
        let mut batch = with_room(Some(0), &["web", "web"]);
        assert_eq!(batch.start(NOW), None);
        assert_eq!(batch.counts().not_done, 2);
    }

    #[test]
    fn an_unknown_place_changes_nothing() {
        let mut batch = batch(1);
        fail(&mut batch, 7, BUSY, NOW);
        assert_eq!((batch.counts().left, batch.result(7)), (1, None));
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    #![allow(
        clippy::indexing_slicing,
        clippy::cast_precision_loss,
        reason = "a panic is a failed test"
    )]

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Event {
        /// The oldest or another action under way has this result.
        Answer(usize, Option<&'static str>, bool),
        Pass(u32),
        Cancel,
    }

    fn event() -> impl Strategy<Value = Event> {
        let reason = prop_oneof![
            4 => Just(None),
            4 => prop::sample::select(vec![
                Some(BUSY), Some(UNAVAILABLE), Some("ParkInteractionNotParked"),
            ]),
            1 => prop::sample::select(vec![Some(NO_ROOM), Some(AWAY), Some(SESSION_OVER)]),
        ];
        prop_oneof![
            8 => (0..IN_FLIGHT, reason, any::<bool>())
                .prop_map(|(which, reason, is_unclear)| Event::Answer(which, reason, is_unclear)),
            4 => (0..3_000_u32).prop_map(Event::Pass),
            1 => Just(Event::Cancel),
        ]
    }

    proptest! {
        #[test]
        fn a_batch_is_paced_ends_and_counts_right(
            channels in prop::collection::vec(prop::sample::select(vec!["web", "email"]), 0..12),
            free in (prop::option::of(0..4_u32), prop::option::of(0..4_u32)),
            events in prop::collection::vec(event(), 0..60),
        ) {
            let mut batch = Batch::new(true, free.0, free.1);
            for channel in &channels {
                batch.add(channel);
            }
            let mut now = 0.0;
            let mut under_way: Vec<usize> = Vec::new();
            let mut starts: Vec<f64> = Vec::new();
            let mut tries = vec![0; channels.len()];
            let mut taken = [0, 0];
            let mut done = vec![false; channels.len()];
            let mut is_stopped = false;
            // At the end every action is done, and time passes.
            let rest = (0..200).map(|_| [Event::Answer(0, None, false), Event::Pass(3_000)]);
            for event in events.into_iter().chain(rest.flatten()) {
                while let Some(place) = batch.start(now) {
                    prop_assert!(!is_stopped, "nothing starts any more");
                    prop_assert!(!under_way.contains(&place) && !done[place]);
                    let is_first = tries[place] == 0;
                    prop_assert!(
                        !is_first || tries[..place].iter().zip(&channels).all(|(tried, channel)| {
                            *tried > 0 || *channel != channels[place]
                        }),
                        "in their order",
                    );
                    tries[place] += 1;
                    taken[usize::from(channels[place] == "email")] += 1;
                    starts.push(now);
                    under_way.push(place);
                }
                prop_assert!(under_way.len() <= IN_FLIGHT);
                for span in starts.windows(STARTS + 1) {
                    prop_assert!(span[STARTS] - span[0] >= SPAN_MS);
                }
                for (taken, free) in taken.iter().zip([free.0, free.1]) {
                    prop_assert!(free.is_none_or(|free| *taken <= free));
                }
                if let Some(at) = batch.next_start(now) {
                    prop_assert!(at > now && at <= now + PAUSES_MS[1]);
                }
                match event {
                    Event::Answer(which, reason, is_unclear) if which < under_way.len() => {
                        let place = under_way.remove(which);
                        let answer = Answer {
                            notice: reason.map(Into::into),
                            has_failed: reason.is_some(),
                            is_unclear: reason.is_some() && is_unclear,
                        };
                        batch.answer(place, answer, now);
                        is_stopped |= reason == Some(SESSION_OVER);
                        done[place] = reason.is_none();
                        let outcome = batch.result(place).map(|(outcome, _)| outcome);
                        prop_assert_eq!(outcome == Some(Outcome::Done), done[place]);
                        if !done[place] && outcome != Some(Outcome::Unclear) {
                            taken[usize::from(channels[place] == "email")] -= 1;
                        }
                    }
                    Event::Answer(..) => {}
                    Event::Pass(ms) => now += f64::from(ms),
                    Event::Cancel => {
                        batch.cancel();
                        is_stopped = true;
                    }
                }
                let Counts { done: all, not_done, unclear, left } = batch.counts();
                prop_assert_eq!((all + not_done + unclear + left) as usize, channels.len());
                prop_assert_eq!(all as usize, done.iter().filter(|done| **done).count());
            }
            prop_assert_eq!(batch.counts().left, 0, "it ends");
            prop_assert_eq!(batch.next_start(now), None);
            for (place, done) in done.iter().enumerate() {
                let (outcome, reason) = batch.result(place).unwrap_or((Outcome::Unclear, ""));
                prop_assert_eq!((outcome == Outcome::Done, reason.is_empty()), (*done, *done));
                prop_assert!(tries[place] <= 1 + PAUSES_MS.len());
            }
        }
    }
}
