//! The plan of a contact centre, and how it becomes the initial state of a world.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{json, Map, Value};

use super::customers::Medium;
use crate::iam::DEFAULT_TOKEN_LIFE;
use crate::readings::{ContactUri, Readings};
use crate::sync::SyncService;
use crate::taskrouter::{ReservationStatus, WorkerChange};
use crate::world::clock::{earlier, later};
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The path of the Function that receives task events, as a deployment sets it up.
const TASK_EVENT_PATH: &str = "/features/park-interaction/common/task-event";
/// The events that a deployment selects for that Function.
const TASK_ENDS: &str =
    "task.canceled,task.completed,task.deleted,task.system-deleted,workflow.timeout";
/// The path of the Function that receives events of Event Streams, as a deployment sets it up.
const EVENTS_PATH: &str = "/features/park-interaction/common/events";
/// The key with which a deployment lets Event Streams in.
pub const EVENTS_KEY: &str = "5e1f000000000000000000000000000000000000000000000000000000000001";
/// The time, in seconds, for which the seeded workflow waits for the known agent.
const KNOWN_AGENT_WAIT_SECONDS: u64 = 60;
/// The time that an agent has to accept an offer, in seconds.
const OFFER_SECONDS: u64 = 120;
/// The age of the seeded conversations.
const HISTORY: Duration = Duration::from_secs(600);
/// The largest distance between their messages.
const BETWEEN_MESSAGES: Duration = Duration::from_secs(20);

/// Returns the distance between the messages of `plan`, such that the last one lies in the past.
fn between_messages(plan: &Plan) -> Duration {
    let messages: usize = plan.customers.iter().map(|one| one.messages.len()).sum();
    let messages = u32::try_from(messages).unwrap_or(u32::MAX).max(1);
    BETWEEN_MESSAGES.min(HISTORY / messages)
}

/// The people of a contact centre and their conversations. Omitted fields are as in the default.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Plan {
    pub agents: Vec<AgentPlan>,
    pub customers: Vec<CustomerPlan>,
    /// The `park_interaction` flags in `ui_attributes.custom_data.features`; `null` leaves them out.
    pub flags: Value,
    /// The time that an agent has to accept an offer, in seconds.
    pub offer_seconds: u64,
    /// Event Streams has a sink for the Functions, as a deployment sets it up.
    pub event_streams: bool,
}

/// A worker to seed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentPlan {
    /// The identity, such as `ada`.
    pub identity: String,
    pub full_name: String,
    /// `agent`, `supervisor` or `admin`.
    #[serde(default = "agent_role")]
    pub roles: Vec<String>,
    /// The number of chats that the agent can take at a time.
    #[serde(default = "five")]
    pub chat_capacity: u32,
    /// The name of the activity.
    #[serde(default = "available")]
    pub activity: String,
}

/// A customer to seed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerPlan {
    /// The name in control endpoints.
    pub id: String,
    pub name: String,
    pub channel: Medium,
    /// The address; generated if omitted.
    pub address: Option<String>,
    /// The messages of the customer and the agent, in turns. The customer's is the first.
    #[serde(default)]
    pub messages: Vec<String>,
    /// The identity of the agent who has accepted the conversation. Without one, the task waits in its queue.
    pub assigned_to: Option<String>,
}

fn agent_role() -> Vec<String> {
    vec!["agent".into()]
}

fn five() -> u32 {
    5
}

fn available() -> String {
    "Available".into()
}

impl Default for Plan {
    fn default() -> Self {
        let agent = |identity: &str, full_name: &str, role: &str| AgentPlan {
            identity: identity.into(),
            full_name: full_name.into(),
            roles: vec![role.into()],
            chat_capacity: five(),
            activity: available(),
        };
        let customer = |id: &str, name: &str, channel, messages: &[&str]| CustomerPlan {
            id: id.into(),
            name: name.into(),
            channel,
            address: None,
            messages: messages.iter().map(|text| (*text).to_owned()).collect(),
            assigned_to: Some("ada".into()),
        };
        let mut sue = agent("sue", "Sue Supervisor", "supervisor");
        sue.activity = "Offline".into();
        Self {
            agents: vec![
                agent("ada", "Ada Agent", "agent"),
                agent("ben", "Ben Agent", "agent"),
                sue,
            ],
            customers: vec![
                customer(
                    "charlie",
                    "Charlie Customer",
                    Medium::Web,
                    &[
                        "Hello, my parcel should have come on Friday.",
                        "I am sorry to hear that. Could you give me the order number?",
                        "It is 4711. I have to look for the confirmation mail, one moment.",
                    ],
                ),
                customer(
                    "wanda",
                    "Wanda Walker",
                    Medium::Whatsapp,
                    &[
                        "Hi! Can I change the delivery address of my order?",
                        "Of course. What is the new address?",
                    ],
                ),
                customer(
                    "sam",
                    "Sam Sender",
                    Medium::Sms,
                    &[
                        "My invoice shows the wrong amount",
                        "Thank you for writing. Please send me the invoice number.",
                    ],
                ),
            ],
            flags: json!({"enabled": true, "show_list": true}),
            offer_seconds: OFFER_SECONDS,
            event_streams: false,
        }
    }
}

