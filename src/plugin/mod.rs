//! The core of the plugin: the agent's view, and the calls of the Functions.
//!
//! All decisions use plain data and have native tests. Only `backend`, `exports` and `value` use the browser.

// These modules are public because a native build has no `exports`, which use all of them.
pub mod appointment;
#[cfg(feature = "supervisor")]
pub mod batch;
pub mod button;
pub mod call;
pub mod change;
pub mod channel;
pub mod close;
pub mod effect;
pub mod gift;
pub mod json;
pub mod keep;
pub mod last_message;
pub mod list;
pub mod operation;
pub mod park;
pub mod reply;
pub mod returned;
pub mod rules;
pub mod settings;
pub mod settle;
pub mod task;
#[cfg(feature = "supervisor")]
pub mod team;
pub mod to_json;
pub mod unpark;
pub mod version;
pub mod watch;
pub mod window;

#[cfg(target_arch = "wasm32")]
mod backend;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
mod value;

/// The allocator. It is half as large as the standard library's and joins freed blocks as well.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
