//! Park a messaging conversation in Twilio Flex.
//!
//! The decisions live here, once, for all sides: the plugin in the agent's browser, the Twilio Functions behind it, and the commands of
//! the account's owner. Nothing in this crate performs IO except the adapters in `plugin` and `functions`.
//!
//! Layers, from the bottom up. A module uses only modules of lower layers; `tests/scripts/layers.test.mjs` checks this list.
//!
//! 1. [`answer_window`], [`flags`], [`last_line`], [`refusal`], [`sid`], [`task_attributes`], [`text`]: values of one field, keys of others.
//! 2. [`attributes`], [`identity`], [`reply`], [`sync_name`]: JSON of others, identities in addresses, the outcomes of requests, names in
//!    Sync.
//! 3. [`stored`], [`worker_team`]: values that may be damaged, and teams from workers' attributes.
//! 4. [`twilio`]: Twilio's REST APIs, one call to a file.
//! 5. [`guardian`], [`request`], [`row_data`], [`waiting`]: the query of a webhook's URL, requests of the plugin, the fields of a row,
//!    the items of conversations that wait.
//! 6. [`park_note`]: the reason and the note of a park.
//! 7. [`history`], [`insights`]: what was done with a parked conversation, the figures for Flex Insights.
//! 8. [`record`]: the parked state in a conversation's attributes.
//! 9. [`list_item`]: the row in an agent's list.
//! 10. [`protocol`]: the operations, as state machines without IO.
//! 11. [`functions`], [`plugin`]: the sides in the Functions and in the browser.
//! 12. [`owner`]: the exports for the owner's commands.

pub mod answer_window;
#[cfg(feature = "functions")]
pub mod attributes;
pub mod flags;
#[cfg(feature = "functions")]
pub mod functions;
#[cfg(feature = "functions")]
pub mod guardian;
#[cfg(feature = "functions")]
pub mod history;
#[cfg(feature = "functions")]
pub mod identity;
#[cfg(feature = "functions")]
pub mod insights;
pub mod last_line;
#[cfg(feature = "functions")]
pub mod list_item;
#[cfg(feature = "owner")]
pub mod owner;
#[cfg(feature = "functions")]
pub mod park_note;
#[cfg(feature = "plugin")]
pub mod plugin;
#[cfg(feature = "functions")]
pub mod protocol;
#[cfg(feature = "functions")]
pub mod record;
pub mod refusal;
pub mod reply;
pub mod request;
pub mod row_data;
pub mod sid;
pub mod stored;
pub mod sync_name;
pub mod task_attributes;
#[cfg(feature = "functions")]
pub mod text;
#[cfg(feature = "functions")]
pub mod twilio;
#[cfg(feature = "functions")]
pub mod waiting;
#[cfg(feature = "functions")]
pub mod worker_team;
