//! The functions' paths and their version, for the handlers and the owner's commands.

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

/// Returns the version of this product, such as `0.2.0`.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use std::collections::BTreeSet;

    use super::*;
    use crate::reply::Reply;

    /// An operator's queries know the names from the schema.
    #[test]
    fn the_schema_of_log_lines_names_every_operation_and_outcome() {
        let schema = include_str!("../../docs/log-line.schema.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let listed = |pointer: &str| {
            let names = schema.pointer(pointer).unwrap().as_array().unwrap();
            names
                .iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect::<BTreeSet<_>>()
        };
        let operations = path::ALL
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        assert_eq!(listed("/properties/operation/enum"), operations);
        let outcomes = Reply::examples()
            .iter()
            .map(|reply| reply.name().to_string())
            .collect();
        assert_eq!(listed("/$defs/outcome/enum"), outcomes);
    }

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
                "change": "/features/park-interaction/flex/change-interaction",
                "end": "/features/park-interaction/flex/end-interaction",
                "access": "/features/park-interaction/flex/list-access",
                "team": "/features/park-interaction/flex/team-lists",
                "wake": "/features/park-interaction/common/unpark-interaction",
                "restore": "/features/park-interaction/common/task-event",
                "event": "/features/park-interaction/common/events",
                "reconcile": "/features/park-interaction/common/reconcile",
            })
        );
    }
}
