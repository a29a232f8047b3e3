//! Tests of the rate limits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};

use super::{Limit, Limits, Pass, Rates};
use crate::contact_centre::seed::Plan;
use crate::http::request::RestRequest;
use crate::readings::Readings;
use crate::world::deliveries::Outbox;
use crate::world::SharedWorld;

const CONVERSATION: &str = "/v1/Conversations/CH00000000000000000000000000000001";
const CHANNEL: &str = "/v1/Interactions/KD00000000000000000000000000000001/Channels/UO00000000000000000000000000000001";

/// A seeded world whose clock stands still, with limits that are on.
struct Stage {
    world: SharedWorld,
    limits: Limits,
    passes: Vec<Pass>,
}

impl Stage {
    fn new(rates: &str) -> Self {
        let world =
            SharedWorld::seeded(&Plan::default(), Readings::default(), Outbox::new().0).unwrap();
        world.lock().clock_mut().run_at(0.0);
        let limits = Limits::default();
        limits.switch_on(serde_json::from_str(rates).unwrap());
        Self {
            world,
            limits,
            passes: Vec::new(),
        }
    }

    fn advance_ms(&self, millis: u64) {
        let mut world = self.world.lock();
        world.clock_mut().advance(Duration::from_millis(millis));
        world.run_due();
    }

    /// Returns the limit that this request exceeds.
    fn ask(&mut self, request: &RestRequest) -> Option<Limit> {
        match self.limits.admit(&self.world.lock(), request) {
            Ok(pass) => {
                self.passes.push(pass);
                None
            }
            Err((limit, refusal)) => {
                assert_eq!(refusal.status, 429);
                Some(limit)
            }
        }
    }

    /// Returns the number of such requests that are admitted now, one after the other.
    fn room(&mut self, request: &RestRequest) -> u32 {
        let mut room = 0;
        while self.ask(request).is_none() {
            self.passes.clear();
            room += 1;
        }
        room
    }
}

fn rest_request(method: Method, host: &str, path: &str, params: &[(&str, &str)]) -> RestRequest {
    RestRequest {
        method,
        host: format!("{host}.twilio.com"),
        path: path.into(),
        raw_query: None,
        query: Vec::new(),
        form: params
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    }
}

#[test]
fn buckets_fill_by_the_simulators_clock() {
    let mut stage = Stage::new("{}");
    let invite = rest_request(Method::POST, "flex-api", &format!("{CHANNEL}/Invites"), &[]);
    assert_eq!(stage.room(&invite), 20);
    assert_eq!(stage.room(&invite), 0);
    stage.advance_ms(500);
    assert_eq!(stage.room(&invite), 10);
    stage.advance_ms(60_000);
    assert_eq!(stage.room(&invite), 20, "more than a burst was saved up");
    assert_eq!(
        stage.limits.report().hits.get(&Limit::Interactions),
        Some(&4)
    );
}

