//! The REST API `flex-api.twilio.com` without interactions: configuration, plugins and users.

mod configuration;
mod plugins;
mod users;

use axum::Router;

use crate::sim::Sim;

pub fn routes() -> Router<Sim> {
    configuration::routes()
        .merge(plugins::routes())
        .merge(users::routes())
}
