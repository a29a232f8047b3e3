//! The REST API `flex-api.twilio.com` apart from interactions: configuration, plugins and users.

mod configuration;
mod plugins;
mod users;

use axum::Router;

use crate::sim::Sim;

/// Returns the routes of all of them.
pub fn routes() -> Router<Sim> {
    configuration::routes()
        .merge(plugins::routes())
        .merge(users::routes())
}
