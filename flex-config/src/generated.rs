//! The JSON Schema and the tables of the READMEs, made from the declarations of the flags.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use park_interaction::flags::{self, Described, Flag, FEATURE, PER_QUEUE};
use park_interaction::plugin::settings::{DOMAIN, PORT, PROTOCOL};
use serde_json::{json, Map, Value};

use crate::failure::Failure;
use crate::keys::CUSTOM_DATA;

const SCHEMA: &str = "schema.json";
/// The READMEs that have a table, from the folder of the files. That of the project has the flags that most owners set.
const READMES: [(&str, Rows); 2] = [("README.md", Rows::All), ("../README.md", Rows::MostUsed)];
/// The flags that most owners set.
const MOST_USED: [&str; 6] = [
    "enabled",
    "show_list",
    "reasons",
    "same_agent_seconds",
    "expires_after_hours",
    "notify_customer",
];
const BEGIN: &str = "<!-- flags: written by `npm run flex-config -- generate` -->\n";
const END: &str = "<!-- flags end -->";

/// The flags of a table.
#[derive(Clone, Copy)]
enum Rows {
    All,
    MostUsed,
}

/// Writes all of them below `folder`, which is that of flex-config.
pub fn write(folder: &Path) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    save(&folder.join(SCHEMA), &format!("{text}\n"))?;
    for (readme, rows) in READMES {
        let path = folder.join(readme);
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error.to_string()))?;
        let text = with_table(&text, rows)
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

/// Returns the text with the table between the marks.
fn with_table(text: &str, rows: Rows) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", table(rows)))
}

/// Returns the table of the flags for admins.
fn table(rows: Rows) -> String {
    let mut table =
        String::from("| flag | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for Described { flag, meaning } in flags::ALL {
        let (name, value) = (flag.name(), values(flag));
        if matches!(rows, Rows::MostUsed) && !MOST_USED.contains(&name) {
            continue;
        }
        let schema = flag_schema(flag);
        let default = schema.get("default").map(Value::to_string);
        let default = default.unwrap_or_default().replace(',', ", ");
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| `{name}` | {value} | `{default}` | {meaning} |");
    }
    table
}

/// Returns the values of a flag for admins.
fn values(flag: &Flag) -> String {
    match flag {
        Flag::Bool(_) => "`true`, `false`".to_owned(),
        Flag::Integer(flag) => {
            let (least, most) = flag.range;
            format!("`{least}` to `{most}`")
        }
        Flag::Texts(flag) => {
            let (most, longest) = (flag.most, flag.longest);
            format!("a list of at most {most} texts of 1 to {longest} characters")
        }
        Flag::Integers(flag) => {
            let (most, (least, largest)) = (flag.most, flag.range);
            format!("a list of at most {most} numbers from `{least}` to `{largest}`")
        }
        Flag::Choice(flag) => format!("`{}`", flag.choices.join("`, `")),
        Flag::Queues(flag) => {
            let names = PER_QUEUE.map(|flag| flag.name()).join("`, `");
            let most = flag.most;
            format!(
                "an object of at most {most} queues, each with an object of the flags `{names}`"
            )
        }
    }
}

/// Returns the schema of the files `ui_attributes.*.json`, for editors.
fn schema() -> Value {
    let flags: Map<String, Value> = flags::ALL
        .iter()
        .map(|Described { flag, meaning }| {
            let mut schema = flag_schema(flag);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".into(), json!(meaning));
            }
            (flag.name().to_owned(), schema)
        })
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
        Flag::Bool(flag) => json!({
            "type": "boolean",
            "default": flag.default,
        }),
        Flag::Integer(flag) => json!({
            "type": "integer",
            "minimum": flag.range.0,
            "maximum": flag.range.1,
            "default": flag.default,
        }),
        Flag::Texts(flag) => json!({
            "type": "array",
            "maxItems": flag.most,
            "items": { "type": "string", "pattern": r"\S", "maxLength": flag.longest },
            "default": [],
        }),
        Flag::Integers(flag) => json!({
            "type": "array",
            "maxItems": flag.most,
            "items": { "type": "integer", "minimum": flag.range.0, "maximum": flag.range.1 },
            "default": flag.default,
        }),
        Flag::Choice(flag) => json!({
            "enum": flag.choices,
            "default": flag.default,
        }),
        Flag::Queues(flag) => {
            let properties: Map<String, Value> = PER_QUEUE
                .iter()
                .map(|flag| {
                    let mut schema = flag_schema(flag);
                    // Without a value of its own, a queue has that of all queues.
                    schema
                        .as_object_mut()
                        .map(|schema| schema.remove("default"));
                    (flag.name().to_owned(), schema)
                })
                .collect();
            json!({
                "type": "object",
                "maxProperties": flag.most,
                "additionalProperties": {
                    "type": "object",
                    "properties": properties,
                    "additionalProperties": false,
                },
                "default": {},
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a panic is a failed test"
    )]
    use std::slice;

    use super::*;
    use crate::check::check;
    use crate::files;
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
    fn the_common_file_has_only_keys_and_values_that_the_flags_allow() {
        let common = files::read_one(folder(), files::COMMON).unwrap();
        let checked = check(slice::from_ref(&common));
        assert_eq!(checked.findings, []);
    }

    #[test]
    fn the_tables_are_what_the_flags_say() {
        for (readme, rows) in READMES {
            let committed = fs::read_to_string(folder().join(readme)).unwrap();
            assert!(
                with_table(&committed, rows).unwrap() == committed,
                "{readme}: {AGAIN}"
            );
        }
    }

    #[test]
    fn the_most_used_flags_exist() {
        let written = table(Rows::MostUsed).lines().count();
        assert_eq!(written, MOST_USED.len() + 2);
    }
}
