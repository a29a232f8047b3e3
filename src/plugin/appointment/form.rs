//! The dialog: which times it offers, and whether the present choice can be parked with.

use super::clock::{Clock, Instant, DAY_MS, HOUR_MS};
use crate::answer_window::WINDOW_MS;
use crate::flags::{Flags, FLAGS};
use crate::plugin::channel;
use crate::plugin::effect::StringKey;
use crate::plugin::json::{integer, Json};
use crate::plugin::rules;
use crate::plugin::window::customer_wrote_at;
use crate::request::{LONGEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS};

const SHORTEST_MS: f64 = SHORTEST_WAIT_SECONDS as f64 * 1_000.0;
const LONGEST_MS: f64 = LONGEST_WAIT_SECONDS as f64 * 1_000.0;

/// The content of the dialog.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The choices, in their order.
    pub choices: Vec<Choice>,
    /// The chosen time, in seconds since 1970. None: until the customer writes.
    pub until: Option<u32>,
    /// The reason for which the agent cannot park like this.
    pub refusal: Option<StringKey>,
    /// The latest time that can be picked, in milliseconds since 1970.
    pub latest: f64,
    /// The local time to begin with when picking one, in milliseconds since 1970 as if the zone were UTC.
    pub suggested: f64,
    /// The channel's name, if a customer's last message leaves a window in which free texts can be sent.
    pub window_of: Option<StringKey>,
    /// True: the window is closed at the chosen time.
    pub is_window_closed: bool,
    /// The reasons to choose from.
    pub reasons: Vec<String>,
    /// True: one of them has to be chosen.
    pub is_reason_required: bool,
}

/// A choice of the dialog.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The name: `reply`, `wait0` to `wait3`, `tomorrow`, `monday`, `window` or `picked`.
    pub name: &'static str,
    /// The time, in milliseconds since 1970. None: until the customer writes, or the time that the agent picks.
    pub at: Option<f64>,
    /// The wait, for `wait0` to `wait3`.
    pub wait: Option<Wait>,
}

/// A wait in the largest unit in which it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The number of units.
    pub value: u32,
    /// The unit, as `Intl.RelativeTimeFormat` names it.
    pub unit: &'static str,
}

impl Choice {
    fn new(name: &'static str, at: Option<f64>) -> Self {
        Self {
            name,
            at,
            wait: None,
        }
    }
}

impl Wait {
    fn new(minutes: u32) -> Self {
        let (unit, length) = if minutes.is_multiple_of(MINUTES_PER_DAY) {
            ("day", MINUTES_PER_DAY)
        } else if minutes.is_multiple_of(60) {
            ("hour", 60)
        } else {
            ("minute", 1)
        };
        Self {
            value: minutes / length,
            unit,
        }
    }
}

const REPLY: &str = "reply";
const PICKED: &str = "picked";
/// The names of the choices of the flag `wait_minutes`, by their place there.
const WAITS: [&str; FLAGS.wait_minutes.most as usize] = ["wait0", "wait1", "wait2", "wait3"];

const MINUTE_MS: f64 = 60_000.0;
const MINUTES_PER_DAY: u32 = 24 * 60;