/// The SIDs in the path make no difference.
#[test]
fn interactions_are_limited_by_endpoint() {
    let mut stage = Stage::new(r#"{"interactions": {"perSecond": 1, "burst": 1}}"#);
    let invites =
        |channel: &str| rest_request(Method::POST, "flex-api", &format!("{channel}/Invites"), &[]);
    assert_eq!(stage.ask(&invites(CHANNEL)), None);
    let other = CHANNEL.replace('1', "2");
    let other = other.replace("/v2/", "/v1/");
    assert_eq!(stage.ask(&invites(&other)), Some(Limit::Interactions));
    let participants = rest_request(
        Method::GET,
        "flex-api",
        &format!("{CHANNEL}/Participants"),
        &[],
    );
    assert_eq!(stage.ask(&participants), None);
}

/// A name and a SID of the same object share a limit.
#[test]
fn sync_objects_are_limited_separately() {
    let mut stage = Stage::new(
        r#"{"syncWrites": {"perSecond": 1, "burst": 2}, "syncReads": {"perSecond": 1, "burst": 1}}"#,
    );
    let map = {
        let mut world = stage.world.lock();
        let rows = world
            .create_map("default", Some("rows".into()), None)
            .unwrap();
        world
            .create_map("default", Some("others".into()), None)
            .unwrap();
        rows.sid
    };
    let items = |method, name: &str| {
        rest_request(
            method,
            "sync",
            &format!("/v1/Services/default/Maps/{name}/Items"),
            &[],
        )
    };
    assert_eq!(stage.ask(&items(Method::POST, "rows")), None);
    assert_eq!(stage.ask(&items(Method::POST, &map)), None);
    assert_eq!(
        stage.ask(&items(Method::POST, "rows")),
        Some(Limit::SyncWrites)
    );
    assert_eq!(stage.ask(&items(Method::POST, "others")), None);
    assert_eq!(stage.ask(&items(Method::GET, "rows")), None);
    assert_eq!(stage.ask(&items(Method::GET, &map)), Some(Limit::SyncReads));
}

#[test]
fn large_sync_writes_count_up_to_ten_times() {
    let mut stage = Stage::new("{}");
    let write = |name: &str, bytes: usize| {
        rest_request(
            Method::POST,
            "sync",
            &format!("/v1/Services/default/Documents/{name}"),
            &[("Data", &"x".repeat(bytes))],
        )
    };
    for (bytes, room) in [
        (100, 200),
        (1024, 200),
        (2048, 100),
        (10_240, 20),
        (16_000, 20),
    ] {
        assert_eq!(stage.room(&write(&format!("d{bytes}"), bytes)), room);
    }
}

#[test]
fn sync_creations_are_limited_by_service() {
    let mut stage = Stage::new(r#"{"syncCreations": {"perSecond": 1, "burst": 3}}"#);
    let make = |kind| {
        rest_request(
            Method::POST,
            "sync",
            &format!("/v1/Services/default/{kind}"),
            &[],
        )
    };
    assert_eq!(stage.ask(&make("Documents")), None);
    assert_eq!(stage.room(&make("Maps")), 2);
    assert_eq!(stage.ask(&make("Documents")), Some(Limit::SyncCreations));
}

#[test]
fn expression_lists_have_a_lower_limit() {
    let mut stage = Stage::new("{}");
    let list = |what, params: &[(&str, &str)]| {
        rest_request(
            Method::GET,
            "taskrouter",
            &format!("/v1/Workspaces/WS00000000000000000000000000000001/{what}"),
            params,
        )
    };
    let by_attributes = list("Tasks", &[("EvaluateTaskAttributes", "1==1")]);
    assert_eq!(stage.room(&by_attributes), 3);
    assert_eq!(
        stage.room(&list("Workers", &[("TargetWorkersExpression", "1==1")])),
        3
    );
    assert_eq!(stage.room(&list("Tasks", &[])), 100);
}

/// Webhooks of the conversation are not counted.
#[test]
fn actions_are_limited_by_conversation() {
    let mut stage = Stage::new("{}");
    let action = |path: &str| rest_request(Method::POST, "conversations", path, &[]);
    let message = action(&format!("{CONVERSATION}/Messages"));
    assert_eq!(stage.room(&message), 30);
    assert_eq!(
        stage.ask(&action(CONVERSATION)),
        Some(Limit::ConversationActions)
    );
    assert_eq!(
        stage.ask(&action(&format!("{CONVERSATION}/Webhooks"))),
        None
    );
    assert_eq!(
        stage.ask(&action(&CONVERSATION.replace('1', "2").replace("v2", "v1"))),
        None
    );
    assert_eq!(stage.room(&action("/v1/Conversations")), 30);
}

#[test]
fn concurrent_requests_are_limited() {
    let mut stage = Stage::new(r#"{"concurrency": 2}"#);
    let read = rest_request(Method::GET, "conversations", CONVERSATION, &[]);
    assert_eq!(stage.ask(&read), None);
    assert_eq!(stage.ask(&read), None);
    assert_eq!(stage.ask(&read), Some(Limit::Concurrency));
    stage.passes.pop();
    assert_eq!(stage.ask(&read), None);
}

#[test]
fn limits_off_refuse_nothing() {
    let mut stage = Stage::new(r#"{"interactions": {"perSecond": 0, "burst": 0}}"#);
    let invite = rest_request(Method::POST, "flex-api", &format!("{CHANNEL}/Invites"), &[]);
    assert_eq!(stage.ask(&invite), Some(Limit::Interactions));
    stage.limits.switch_off();
    assert_eq!(stage.ask(&invite), None);
    assert!(!stage.limits.report().on);
    assert_eq!(stage.limits.report().rates, Rates::default());
}

/// Other concurrent requests do not count.
#[test]
fn concurrent_functions_are_limited() {
    let mut stage = Stage::new(r#"{"functions": 2, "concurrency": 1}"#);
    let first = stage.limits.admit_function().unwrap();
    let second = stage.limits.admit_function().unwrap();
    let (limit, refusal) = stage.limits.admit_function().unwrap_err();
    assert_eq!((limit, refusal.status), (Limit::Functions, 429));
    let fetch = rest_request(Method::GET, "conversations", CONVERSATION, &[]);
    assert_eq!(stage.ask(&fetch), None);
    drop(first);
    let _third = stage.limits.admit_function().unwrap();
    drop(second);
    assert_eq!(
        stage.limits.report().hits,
        [(Limit::Functions, 1)].into_iter().collect()
    );
}
