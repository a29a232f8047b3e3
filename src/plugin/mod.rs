//! The plugin's side: what the agent sees and what is asked of the Functions.
//!
//! Everything decides on plain data and is tested natively. Only `backend`, `exports` and `value`
//! touch the browser.

pub mod button;
pub mod call;
pub mod effect;
pub mod json;
pub mod list;
pub mod operation;
pub mod park;
pub mod reply;
pub mod settings;
pub mod settle;
pub mod task;
pub mod unpark;
pub mod watch;

#[cfg(target_arch = "wasm32")]
mod backend;
#[cfg(target_arch = "wasm32")]
pub mod exports;
#[cfg(target_arch = "wasm32")]
mod value;

/// Half as large as the standard library's, and as thrifty: it joins what is freed.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
