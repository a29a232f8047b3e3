//! The WebSocket of the event bridge, over which a worker's desktop receives `TaskRouter`'s events.

use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use serde_json::{json, Map, Value};
use tokio::time::{interval, MissedTickBehavior};

use super::payload;
use crate::http::surrogates;
use crate::iam::Token;
use crate::sim::Sim;
use crate::world::event::WorldEvent;
use crate::world::World;

/// The interval of keep-alive messages, which are empty. The SDK closes a socket after 30 s of silence.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// Serves one desktop until either side closes the socket.
pub async fn serve(sim: Sim, caller: Token, worker_sid: String, mut socket: WebSocket) {
    let mut events = sim.world.events();
    let mut alive = interval(KEEP_ALIVE_INTERVAL);
    alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut screen = Screen::open(&sim.world.lock(), caller, worker_sid);
    let init = screen.init(&sim.world.lock());
    if send(&mut socket, init).await.is_err() {
        return;
    }
    loop {
        let messages = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = alive.tick() => {
                if socket.send(Message::Text(Utf8Bytes::from_static(""))).await.is_err() {
                    return;
                }
                continue;
            }
            event = events.recv() => match event {
                Ok(WorldEvent::Reset) | Err(_) => return,
                Ok(event) => screen.messages_for(&sim.world.lock(), &event),
            },
        };
        for message in messages {
            if send(&mut socket, message).await.is_err() {
                return;
            }
        }
    }
}

async fn send(socket: &mut WebSocket, message: Value) -> Result<(), axum::Error> {
    let text = surrogates::json_text(&message);
    socket.send(Message::Text(text.into())).await
}

/// The state of one desktop.
struct Screen {
    caller: Token,
    worker_sid: String,
    activity_sid: String,
}

impl Screen {
    fn open(world: &World, caller: Token, worker_sid: String) -> Self {
        let activity_sid = world
            .taskrouter
            .worker(&worker_sid)
            .map(|worker| worker.activity_sid.clone())
            .unwrap_or_default();
        Self {
            caller,
            worker_sid,
            activity_sid,
        }
    }

    fn init(&self, world: &World) -> Value {
        let left = self
            .caller
            .expires
            .duration_since(world.now())
            .as_millis()
            .max(0);
        message(
            "init",
            json!({
                "channel_id": self.worker_sid,
                "channel_id_type": "worker",
                "account_sid": world.account_sid,
                "workspace_sid": world.taskrouter.workspace_sid,
                "token_lifetime": i64::try_from(left).unwrap_or(i64::MAX),
            }),
        )
    }

    /// Returns the messages about an event: none if it concerns another worker.
    fn messages_for(&mut self, world: &World, event: &WorldEvent) -> Vec<Value> {
        match event {
            WorldEvent::Reservation { reservation, task }
                if reservation.worker_sid == self.worker_sid =>
            {
                vec![message(
                    reservation.status.event(),
                    payload::reservation(world, reservation, task),
                )]
            }
            WorldEvent::TaskUpdated(task) if self.has_task(world, &task.sid) => {
                vec![message("task.updated", payload::task(world, task))]
            }
            WorldEvent::WorkerUpdated(worker) if worker.sid == self.worker_sid => {
                let moved = worker.activity_sid != self.activity_sid;
                self.activity_sid.clone_from(&worker.activity_sid);
                let name = if moved {
                    "worker.activity.update"
                } else {
                    "worker.attributes.update"
                };
                vec![message(name, payload::worker(world, worker))]
            }
            WorldEvent::WorkerChannelUpdated {
                worker_sid,
                channel,
            } if *worker_sid == self.worker_sid => {
                vec![message(
                    "worker.capacity.update",
                    payload::worker_channel(world, worker_sid, channel),
                )]
            }
            _ => Vec::new(),
        }
    }

    fn has_task(&self, world: &World, task_sid: &str) -> bool {
        world
            .taskrouter
            .reservations_of_worker(&self.worker_sid)
            .any(|reservation| {
                reservation.task_sid == task_sid && reservation.status.takes_capacity()
            })
    }
}

fn message(event_type: &str, payload: Value) -> Value {
    Value::Object(Map::from_iter([
        ("event_type".to_owned(), event_type.into()),
        ("payload".to_owned(), payload),
    ]))
}
