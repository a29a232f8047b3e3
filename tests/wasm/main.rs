//! Tests of the boundary between the shim and the core in a real browser: each export with good, malformed and hostile
//! input, and the calls of the Functions over a fake `fetch`.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a panic is a failed test"
)]

mod batch;
mod browser;
mod calls;
mod hostile;
mod list;
mod plain;
mod returned;
mod watch;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