/// Returns the content of the dialog.
///
/// `view` has the `task`, the conversation's `messages` (pairs of an author and a time), and the agent's present `choice` (a name),
/// `picked` (a local time, as `suggested`, or null) and `reason`.
#[must_use]
pub fn form(view: &Json, flags: Flags, clock: Clock) -> Form {
    let now = clock.now;
    let window = window(view, now);
    let today = (clock.local(now) / DAY_MS).floor();
    let day_starts_at = f64::from(flags.day_starts_at) * HOUR_MS;
    let start_in = |days: u32| (today + f64::from(days)) * DAY_MS + day_starts_at;
    let start_at = |days| match clock.instant(start_in(days)) {
        Instant::At(at) | Instant::LeftOut(at) => at,
    };
    let until_monday = days_until_monday(today);
    let times = [
        ("tomorrow", Some(start_at(1))),
        ("monday", (until_monday > 1).then(|| start_at(until_monday))),
        ("window", window.map(|window| window.closes_at - HOUR_MS)),
    ];
    let mut choices = vec![Choice::new(REPLY, None)];
    for (name, minutes) in WAITS.into_iter().zip(&flags.wait_minutes) {
        choices.push(Choice {
            wait: Some(Wait::new(*minutes)),
            ..Choice::new(name, Some(now + f64::from(*minutes) * MINUTE_MS))
        });
    }
    for (name, at) in times {
        if at.is_some_and(|at| is_in_range(at, now)) {
            choices.push(Choice::new(name, at));
        }
    }
    choices.push(Choice::new(PICKED, None));

    let mut refusal = None;
    let at = match view.get_text("choice") {
        None | Some(REPLY) => None,
        Some(PICKED) => {
            let picked = picked(view, clock);
            refusal = picked.err();
            picked.ok()
        }
        Some(name) => match choices.iter().find(|choice| choice.name == name) {
            Some(choice) => choice.at,
            // A choice that is no longer there has become too soon.
            None => Some(now),
        },
    };
    let is_reason_required = rules::is_reason_required(&flags);
    if at.is_some_and(|at| !is_in_range(at, now)) {
        refusal = Some(StringKey::ParkInteractionUntilOutOfRange);
    } else if refusal.is_none() && is_reason_required && view.get_text("reason").is_none() {
        refusal = Some(StringKey::ParkInteractionUntilNoReason);
    }
    Form {
        choices,
        until: at.and_then(|at| integer((at / 1_000.0).floor())),
        refusal,
        latest: now + LONGEST_MS,
        suggested: start_in(1),
        window_of: window.map(|window| window.channel),
        is_window_closed: window
            .zip(at)
            .is_some_and(|(window, at)| at > window.closes_at),
        reasons: flags.reasons,
        is_reason_required,
    }
}

/// Returns true if the Functions take a time, in milliseconds since 1970: it is neither too soon nor too late.
#[must_use]
pub fn is_in_range(at: f64, now: f64) -> bool {
    at >= now + SHORTEST_MS && at <= now + LONGEST_MS
}

/// Returns the instant of the time that the agent has picked.
fn picked(view: &Json, clock: Clock) -> Result<f64, StringKey> {
    let Json::Number(local) = view.get("picked") else {
        return Err(StringKey::ParkInteractionUntilNoTime);
    };
    match clock.instant(*local) {
        Instant::At(at) => Ok(at),
        Instant::LeftOut(_) => Err(StringKey::ParkInteractionUntilNoSuchTime),
    }
}

/// Returns the days until the next Monday, from 1 to 7. `today` is in days since 1970, which began on a Thursday.
fn days_until_monday(today: f64) -> u32 {
    7 - (integer(today).unwrap_or_default() + 3) % 7
}

/// The window in which an agent can send free texts.
#[derive(Debug, Clone, Copy)]
struct Window {
    channel: StringKey,
    closes_at: f64,
}

