//! Tests of timers: the times at which a conversation becomes inactive and closed.

use std::time::Duration;

use jiff::Timestamp;

use crate::conversations::{
    Conversation, ConversationChange, ConversationState, TimerChange, TimersChange,
    WebhookConfiguration,
};
use crate::readings::TimersCountFrom;
use crate::world::clock::later;
use crate::world::error::Error;
use crate::world::stage::Stage;

const MINUTE: u64 = 60;

fn set(seconds: u64) -> TimerChange {
    TimerChange::Set(Duration::from_secs(seconds))
}

impl Stage {
    fn charlie(&self) -> Conversation {
        let sid = self.conversation("charlie");
        self.world.conversation(&sid).unwrap().clone()
    }

    fn set_timers(&mut self, timers: TimersChange) -> Result<Conversation, Error> {
        self.change(ConversationChange {
            timers,
            ..ConversationChange::default()
        })
    }

    fn change(&mut self, change: ConversationChange) -> Result<Conversation, Error> {
        let sid = self.conversation("charlie");
        self.world.update_conversation(&sid, change, false)
    }

    /// Returns the state changes that the webhook has received: from, to and reason.
    fn state_changes(&mut self) -> Vec<[String; 3]> {
        let posted = self.deliveries().into_iter();
        let posted = posted.filter(|d| d.params["EventType"] == "onConversationStateUpdated");
        posted
            .map(|d| ["StateFrom", "StateTo", "Reason"].map(|name| d.params[name].clone()))
            .collect()
    }

    fn add_state_webhook(&mut self) {
        let sid = self.conversation("charlie");
        let configuration = WebhookConfiguration {
            url: Some("https://park-interaction-1234.twil.io/state".into()),
            filters: Some(vec!["onConversationStateUpdated".into()]),
            ..WebhookConfiguration::default()
        };
        let armed = self.world.add_webhook(&sid, "webhook", configuration);
        armed.unwrap();
        self.deliveries();
    }
}

#[test]
fn timers_are_set_and_removed_separately() {
    let mut stage = Stage::new();
    let only_inactive = TimersChange {
        inactive: set(MINUTE),
        ..TimersChange::default()
    };
    stage.set_timers(only_inactive).unwrap();
    let only_closed = TimersChange {
        closed: set(10 * MINUTE),
        ..TimersChange::default()
    };
    let both = stage.set_timers(only_closed).unwrap().timers;
    assert_eq!(both.inactive_after, Some(Duration::from_secs(MINUTE)));
    assert_eq!(both.closed_after, Some(Duration::from_secs(10 * MINUTE)));
    let removed = TimersChange {
        inactive: TimerChange::Remove,
        ..TimersChange::default()
    };
    let one = stage.set_timers(removed).unwrap().timers;
    assert_eq!(
        (one.inactive_after, one.closed_after),
        (None, both.closed_after)
    );
    stage.advance_seconds(10 * MINUTE - 1);
    assert_eq!(stage.charlie().state, ConversationState::Active);
    stage.advance_seconds(1);
    assert_eq!(stage.charlie().state, ConversationState::Closed);
}

/// Sources: <https://www.twilio.com/docs/api/errors/50375>, <https://www.twilio.com/docs/api/errors/50376>.
#[test]
fn short_timers_are_refused() {
    let mut stage = Stage::new();
    for (timers, refusal) in [
        (
            TimersChange {
                inactive: set(MINUTE - 1),
                closed: set(10 * MINUTE),
            },
            Error::InactiveTimerTooShort,
        ),
        (
            TimersChange {
                inactive: set(MINUTE),
                closed: set(10 * MINUTE - 1),
            },
            Error::ClosedTimerTooShort,
        ),
    ] {
        assert_eq!(stage.set_timers(timers).unwrap_err(), refusal);
        let kept = stage.charlie().timers;
        assert_eq!((kept.inactive_after, kept.closed_after), (None, None));
    }
}

#[test]
fn webhooks_receive_every_state_change() {
    let mut stage = Stage::new();
    stage.add_state_webhook();
    let timers = TimersChange {
        inactive: set(MINUTE),
        closed: set(10 * MINUTE),
    };
    stage.set_timers(timers).unwrap();
    stage.advance_seconds(MINUTE);
    stage
        .world
        .post_as_customer("charlie", "back", None)
        .unwrap();
    stage.advance_seconds(11 * MINUTE);
    let seen = stage.state_changes();
    let seen: Vec<[&str; 3]> = seen
        .iter()
        .map(|c| c.each_ref().map(String::as_str))
        .collect();
    assert_eq!(
        seen,
        [
            ["active", "inactive", "TIMER"],
            ["inactive", "active", "EVENT"],
            ["active", "inactive", "TIMER"],
            ["inactive", "closed", "TIMER"],
        ]
    );
}