/// Returns the attribute `contact_uri` of a worker, or `None` where the reading omits it.
fn contact_uri(reading: ContactUri, identity: &str) -> Option<String> {
    match reading {
        ContactUri::Client => Some(format!("client:{identity}")),
        ContactUri::Bare => Some(identity.to_owned()),
        ContactUri::OtherCase => {
            let mut letters = identity.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            Some(format!(
                "client:{}{}",
                String::from_iter(first),
                letters.as_str()
            ))
        }
        ContactUri::Missing => None,
    }
}

fn remove_null(attributes: &mut Value, name: &str) {
    if let Some(fields) = attributes.as_object_mut() {
        if fields.get(name).is_some_and(Value::is_null) {
            fields.shift_remove(name);
        }
    }
}

impl World {
    /// Sets the readings, also in objects that were seeded under other readings.
    pub fn set_readings(&mut self, readings: Readings) -> Result<()> {
        let before = std::mem::replace(&mut self.readings, readings).contact_uri;
        if before == readings.contact_uri {
            return Ok(());
        }
        for worker in self.taskrouter.workers.clone() {
            let uri = |reading| json!(contact_uri(reading, &worker.friendly_name));
            let mut attributes = worker.attributes;
            if attributes.get("contact_uri").cloned().unwrap_or_default() != uri(before) {
                continue;
            }
            if let Some(fields) = attributes.as_object_mut() {
                fields.insert("contact_uri".into(), uri(readings.contact_uri));
            }
            remove_null(&mut attributes, "contact_uri");
            let change = WorkerChange {
                attributes: Some(attributes),
                ..WorkerChange::default()
            };
            self.update_worker(&worker.sid, change)?;
        }
        Ok(())
    }

    /// Fills this world, which must be new, according to `plan`.
    pub(crate) fn seed(&mut self, plan: &Plan) -> Result<()> {
        let present = self.time;
        self.time = earlier(present, HISTORY);
        self.set_up_account(plan);
        self.set_up_routing(plan)?;
        if plan.event_streams {
            self.set_up_event_streams()?;
        }
        for agent in &plan.agents {
            self.seed_agent(agent)?;
        }
        let between = between_messages(plan);
        for customer in &plan.customers {
            self.seed_customer(customer, between)?;
        }
        self.time = present;
        for agent in &plan.agents {
            self.set_activity(&agent.identity, &agent.activity)?;
        }
        Ok(())
    }

    /// Adds a worker with a token, in the activity of the plan.
    pub fn add_agent(&mut self, plan: &AgentPlan) -> Result<()> {
        self.seed_agent(plan)?;
        self.set_activity(&plan.identity, &plan.activity)
    }

    fn set_up_account(&mut self, plan: &Plan) {
        let now = self.now();
        self.account_sid = self.sids.next("AC");
        self.chat_service_sid = self.sids.next("IS");
        self.messaging_service_sid = self.sids.next("MG");
        self.sync_service_sid = self.sids.next("IS");
        self.flex_sync_service_sid = self.sids.next("IS");
        self.flex_instance_sid = self.sids.next("GO");
        self.role_sid = self.sids.next("RL");
        for (sid, friendly_name) in [
            (&self.sync_service_sid, "Default Service"),
            (&self.flex_sync_service_sid, "Flex Service"),
        ] {
            self.sync_services.push(SyncService {
                sid: sid.clone(),
                friendly_name: friendly_name.into(),
                acl_enabled: false,
                date_created: now,
            });
        }
        let mut features = Map::new();
        if !plan.flags.is_null() {
            features.insert("park_interaction".into(), plan.flags.clone());
        }
        let properties = json!({
            "service_version": "2.17.1",
            "ui_version": "2.17.1",
            "ui_language": "en",
            "status": "ok",
            "plugin_service_enabled": true,
            "ui_attributes": {
                "version_compatibility": "yes",
                "custom_data": {
                    "serverless_functions_domain": self.functions_domain,
                    "features": features,
                },
            },
        });
        if let Value::Object(properties) = properties {
            self.update_flex_configuration(properties);
        }
    }

