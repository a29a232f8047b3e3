//! The functions' paths, for the handlers and the owner's commands.

use std::collections::BTreeMap;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::request::path;

/// Returns the paths of all functions as a JSON object. The keys are the names of the operations, such as `park`.
#[wasm_bindgen(js_name = functionPaths)]
#[must_use]
pub fn function_paths() -> String {
    let paths: BTreeMap<_, _> = path::ALL.iter().copied().collect();
    // Texts always have a JSON form.
    serde_json::to_string(&paths).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;

    /// Workflows, Studio flows and older plugins have these paths written down.
    #[test]
    fn paths_stay_as_they_are() {
        let paths: serde_json::Value = serde_json::from_str(&function_paths()).unwrap();
        assert_eq!(
            paths,
            serde_json::json!({
                "park": "/features/park-interaction/flex/park-interaction",
                "resume": "/features/park-interaction/flex/unpark-interaction",
                "settle": "/features/park-interaction/flex/settle-interaction",
                "check": "/features/park-interaction/flex/check-interaction",
                "keep": "/features/park-interaction/flex/keep-interaction",
                "give": "/features/park-interaction/flex/give-interaction",
                "end": "/features/park-interaction/flex/end-interaction",
                "access": "/features/park-interaction/flex/list-access",
                "wake": "/features/park-interaction/common/unpark-interaction",
                "restore": "/features/park-interaction/common/task-event",
                "reconcile": "/features/park-interaction/common/reconcile",
            })
        );
    }
}
