//! Agents, customers and tokens.

use std::time::Duration;

use axum::extract::{Json, Path, State};
use serde::Deserialize;
use serde_json::{json, Value};

use super::body::Body;
use super::{facts, Reply};
use crate::contact_centre::customers::Medium;
use crate::contact_centre::seed::AgentPlan;
use crate::http::error::TwilioError;
use crate::iam::DEFAULT_TOKEN_LIFE;
use crate::sim::Sim;
use crate::taskrouter::{Worker, WorkerChange};
use crate::world::error::Error;
use crate::world::World;

/// Adds an agent, signed in and in the activity of the plan.
pub async fn create_agent(State(sim): State<Sim>, Json(plan): Json<AgentPlan>) -> Reply {
    let mut world = sim.world.lock();
    world.add_agent(&plan)?;
    Ok(Json(facts::agent(
        &world,
        worker_named(&world, &plan.identity)?,
    )))
}

/// A change to an agent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentChange {
    activity: Option<String>,
    #[serde(default)]
    rejects_pending: bool,
    chat_capacity: Option<u32>,
}

/// Changes an agent's activity or capacity.
pub async fn update_agent(
    State(sim): State<Sim>,
    Path(identity): Path<String>,
    Json(change): Json<AgentChange>,
) -> Reply {
    let mut world = sim.world.lock();
    let sid = worker_named(&world, &identity)?.sid.clone();
    if let Some(capacity) = change.chat_capacity {
        world.update_worker_channel(&sid, "chat", Some(capacity), None)?;
    }
    if let Some(name) = change.activity {
        let activity_sid = Some(world.taskrouter.activity_named(&name)?.sid.clone());
        world.update_worker(
            &sid,
            WorkerChange {
                activity_sid,
                rejects_pending: change.rejects_pending,
                ..WorkerChange::default()
            },
        )?;
    }
    Ok(Json(facts::agent(&world, worker_named(&world, &identity)?)))
}

/// Returns all customers.
pub async fn customers(State(sim): State<Sim>) -> Json<Value> {
    let world = sim.world.lock();
    Json(
        world
            .customers
            .iter()
            .map(|known| facts::customer(&world, known))
            .collect(),
    )
}

/// Returns a customer with the messages of the customer's conversation.
pub async fn customer(State(sim): State<Sim>, Path(id): Path<String>) -> Reply {
    let world = sim.world.lock();
    let known = world.customer(&id)?;
    let conversation = known
        .conversation_sid
        .as_deref()
        .and_then(|sid| world.conversation(sid).ok());
    let mut body = facts::customer(&world, known);
    if let Value::Object(map) = &mut body {
        map.insert("state".into(), json!(conversation.map(|c| c.state.name())));
        map.insert("messages".into(), json!(conversation.map(|c| &c.messages)));
    }
    Ok(Json(body))
}

/// A customer to add.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    id: String,
    name: String,
    channel: Medium,
    address: Option<String>,
}

/// Adds a customer, who has not written yet.
pub async fn create_customer(State(sim): State<Sim>, Body(new): Body<NewCustomer>) -> Reply {
    let mut world = sim.world.lock();
    let made = world.create_customer(&new.id, &new.name, new.channel, new.address)?;
    Ok(Json(facts::customer(&world, &made)))
}

/// A change to tokens: issue one for `identity`, expire one, or expire all of one identity.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenChange {
    identity: Option<String>,
    life_ms: Option<u64>,
    expire: Option<String>,
    expire_all_of: Option<String>,
}

/// Issues and expires tokens.
pub async fn tokens(State(sim): State<Sim>, Json(change): Json<TokenChange>) -> Reply {
    let mut world = sim.world.lock();
    if let Some(identity) = &change.expire_all_of {
        world.expire_tokens_of(identity);
    }
    if change
        .expire
        .as_ref()
        .is_some_and(|token| !world.expire_token(token))
    {
        return Err(Error::NotFound("/tokens".into()).into());
    }
    Ok(Json(match change.identity {
        Some(identity) => {
            let life = change
                .life_ms
                .map_or(DEFAULT_TOKEN_LIFE, Duration::from_millis);
            json!(world.issue_token(&identity, life))
        }
        None => json!({}),
    }))
}

/// Returns the worker with this identity.
pub fn worker_named<'a>(world: &'a World, identity: &str) -> Result<&'a Worker, TwilioError> {
    let worker = world.taskrouter.worker_named(identity);
    worker.ok_or_else(|| Error::NotFound(format!("/agents/{identity}")).into())
}
