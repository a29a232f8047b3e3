//! What is made from the table of flags: the JSON Schema and the tables of the READMEs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use park_interaction::flags::{self, Flag, FEATURE};
use park_interaction::plugin::settings::{DOMAIN, PORT, PROTOCOL};
use serde_json::{json, Map, Value};

use crate::failure::Failure;
use crate::keys::CUSTOM_DATA;

const SCHEMA: &str = "schema.json";
/// The READMEs that have the table, from the folder of the files.
const READMES: [&str; 2] = ["README.md", "../README.md"];
const BEGIN: &str = "<!-- flags: written by `npm run flex-config -- generate` -->\n";
const END: &str = "<!-- flags end -->";

/// Writes all of it.
pub fn write(folder: &Path) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    save(&folder.join(SCHEMA), &format!("{text}\n"))?;
    for readme in READMES {
        let path = folder.join(readme);
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error.to_string()))?;
        let text = with_table(&text)
            .ok_or_else(|| failed(&path, &format!("expected the lines {BEGIN}and {END}")))?;
        save(&path, &text)?;
    }
    Ok(())
}

fn save(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| failed(path, &error.to_string()))
}

fn failed(path: &Path, why: &str) -> Failure {
    Failure::Wrong(format!("error: {}: {why}", path.display()))
}

/// The text with the table between the marks.
fn with_table(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", table()))
}

/// The flags for people.
fn table() -> String {
    let mut rows =
        String::from("| flag | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for flag in flags::ALL {
        let (value, default) = match flag {
            Flag::Switch(switch) => ("`true`, `false`".to_owned(), switch.default.to_string()),
            Flag::Whole(whole) => {
                let (least, most) = whole.range;
                (format!("`{least}` to `{most}`"), whole.default.to_string())
            }
        };
        let (name, meaning) = (flag.name(), flag.meaning());
        // Writing to a String cannot fail.
        let _ = writeln!(rows, "| `{name}` | {value} | `{default}` | {meaning} |");
    }
    rows
}

/// The files `ui_attributes.*.json` for editors.
fn schema() -> Value {
    let flags: Map<String, Value> = flags::ALL
        .iter()
        .map(|flag| (flag.name().to_owned(), flag_schema(flag)))
        .collect();
    let [features, feature] = FEATURE;
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "What Park Interaction reads of `ui_attributes` in Flex's configuration",
        "type": "object",
        "properties": { CUSTOM_DATA: {
            "type": "object",
            "properties": {
                DOMAIN: {
                    "description": "The domain of the deployed Functions",
                    "type": "string",
                    "pattern": "^[A-Za-z0-9.-]+$",
                },
                PROTOCOL: {
                    "description": "How the Functions are called",
                    "enum": ["https", "http", ""],
                    "default": "https",
                },
                PORT: {
                    "description": "The port of the Functions; none unless it is set",
                    "anyOf": [
                        { "type": "integer", "minimum": 1, "maximum": u16::MAX },
                        { "type": "string", "pattern": "^[0-9]{0,5}$" },
                    ],
                },
                features: { "type": "object", "properties": { feature: {
                    "description": "Park Interaction",
                    "type": "object",
                    "properties": flags,
                    "additionalProperties": false,
                } } },
            },
        } },
    })
}

fn flag_schema(flag: &Flag) -> Value {
    match flag {
        Flag::Switch(switch) => json!({
            "description": switch.meaning,
            "type": "boolean",
            "default": switch.default,
        }),
        Flag::Whole(whole) => json!({
            "description": whole.meaning,
            "type": "integer",
            "minimum": whole.range.0,
            "maximum": whole.range.1,
            "default": whole.default,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]
    use super::*;
    use crate::keys;

    const AGAIN: &str = "run `npm run flex-config -- generate`";

    fn folder() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn the_schema_is_what_the_flags_say() {
        let committed = fs::read_to_string(folder().join(SCHEMA)).unwrap();
        let committed: Value = serde_json::from_str(&committed).unwrap();
        assert_eq!(committed, schema(), "{AGAIN}");
    }

    #[test]
    fn the_schema_knows_every_key_that_is_ours() {
        for key in keys::all() {
            let schema = key.path.iter().fold(schema(), |schema, name| {
                schema["properties"][name.as_str()].clone()
            });
            assert!(schema["description"].is_string(), "{:?}", key.path);
        }
    }

    #[test]
    fn the_tables_are_what_the_flags_say() {
        for readme in READMES {
            let committed = fs::read_to_string(folder().join(readme)).unwrap();
            assert!(
                with_table(&committed).unwrap() == committed,
                "{readme}: {AGAIN}"
            );
        }
    }
}
