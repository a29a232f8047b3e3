//! The world's rules, tried on a seeded contact centre whose clock stands still.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

mod event_callbacks;
mod interactions;
mod readings;
mod routing;
mod sync;
mod timers;
mod webhooks;

use std::time::Duration;

use serde_json::{json, Value};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{broadcast, mpsc};

use super::conversations::{ConversationChange, State};
use super::hooks::Delivery;
use super::interactions::{Channel, ChannelParticipant};
use super::seed::Plan;
use super::sids::Sids;
use super::taskrouter::{Reservation, ReservationStatus, Task, WorkerChange};
use super::{Sid, World};
use crate::readings::Readings;

/// A world, and the webhook requests that came out of it.
struct Stage {
    world: World,
    due: UnboundedReceiver<Delivery>,
}

impl Stage {
    /// The default contact centre.
    fn new() -> Self {
        Self::planned(&Plan::default())
    }

    fn planned(plan: &Plan) -> Self {
        Self::read(plan, &[])
    }

    /// The default contact centre, with some readings that are not the defaults.
    fn reading(readings: &[(&str, &str)]) -> Self {
        Self::read(&Plan::default(), readings)
    }

    fn read(plan: &Plan, settings: &[(&str, &str)]) -> Self {
        let mut readings = Readings::default();
        for (name, value) in settings {
            readings.set(name, value).unwrap();
        }
        let (sender, due) = mpsc::unbounded_channel();
        let (events, _) = broadcast::channel(16);
        let mut world = World::seeded(plan, readings, Sids::default(), events, sender).unwrap();
        world.clock_mut().run_at(0.0);
        world.run_due();
        Self { world, due }
    }

    fn pass(&mut self, seconds: u64) {
        self.world.clock_mut().advance(Duration::from_secs(seconds));
        self.world.run_due();
    }

    fn conversation(&self, customer: &str) -> Sid {
        self.world
            .customer(customer)
            .unwrap()
            .conversation_sid
            .clone()
            .unwrap()
    }

    fn channel(&self, customer: &str) -> Channel {
        self.world
            .channel_of_conversation(&self.conversation(customer))
            .unwrap()
            .clone()
    }

    fn agents(&self, customer: &str) -> Vec<ChannelParticipant> {
        self.channel(customer)
            .participants
            .into_iter()
            .filter(|p| p.kind == "agent")
            .collect()
    }

    fn worker(&self, identity: &str) -> Sid {
        self.world
            .taskrouter
            .worker_named(identity)
            .unwrap()
            .sid
            .clone()
    }

    fn load(&self, identity: &str) -> u32 {
        self.world
            .taskrouter
            .worker_named(identity)
            .unwrap()
            .channel("chat")
            .unwrap()
            .assigned_tasks
    }

    fn go(&mut self, identity: &str, activity: &str) {
        let activity_sid = Some(
            self.world
                .taskrouter
                .activity_named(activity)
                .unwrap()
                .sid
                .clone(),
        );
        let change = WorkerChange {
            activity_sid,
            ..WorkerChange::default()
        };
        self.world
            .update_worker(&self.worker(identity), change)
            .unwrap();
    }

    /// Ada leaves the customer's conversation as parking does it.
    fn leave(&mut self, customer: &str) {
        let channel = self.channel(customer);
        let agent = self.agents(customer).remove(0);
        self.world
            .close_channel_participant(&channel.interaction_sid, &channel.sid, &agent.sid, false)
            .unwrap();
    }

    /// An invite with the given properties beside the workspace and the kind of work.
    fn invite(&mut self, customer: &str, mut properties: Value) -> super::error::Result<Task> {
        let channel = self.channel(customer);
        properties["workspace_sid"] = json!(self.world.taskrouter.workspace_sid);
        properties["task_channel_unique_name"] = json!("chat");
        let routing = json!({"properties": properties});
        let invite = self
            .world
            .invite(&channel.interaction_sid, &channel.sid, routing)?;
        Ok(self.world.taskrouter.task(&invite.task_sid)?.clone())
    }

    /// An invite for this worker alone.
    fn invite_worker(&mut self, customer: &str, identity: &str) -> super::error::Result<Task> {
        let queue = &self.world.taskrouter.queues[0].sid;
        let properties = json!({"worker_sid": self.worker(identity), "queue_sid": queue});
        self.invite(customer, properties)
    }

    fn close(&mut self, customer: &str) {
        let change = ConversationChange {
            state: Some(State::Closed),
            ..ConversationChange::default()
        };
        let conversation = self.conversation(customer);
        self.world
            .update_conversation(&conversation, change, false)
            .unwrap();
    }

    /// Asks for Charlie's conversation by the seeded workflow, which is to ask this worker first.
    fn invite_known(&mut self, worker: &str) -> Task {
        self.invite_known_by(&self.workflow(), worker)
    }

    fn invite_known_by(&mut self, workflow: &str, worker: &str) -> Task {
        let attributes = json!({"originalRouting": {"workerSid": worker}});
        let properties = json!({"workflow_sid": workflow, "attributes": attributes});
        self.invite("charlie", properties).unwrap()
    }

    fn workflow(&self) -> Sid {
        self.world.taskrouter.workflows[0].sid.clone()
    }

    /// The offer of a task that somebody thinks about.
    fn offer(&self, task_sid: &str) -> Option<Reservation> {
        let mut offers = self.world.taskrouter.reservations_of_task(task_sid);
        offers
            .find(|r| r.status == ReservationStatus::Pending)
            .cloned()
    }

    fn task(&self, sid: &str) -> Task {
        self.world.taskrouter.task(sid).unwrap().clone()
    }

    fn deliveries(&mut self) -> Vec<Delivery> {
        std::iter::from_fn(|| self.due.try_recv().ok()).collect()
    }
}
