//! The endpoints that list and change readings.

use axum::extract::{Json, State};
use serde_json::{json, Map, Value};

use super::Reply;
use crate::http::error::TwilioError;
use crate::readings::{UnknownReading, TABLE};
use crate::sim::Sim;

/// Lists every reading with its current value and its value at the start.
pub async fn list(State(sim): State<Sim>) -> Json<Value> {
    let now = sim.world.lock().readings.by_name();
    let initially = sim.initial_readings.by_name();
    let shown = TABLE.iter().map(|reading| {
        let mut shown = json!(reading);
        if let Value::Object(fields) = &mut shown {
            let value = |of: &Map<String, Value>| of.get(reading.name).cloned().unwrap_or_default();
            fields.insert("value".into(), value(&now));
            fields.insert("initialValue".into(), value(&initially));
        }
        shown
    });
    Json(shown.collect())
}

/// Sets the readings that the body names. The others keep their values.
pub async fn change(State(sim): State<Sim>, Json(values): Json<Map<String, Value>>) -> Reply {
    {
        let mut world = sim.world.lock();
        let mut readings = world.readings;
        readings.merge(&values)?;
        world.set_readings(readings)?;
    }
    Ok(list(State(sim)).await)
}

/// Restores the values that all readings had at the start.
pub async fn restore(State(sim): State<Sim>) -> Reply {
    sim.world.lock().set_readings(sim.initial_readings)?;
    Ok(list(State(sim)).await)
}

impl From<UnknownReading> for TwilioError {
    fn from(error: UnknownReading) -> Self {
        Self::new(400, 20001, error.to_string())
    }
}
