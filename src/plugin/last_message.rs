//! The last message on the agent's screen, which a park sends for its row.

use super::json::{integer, Json};
use super::window::customer_wrote_at;
use crate::last_line::{first_line, BY_AGENT, BY_CUSTOMER};
use crate::request::ParkTarget;

/// Reads the last message into the request. `view` has `lastMessage` (its text, whether the agent wrote it, and whether it has
/// attachments), `messages` and `task`; see [`customer_wrote_at`]. A value that is not as expected counts as missing.
pub fn read(view: &Json, target: &mut ParkTarget) {
    if let Json::List(message) = view.get("lastMessage") {
        if let [text, is_agents, has_media] = message.as_slice() {
            target.last_line = match text {
                Json::Text(text) => first_line(text),
                _ => None,
            };
            if target.last_line.is_some() || *has_media == Json::Bool(true) {
                let is_agents = *is_agents == Json::Bool(true);
                let by = if is_agents { BY_AGENT } else { BY_CUSTOMER };
                target.last_line_by = Some(by.into());
            }
        }
    }
    target.customer_wrote_at =
        customer_wrote_at(view).and_then(|(_, at)| integer((at / 1_000.0).floor()));
}
