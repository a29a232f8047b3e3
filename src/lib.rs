//! Park a messaging conversation in Twilio Flex.
//!
//! The decisions live here, once, for both sides: the plugin in the agent's browser and the
//! Twilio Functions behind it. Nothing in this crate performs IO except the adapters in
//! `plugin` and `functions`.

#[cfg(feature = "functions")]
pub mod attributes;
pub mod flags;
#[cfg(feature = "functions")]
pub mod functions;
#[cfg(feature = "functions")]
pub mod guardian;
#[cfg(feature = "functions")]
pub mod list_item;
#[cfg(feature = "plugin")]
pub mod plugin;
#[cfg(feature = "functions")]
pub mod protocol;
#[cfg(feature = "functions")]
pub mod record;
mod refusal;
pub mod reply;
pub mod request;
pub mod row_data;
pub mod sid;
mod stored;
pub mod sync_name;
pub mod task_attributes;
#[cfg(feature = "functions")]
pub mod twilio;
#[cfg(feature = "functions")]
pub mod waiting;