/// Returns the window of the conversation's channel, if it has one that is open.
fn window(view: &Json, now: f64) -> Option<Window> {
    let (name, wrote_at) = customer_wrote_at(view)?;
    let closes_at = wrote_at + f64::from(WINDOW_MS);
    (now < closes_at).then_some(Window {
        channel: channel::label(name)?,
        closes_at,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    #![allow(clippy::float_cmp, reason = "whole milliseconds are exact")]

    use serde_json::json;

    use super::super::clock::tests::{berlin, utc};
    use super::*;

    /// Returns the form of an agent in Berlin.
    fn at(now: f64, view: &serde_json::Value) -> Form {
        with(Flags::default(), now, view)
    }

    fn with(flags: Flags, now: f64, view: &serde_json::Value) -> Form {
        let clock = Clock {
            now,
            offset_minutes: berlin,
        };
        form(&Json::from(view), flags, clock)
    }

    fn day_starts_at(hour: u32) -> Flags {
        Flags {
            day_starts_at: hour,
            ..Flags::default()
        }
    }

    fn times(form: &Form) -> Vec<(&'static str, Option<f64>)> {
        let choices = form.choices.iter();
        choices.map(|choice| (choice.name, choice.at)).collect()
    }

    fn time(form: &Form, name: &str) -> Option<f64> {
        let choice = form.choices.iter().find(|choice| choice.name == name);
        choice.and_then(|choice| choice.at)
    }

    /// Thursday, 26 November 2026, 10:24:36 in Berlin.
    fn thursday() -> f64 {
        utc(2026, 11, 26, 9, 24) + 36_000.0
    }

    #[test]
    fn the_choices_are_in_their_order() {
        let now = thursday();
        assert_eq!(
            times(&at(now, &json!({}))),
            [
                ("reply", None),
                ("wait0", Some(now + HOUR_MS)),
                ("wait1", Some(now + 4.0 * HOUR_MS)),
                ("tomorrow", Some(utc(2026, 11, 27, 8, 0))),
                ("monday", Some(utc(2026, 11, 30, 8, 0))),
                ("picked", None),
            ]
        );
    }

    #[test]
    fn the_day_starts_at_the_hour_of_the_flag() {
        for (hour, utc_hour) in [(0, 23), (1, 0), (23, 22)] {
            let form = with(day_starts_at(hour), thursday(), &json!({}));
            let day = if hour == 0 { 26 } else { 27 };
            assert_eq!(
                time(&form, "tomorrow"),
                Some(utc(2026, 11, day, utc_hour, 0))
            );
        }
    }

    /// Tomorrow and Monday are days of the agent's zone: at 23:30 UTC it is the next day in Berlin.
    #[test]
    fn days_begin_at_the_agents_midnight() {
        let form = at(utc(2026, 11, 26, 23, 30), &json!({}));
        assert_eq!(time(&form, "tomorrow"), Some(utc(2026, 11, 28, 8, 0)));
    }

    #[test]
    fn monday_is_the_next_one() {
        let days = |day| time(&at(utc(2026, 11, day, 12, 0), &json!({})), "monday");
        assert_eq!(days(22), None, "on a Sunday it is tomorrow");
        for monday in 23..30 {
            let expected = (monday < 29).then(|| utc(2026, 11, 30, 8, 0));
            assert_eq!(days(monday), expected, "{monday}");
        }
    }

    #[test]
    fn a_change_of_the_clocks_before_tomorrow_is_counted() {
        for (now, tomorrow) in [
            (utc(2026, 3, 28, 11, 0), utc(2026, 3, 29, 7, 0)),
            (utc(2026, 10, 24, 11, 0), utc(2026, 10, 25, 8, 0)),
        ] {
            assert_eq!(time(&at(now, &json!({})), "tomorrow"), Some(tomorrow));
        }
        let hours = time(&at(utc(2026, 3, 29, 0, 0), &json!({})), "wait1");
        assert_eq!(hours, Some(utc(2026, 3, 29, 4, 0)), "hours are hours");
    }

    #[test]
    fn a_start_of_the_day_that_clocks_leave_out_is_the_next_hour() {
        let form = with(day_starts_at(2), utc(2026, 3, 28, 11, 0), &json!({}));
        assert_eq!(time(&form, "tomorrow"), Some(utc(2026, 3, 29, 1, 0)));
    }

    #[test]
    fn a_choice_is_sent_in_seconds() {
        let form = at(thursday(), &json!({ "choice": "wait0" }));
        assert_eq!(form.refusal, None);
        assert_eq!(form.until, integer((thursday() + HOUR_MS) / 1_000.0));
        for choice in [json!({}), json!({ "choice": "reply" })] {
            let form = at(thursday(), &choice);
            assert_eq!((form.until, form.refusal), (None, None), "{choice}");
        }
    }

    fn picked(now: f64, local: f64) -> Form {
        at(now, &json!({ "choice": "picked", "picked": local }))
    }

    #[test]
    fn a_picked_time_is_local() {
        let form = picked(thursday(), utc(2026, 12, 1, 9, 30));
        assert_eq!(form.refusal, None);
        assert_eq!(form.until, integer(utc(2026, 12, 1, 8, 30) / 1_000.0));
    }

    #[test]
    fn a_picked_time_is_from_a_minute_to_30_days_ahead() {
        let now = thursday();
        let refused = Some(StringKey::ParkInteractionUntilOutOfRange);
        for (ahead, refusal) in [
            (-DAY_MS, refused),
            (0.0, refused),
            (MINUTE_MS - 1.0, refused),
            (MINUTE_MS, None),
            (30.0 * DAY_MS, None),
            (30.0 * DAY_MS + 1.0, refused),
        ] {
            let form = picked(now, now + HOUR_MS + ahead);
            assert_eq!(form.refusal, refusal, "{ahead}");
            assert_eq!(form.latest, now + 30.0 * DAY_MS);
        }
    }

    #[test]
    fn a_time_that_clocks_leave_out_is_refused() {
        let now = utc(2026, 3, 28, 11, 0);
        let refused = Some(StringKey::ParkInteractionUntilNoSuchTime);
        for (hour, minute, refusal) in [
            (1, 59, None),
            (2, 0, refused),
            (2, 59, refused),
            (3, 0, None),
        ] {
            let form = picked(now, utc(2026, 3, 29, hour, minute));
            assert_eq!(form.refusal, refusal, "{hour}:{minute}");
        }
    }

    #[test]
    fn without_a_time_nothing_can_be_picked() {
        for picked in [json!(null), json!(""), json!("9:00")] {
            let form = at(thursday(), &json!({ "choice": "picked", "picked": picked }));
            assert_eq!(form.refusal, Some(StringKey::ParkInteractionUntilNoTime));
        }
    }

    #[test]
    fn picking_begins_with_tomorrow() {
        let form = with(day_starts_at(8), thursday(), &json!({}));
        assert_eq!(form.suggested, utc(2026, 11, 27, 8, 0));
    }

    #[test]
    fn a_reason_can_be_required() {
        let missing = Some(StringKey::ParkInteractionUntilNoReason);
        let with_reasons = |reason_required, view: &serde_json::Value| {
            let flags = Flags {
                reasons: vec!["Delivery".into()],
                reason_required,
                ..Flags::default()
            };
            with(flags, thursday(), view)
        };
        for (view, refusal) in [
            (json!({}), missing),
            (json!({ "reason": " " }), missing),
            (json!({ "choice": "wait0" }), missing),
            (
                json!({ "choice": "picked" }),
                Some(StringKey::ParkInteractionUntilNoTime),
            ),
            (json!({ "reason": "Delivery" }), None),
        ] {
            assert_eq!(with_reasons(true, &view).refusal, refusal, "{view}");
        }
        let optional = with_reasons(false, &json!({}));
        assert_eq!(optional.refusal, None);
        assert_eq!(optional.reasons, ["Delivery"]);
        assert!(!optional.is_reason_required);
    }

    #[test]
    fn the_waits_are_those_of_the_flag() {
        let flags = Flags {
            wait_minutes: vec![30, 120, 4_320, 90],
            ..Flags::default()
        };
        let now = thursday();
        let form = with(flags, now, &json!({ "choice": "wait2" }));
        let waits: Vec<_> = form
            .choices
            .iter()
            .filter_map(|choice| choice.wait.map(|wait| (wait.value, wait.unit)))
            .collect();
        assert_eq!(
            waits,
            [(30, "minute"), (2, "hour"), (3, "day"), (90, "minute")]
        );
        assert_eq!(time(&form, "wait0"), Some(now + 30.0 * MINUTE_MS));
        assert_eq!(form.until, integer((now + 3.0 * DAY_MS) / 1_000.0));
        let none = Flags {
            wait_minutes: Vec::new(),
            ..Flags::default()
        };
        let form = with(none, now, &json!({}));
        assert!(form.choices.iter().all(|choice| choice.wait.is_none()));
    }

    #[test]
    fn the_shortest_and_the_longest_wait_can_be_chosen() {
        let (least, most) = FLAGS.wait_minutes.range;
        let flags = Flags {
            wait_minutes: vec![least, most],
            ..Flags::default()
        };
        for choice in ["wait0", "wait1"] {
            let form = with(flags.clone(), thursday(), &json!({ "choice": choice }));
            assert_eq!(form.refusal, None, "{choice}");
        }
    }

    /// The hour before half past two has come twice when the clocks have gone back.
    #[test]
    fn a_time_in_the_repeated_hour_can_be_picked() {
        let now = utc(2026, 10, 25, 1, 10);
        let form = picked(now, utc(2026, 10, 25, 2, 30));
        assert_eq!(form.refusal, None);
        assert_eq!(form.until, integer(utc(2026, 10, 25, 1, 30) / 1_000.0));
    }

    /// Returns a conversation on a channel with the customer's last message some time ago, and an agent's after it.
    fn written(channel: &str, ago: f64) -> serde_json::Value {
        let now = thursday();
        json!({
            "task": { "channelType": channel },
            "messages": [
                [format!("{channel}:+15550199"), now - 5.0 * DAY_MS],
                [format!("{channel}:+15550199"), now - ago],
                ["ada", now - MINUTE_MS],
                ["whatsapp-bot", now],
            ],
        })
    }

    #[test]
    fn an_hour_before_the_window_closes_can_be_chosen() {
        for channel in ["whatsapp", "messenger"] {
            let form = at(thursday(), &written(channel, 3.0 * HOUR_MS));
            assert_eq!(time(&form, "window"), Some(thursday() + 20.0 * HOUR_MS));
            assert_eq!(form.window_of, channel::label(channel));
        }
    }

    #[test]
    fn there_is_no_choice_of_a_window_that_is_unknown_or_nearly_closed() {
        let whatsapp = json!({ "channelType": "whatsapp" });
        for (view, is_open) in [
            (written("web", HOUR_MS), false),
            (written("sms", HOUR_MS), false),
            (written("whatsapp", 25.0 * HOUR_MS), false),
            (written("whatsapp", 23.0 * HOUR_MS), true),
            (json!({ "task": whatsapp }), false),
            (
                json!({ "task": whatsapp, "messages": [["ada", thursday()]] }),
                false,
            ),
            (
                json!({ "task": whatsapp, "messages": [["whatsapp:+1", null], 3] }),
                false,
            ),
        ] {
            let form = at(thursday(), &view);
            assert_eq!(time(&form, "window"), None, "{view}");
            assert_eq!(form.window_of.is_some(), is_open, "{view}");
        }
    }

    #[test]
    fn a_time_after_the_window_is_known() {
        for (choice, is_closed) in [
            ("reply", false),
            ("wait0", false),
            ("window", false),
            ("monday", true),
        ] {
            let mut view = written("whatsapp", 3.0 * HOUR_MS);
            view.as_object_mut()
                .unwrap()
                .insert("choice".into(), json!(choice));
            assert_eq!(
                at(thursday(), &view).is_window_closed,
                is_closed,
                "{choice}"
            );
        }
    }

    #[test]
    fn a_choice_that_is_gone_is_refused() {
        let form = at(thursday(), &json!({ "choice": "window" }));
        assert_eq!(
            form.refusal,
            Some(StringKey::ParkInteractionUntilOutOfRange)
        );
    }
}