#[test]
fn a_message_restarts_the_timers() {
    for reading in ["update", "activity", "message"] {
        let mut stage = Stage::with_readings(&[("timers-count-from", reading)]);
        stage
            .world
            .post_as_customer("charlie", "one", None)
            .unwrap();
        let timers = TimersChange {
            inactive: set(MINUTE),
            ..TimersChange::default()
        };
        stage.set_timers(timers).unwrap();
        stage.advance_seconds(MINUTE - 1);
        stage
            .world
            .post_as_customer("charlie", "two", None)
            .unwrap();
        stage.advance_seconds(MINUTE - 1);
        assert_eq!(
            stage.charlie().state,
            ConversationState::Active,
            "{reading}"
        );
        stage.advance_seconds(1);
        assert_eq!(
            stage.charlie().state,
            ConversationState::Inactive,
            "{reading}"
        );
    }
}

/// The dates differ only if something other than a message has happened since.
#[test]
fn timer_dates_follow_the_reading() {
    let mut stage = Stage::new();
    stage
        .world
        .post_as_customer("charlie", "hello", None)
        .unwrap();
    let written = stage.world.now();
    stage.advance_seconds(10);
    let timers = TimersChange {
        inactive: set(2 * MINUTE),
        closed: set(20 * MINUTE),
    };
    stage.set_timers(timers).unwrap();
    let set_at = stage.world.now();
    stage.advance_seconds(10);
    let attributes = ConversationChange {
        attributes: Some(r#"{"n":1}"#.into()),
        ..ConversationChange::default()
    };
    stage.change(attributes).unwrap();
    let changed = stage.world.now();
    let after = |start: Timestamp, seconds| Some(later(start, Duration::from_secs(seconds)));
    for (reading, start) in [
        (TimersCountFrom::Update, changed),
        (TimersCountFrom::Activity, set_at),
        (TimersCountFrom::Message, written),
    ] {
        let dates = stage.charlie().timer_dates(reading);
        assert_eq!(dates.inactive, after(start, 2 * MINUTE), "{reading:?}");
        assert_eq!(dates.closed, after(start, 20 * MINUTE), "{reading:?}");
    }
}

#[test]
fn ended_timers_keep_their_date() {
    let mut stage = Stage::new();
    let timers = TimersChange {
        inactive: set(MINUTE),
        ..TimersChange::default()
    };
    stage.set_timers(timers).unwrap();
    stage.advance_seconds(MINUTE);
    let end = stage.world.now();
    stage.advance_seconds(MINUTE);
    let dates = stage.charlie().timer_dates(TimersCountFrom::default());
    assert_eq!(dates.inactive, Some(end));
}

#[test]
fn timers_end_on_time_or_a_minute_late() {
    for (reading, lateness) in [("exact", 0), ("minute-late", MINUTE)] {
        let mut stage = Stage::with_readings(&[("timer-lateness", reading)]);
        let timers = TimersChange {
            inactive: set(MINUTE),
            ..TimersChange::default()
        };
        stage.set_timers(timers).unwrap();
        stage.advance_seconds(MINUTE + lateness - 1);
        assert_eq!(
            stage.charlie().state,
            ConversationState::Active,
            "{reading}"
        );
        stage.advance_seconds(1);
        assert_eq!(
            stage.charlie().state,
            ConversationState::Inactive,
            "{reading}"
        );
    }
}

#[test]
fn week_long_timers_are_accepted_or_refused() {
    const WEEK: u64 = 7 * 86_400;
    for (reading, seconds, is_taken) in [
        ("any", WEEK + 1, true),
        ("week", WEEK, true),
        ("week", WEEK + 1, false),
    ] {
        for is_inactive in [true, false] {
            let mut stage = Stage::with_readings(&[("longest-timer", reading)]);
            let mut timers = TimersChange::default();
            if is_inactive {
                timers.inactive = set(seconds);
            } else {
                timers.closed = set(seconds);
            }
            let result = stage.set_timers(timers);
            assert_eq!(result.is_ok(), is_taken, "{reading}, {seconds} s");
        }
    }
}
