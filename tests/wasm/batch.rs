//! A batch across the boundary between the shim and the core.

use park_interaction::plugin::exports::supervisor::Batch;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::json;

#[wasm_bindgen_test]
fn the_shim_sees_places_times_and_results() {
    let mut batch = Batch::new(true, Some(3), None);
    for channel in ["web", "sms", "web", "web", "email"] {
        batch.add(channel);
    }
    assert_eq!(batch.start(), Some(0));
    assert_eq!(batch.start(), Some(1));
    assert_eq!(batch.start(), Some(2));
    assert_eq!((batch.start(), batch.next_start()), (None, None));
    assert_eq!(json(&batch.counts().into()), json!([0, 0, 0, 5]));
    assert!(batch.result(0).is_undefined());

    batch.answer(0, None, false, false);
    let unreachable = "ParkInteractionUnreachable".to_owned();
    batch.answer(1, Some(unreachable), true, true);
    let busy = "ParkInteractionBusy".to_owned();
    batch.answer(2, Some(busy), true, false);
    assert_eq!(json(&batch.result(0)), json!(["done", ""]));
    let unclear = json!(["unclear", "ParkInteractionUnreachable"]);
    assert_eq!(json(&batch.result(1)), unclear);
    assert!(batch.result(2).is_undefined(), "it is tried again");

    assert_eq!(batch.start(), Some(3));
    let wait = batch.next_start().unwrap();
    assert!(wait > 0.0 && wait <= 1_000.0, "{wait}");
    batch.cancel();
    batch.answer(3, None, false, false);
    assert_eq!(json(&batch.counts().into()), json!([2, 2, 1, 0]));
    let cancelled = json!(["notDone", "ParkInteractionBulkCancelled"]);
    assert_eq!(json(&batch.result(4)), cancelled);
    assert_eq!(
        json(&batch.result(2)),
        json!(["notDone", "ParkInteractionBusy"])
    );
}