    fn set_up_routing(&mut self, plan: &Plan) -> Result<()> {
        self.taskrouter.workspace_sid = self.sids.next("WS");
        self.taskrouter.operating_unit_sid = self.sids.next("OU");
        let callback = format!("https://{}{TASK_EVENT_PATH}", self.functions_domain);
        self.set_event_callback(Some(callback), Some(TASK_ENDS.into()))?;
        for (name, is_available) in [
            ("Available", true),
            ("Offline", false),
            ("Unavailable", false),
            ("Break", false),
        ] {
            self.create_activity(name, is_available);
        }
        self.taskrouter.timeout_activity_sid =
            self.taskrouter.activity_named("Offline")?.sid.clone();
        for (unique_name, friendly_name) in [
            ("default", "Default"),
            ("voice", "Voice"),
            ("chat", "Programmable Chat"),
            ("sms", "SMS"),
            ("email", "Email"),
        ] {
            self.create_task_channel(unique_name, friendly_name);
        }
        let everyone = self.create_queue("Everyone", "1==1")?;
        self.create_queue("Support", "routing.skills HAS 'support'")?;
        let configuration = json!({"task_routing": {
            "filters": [{
                "filter_friendly_name": "The agent whom the customer knows",
                "expression": "originalRouting.workerSid != null",
                "targets": [
                    {
                        "queue": everyone.sid,
                        "known_worker_sid": "originalRouting.workerSid",
                        "skip_if": "1 == 1",
                        "timeout": KNOWN_AGENT_WAIT_SECONDS,
                    },
                    {"queue": everyone.sid},
                ],
            }],
            "default_filter": {"queue": everyone.sid},
        }});
        let name = "Assign to known agent, then anyone";
        let offer = Duration::from_secs(plan.offer_seconds);
        self.create_workflow(name, &configuration.to_string(), offer)?;
        Ok(())
    }

    fn set_up_event_streams(&mut self) -> Result<()> {
        let destination = format!(
            "https://park-interaction:{EVENTS_KEY}@{}{EVENTS_PATH}",
            self.functions_domain
        );
        let configuration =
            json!({"destination": destination, "method": "POST", "batch_events": false});
        let sink = self.create_sink("Park Interaction".into(), "webhook".into(), configuration)?;
        let state = "com.twilio.conversations.conversation-state.updated".to_owned();
        let ends = TASK_ENDS.split(',');
        let types: Vec<(String, Option<u32>)> = ends
            .map(|event| format!("com.twilio.taskrouter.{event}"))
            .chain([state])
            .map(|name| (name, None))
            .collect();
        self.create_subscription("Park Interaction".into(), &sink.sid, &types)?;
        Ok(())
    }

    fn seed_agent(&mut self, plan: &AgentPlan) -> Result<()> {
        let offline = self.taskrouter.activity_named("Offline")?.sid.clone();
        let mut attributes = json!({
            "full_name": plan.full_name,
            "contact_uri": contact_uri(self.readings.contact_uri, &plan.identity),
            "email": format!("{}@example.com", plan.identity),
            "roles": plan.roles,
            "routing": {"skills": ["support"], "levels": {}},
        });
        remove_null(&mut attributes, "contact_uri");
        let worker = self.create_worker(&plan.identity, attributes, &offline)?;
        self.update_worker_channel(&worker.sid, "chat", Some(plan.chat_capacity), None)?;
        self.user(&plan.identity).friendly_name = Some(plan.full_name.clone());
        self.issue_token(&plan.identity, DEFAULT_TOKEN_LIFE);
        Ok(())
    }

    fn seed_customer(&mut self, plan: &CustomerPlan, between: Duration) -> Result<()> {
        self.create_customer(&plan.id, &plan.name, plan.channel, plan.address.clone())?;
        let Some((first, rest)) = plan.messages.split_first() else {
            return Ok(());
        };
        let conversation_sid = self.first_contact(plan, first)?;
        for (turn, text) in rest.iter().enumerate() {
            self.time = later(self.time, between);
            match plan.assigned_to.as_deref().filter(|_| turn % 2 == 0) {
                Some(agent) => self.post_as_agent(&conversation_sid, agent, text)?,
                None => self.post_as_customer(&plan.id, text, None).map(drop)?,
            }
        }
        Ok(())
    }

    /// Writes the customer's first message while the planned agent is the only one available, so that this
    /// agent accepts.
    fn first_contact(&mut self, plan: &CustomerPlan, text: &str) -> Result<Sid> {
        if let Some(agent) = &plan.assigned_to {
            self.set_activity(agent, "Available")?;
        }
        self.post_as_customer(&plan.id, text, None)?;
        let conversation_sid = self
            .customer(&plan.id)?
            .conversation_sid
            .clone()
            .unwrap_or_default();
        if let Some(agent) = &plan.assigned_to {
            let offered = self
                .taskrouter
                .reservations
                .values()
                .find(|r| r.worker_name == *agent && r.status == ReservationStatus::Pending)
                .map(|r| r.sid.clone())
                .ok_or_else(|| Error::Invalid {
                    name: "assignedTo",
                    expected: format!("an agent with capacity for {}'s conversation", plan.id),
                })?;
            self.accept_reservation(&offered)?;
            self.set_activity(agent, "Offline")?;
        }
        Ok(conversation_sid)
    }

    fn set_activity(&mut self, identity: &str, activity: &str) -> Result<()> {
        let activity_sid = Some(self.taskrouter.activity_named(activity)?.sid.clone());
        let worker = self
            .taskrouter
            .worker_named(identity)
            .ok_or_else(|| Error::NotFound(format!("/Workers/{identity}")))?;
        let sid = worker.sid.clone();
        self.update_worker(
            &sid,
            WorkerChange {
                activity_sid,
                ..WorkerChange::default()
            },
        )?;
        Ok(())
    }
}
