//! The stage of the tests of rules: a seeded contact centre whose clock stands still.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{json, Value};
use tokio::sync::broadcast;
use tokio::sync::mpsc::UnboundedReceiver;

use super::deliveries::{Delivery, Due, Outbox};
use super::error::Result;
use super::sids::Sids;
use super::{Sid, World};
use crate::contact_centre::seed::Plan;
use crate::conversations::{ConversationChange, ConversationState, WebhookConfiguration};
use crate::interactions::{Channel, ChannelParticipant};
use crate::readings::Readings;
use crate::taskrouter::{Reservation, ReservationStatus, Task, WorkerChange};

/// The URL of the tests' webhook.
pub const TARGET: &str = "https://park-interaction-1234.twil.io/wake";

/// A world with its webhook requests.
pub struct Stage {
    pub world: World,
    due: UnboundedReceiver<Due>,
}

impl Stage {
    /// Creates the default contact centre.
    pub fn new() -> Self {
        Self::from_plan(&Plan::default())
    }

    pub fn from_plan(plan: &Plan) -> Self {
        Self::new_with(plan, &[])
    }

    /// Creates the default contact centre with these readings.
    pub fn with_readings(readings: &[(&str, &str)]) -> Self {
        Self::new_with(&Plan::default(), readings)
    }

    pub fn new_with(plan: &Plan, settings: &[(&str, &str)]) -> Self {
        let mut readings = Readings::default();
        for (name, value) in settings {
            readings.set(name, value).unwrap();
        }
        let (outbox, due) = Outbox::new();
        let (events, _) = broadcast::channel(16);
        let mut world = World::seeded(plan, readings, Sids::default(), events, outbox).unwrap();
        world.clock_mut().run_at(0.0);
        world.run_due();
        Self { world, due }
    }

    pub fn advance_seconds(&mut self, seconds: u64) {
        self.world.clock_mut().advance(Duration::from_secs(seconds));
        self.world.run_due();
    }

    pub fn conversation(&self, customer: &str) -> Sid {
        self.world
            .customer(customer)
            .unwrap()
            .conversation_sid
            .clone()
            .unwrap()
    }

    pub fn channel(&self, customer: &str) -> Channel {
        self.world
            .channel_of_conversation(&self.conversation(customer))
            .unwrap()
            .clone()
    }

    pub fn agents(&self, customer: &str) -> Vec<ChannelParticipant> {
        self.channel(customer)
            .participants
            .into_iter()
            .filter(|p| p.kind == "agent")
            .collect()
    }

    pub fn worker(&self, identity: &str) -> Sid {
        self.world
            .taskrouter
            .worker_named(identity)
            .unwrap()
            .sid
            .clone()
    }

    pub fn load(&self, identity: &str) -> u32 {
        self.world
            .taskrouter
            .worker_named(identity)
            .unwrap()
            .channel("chat")
            .unwrap()
            .assigned_tasks
    }

    pub fn set_activity(&mut self, identity: &str, activity: &str) {
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

    /// Ada leaves the customer's conversation, as in parking.
    pub fn leave(&mut self, customer: &str) {
        let channel = self.channel(customer);
        let agent = self.agents(customer).remove(0);
        self.world
            .close_channel_participant(&channel.interaction_sid, &channel.sid, &agent.sid, false)
            .unwrap();
    }

    /// Invites with these properties, beside the workspace and the task channel.
    pub fn invite(&mut self, customer: &str, mut properties: Value) -> Result<Task> {
        let channel = self.channel(customer);
        properties["workspace_sid"] = json!(self.world.taskrouter.workspace_sid);
        properties["task_channel_unique_name"] = json!("chat");
        let routing = json!({"properties": properties});
        let invite = self
            .world
            .invite(&channel.interaction_sid, &channel.sid, routing)?;
        Ok(self.world.taskrouter.task(&invite.task_sid)?.clone())
    }

    /// Invites this worker only.
    pub fn invite_worker(&mut self, customer: &str, identity: &str) -> Result<Task> {
        let queue = &self.world.taskrouter.queues[0].sid;
        let properties = json!({"worker_sid": self.worker(identity), "queue_sid": queue});
        self.invite(customer, properties)
    }

    pub fn close(&mut self, customer: &str) {
        let change = ConversationChange {
            state: Some(ConversationState::Closed),
            ..ConversationChange::default()
        };
        let conversation = self.conversation(customer);
        self.world
            .update_conversation(&conversation, change, false)
            .unwrap();
    }

    /// Invites to Charlie's conversation by the seeded workflow, which asks this worker first.
    pub fn invite_known(&mut self, worker: &str) -> Task {
        self.invite_known_by(&self.workflow(), worker)
    }

    pub fn invite_known_by(&mut self, workflow: &str, worker: &str) -> Task {
        let attributes = json!({"originalRouting": {"workerSid": worker}});
        let properties = json!({"workflow_sid": workflow, "attributes": attributes});
        self.invite("charlie", properties).unwrap()
    }

    pub fn workflow(&self) -> Sid {
        self.world.taskrouter.workflows[0].sid.clone()
    }

    /// Returns the pending reservation of a task.
    pub fn offer(&self, task_sid: &str) -> Option<Reservation> {
        let mut offers = self.world.taskrouter.reservations_of_task(task_sid);
        offers
            .find(|r| r.status == ReservationStatus::Pending)
            .cloned()
    }

    pub fn task(&self, sid: &str) -> Task {
        self.world.taskrouter.task(sid).unwrap().clone()
    }

    pub fn deliveries(&mut self) -> Vec<Delivery> {
        let due = std::iter::from_fn(|| self.due.try_recv().ok());
        due.map(|due| due.delivery.clone()).collect()
    }

    /// Creates a webhook for these events on a customer's conversation.
    pub fn arm(&mut self, customer: &str, events: &[&str]) {
        let configuration = WebhookConfiguration {
            url: Some(TARGET.into()),
            filters: Some(events.iter().map(|event| (*event).to_owned()).collect()),
            ..WebhookConfiguration::default()
        };
        let sid = self.conversation(customer);
        let armed = self.world.add_webhook(&sid, "webhook", configuration);
        armed.unwrap();
        self.deliveries();
    }

    /// Returns the requests to that webhook since the last time.
    pub fn webhook_params(&mut self) -> Vec<BTreeMap<String, String>> {
        let all = self.deliveries().into_iter();
        all.filter(|delivery| delivery.url == TARGET)
            .map(|delivery| delivery.params)
            .collect()
    }

    pub fn bodies(&mut self) -> Vec<String> {
        let received = self.webhook_params().into_iter();
        received
            .map(|mut params| params.remove("Body").unwrap())
            .collect()
    }

    pub fn post(&mut self, customer: &str, body: &str) {
        let written = self.world.post_as_customer(customer, body, None);
        written.unwrap();
    }

    pub fn set_state(&mut self, customer: &str, state: ConversationState) {
        let change = ConversationChange {
            state: Some(state),
            ..ConversationChange::default()
        };
        let sid = self.conversation(customer);
        self.world.update_conversation(&sid, change, true).unwrap();
    }

    pub fn count_invites(&self, customer: &str) -> Result<usize> {
        let channel = self.channel(customer);
        self.world.listed_invites(&channel).map(|all| all.len())
    }
}
