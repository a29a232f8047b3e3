//! Twilio's published `OpenAPI` descriptions, and the validation of requests against them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

use super::error::TwilioError;
use super::percent_decoded;
use super::request::RestRequest;

/// The described hosts, and the files with their descriptions.
const FILES: [(&str, &str); 6] = [
    ("conversations.twilio.com", "twilio_conversations_v1.json"),
    ("events.twilio.com", "twilio_events_v1.json"),
    ("flex-api.twilio.com", "twilio_flex_v1.json"),
    ("serverless.twilio.com", "twilio_serverless_v1.json"),
    ("sync.twilio.com", "twilio_sync_v1.json"),
    ("taskrouter.twilio.com", "twilio_taskrouter_v1.json"),
];

/// The prefix of the paths that the descriptions omit: a public beta for the users of Flex.
const UNDESCRIBED: &str = "/v4/";

/// The reason why the descriptions cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} cannot be read ({error}); it comes with the npm package @twilio/cli-core, or name its folder with --openapi", path.display())]
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{} is not an OpenAPI description: {reason}", path.display())]
    Malformed { path: PathBuf, reason: String },
}

/// A mismatch between a request and the description of its route.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The path does not exist, or not with that method.
    #[error("{method} {path} is not in Twilio's API")]
    UnknownRoute { method: String, path: String },
    #[error("{name} is not a parameter of this request")]
    UnknownParameter { name: String },
    #[error("{name} is required")]
    Missing { name: String },
    /// A parameter's value does not match its schema.
    #[error("{name} is not valid: expected {expected}")]
    Invalid { name: String, expected: String },
}

impl From<Mismatch> for TwilioError {
    fn from(mismatch: Mismatch) -> Self {
        match mismatch {
            Mismatch::UnknownRoute { .. } => Self::new(404, 20404, mismatch.to_string()),
            _ => Self::new(400, 20001, mismatch.to_string()),
        }
    }
}

/// All descriptions, by host.
pub struct Descriptions {
    hosts: BTreeMap<&'static str, Vec<Operation>>,
}

struct Operation {
    method: String,
    segments: Vec<Segment>,
    query: BTreeMap<String, Parameter>,
    form: BTreeMap<String, Parameter>,
    takes_json: bool,
}

enum Segment {
    Fixed(String),
    Named(String, ValueSchema),
}

struct Parameter {
    required: bool,
    kind: ValueSchema,
}

/// The schema of a value.
#[derive(Default)]
struct ValueSchema {
    pattern: Option<Regex>,
    /// Allowed values; Twilio compares them without regard to case.
    values: BTreeSet<String>,
    integer: bool,
    boolean: bool,
    minimum: Option<i64>,
    maximum: Option<i64>,
}

impl Descriptions {
    /// Loads all descriptions from a folder.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let read = |(host, file): (&'static str, &str)| {
            let path = folder.join(file);
            let text = std::fs::read_to_string(&path).map_err(|error| Error::Unreadable {
                path: path.clone(),
                error,
            })?;
            let operations = serde_json::from_str(&text)
                .map_err(|error| error.to_string())
                .and_then(|description| operations(&description))
                .map_err(|reason| Error::Malformed { path, reason })?;
            Ok((host, operations))
        };
        Ok(Self {
            hosts: FILES.into_iter().map(read).collect::<Result<_, Error>>()?,
        })
    }

    /// Validates a request. Requests to hosts without a description pass.
    pub fn check(&self, request: &RestRequest) -> Result<(), Mismatch> {
        let Some(operations) = self.hosts.get(request.host.as_str()) else {
            return Ok(());
        };
        if request.path.starts_with(UNDESCRIBED) {
            return Ok(());
        }
        let path: Vec<String> = request
            .path
            .split('/')
            .skip(1)
            .map(percent_decoded)
            .collect();
        let mut on_path = operations.iter().filter(|operation| operation.is_at(&path));
        let operation = on_path.find(|operation| {
            operation
                .method
                .eq_ignore_ascii_case(request.method.as_str())
        });
        let operation = operation.ok_or_else(|| Mismatch::UnknownRoute {
            method: request.method.to_string(),
            path: request.path.clone(),
        })?;
        operation.check_path(&path)?;
        check_parameters(&operation.query, &request.query)?;
        if operation.takes_json {
            return Ok(());
        }
        check_parameters(&operation.form, &request.form)
    }
}

impl Operation {
    fn is_at(&self, path: &[String]) -> bool {
        self.segments.len() == path.len()
            && self
                .segments
                .iter()
                .zip(path)
                .all(|(segment, part)| match segment {
                    Segment::Fixed(name) => name == part,
                    Segment::Named(..) => !part.is_empty(),
                })
    }

    fn check_path(&self, path: &[String]) -> Result<(), Mismatch> {
        let named = self
            .segments
            .iter()
            .zip(path)
            .filter_map(|(segment, part)| match segment {
                Segment::Fixed(_) => None,
                Segment::Named(name, kind) => Some((name, kind, part)),
            });
        for (name, kind, part) in named {
            kind.check(name, part)?;
        }
        Ok(())
    }
}

fn check_parameters(
    known: &BTreeMap<String, Parameter>,
    given: &[(String, String)],
) -> Result<(), Mismatch> {
    for (name, value) in given {
        let parameter = known
            .get(name)
            .ok_or_else(|| Mismatch::UnknownParameter { name: name.clone() })?;
        parameter.kind.check(name, value)?;
    }
    let missing = known
        .iter()
        .find(|(name, p)| p.required && !given.iter().any(|(given, _)| given == *name));
    match missing {
        Some((name, _)) => Err(Mismatch::Missing { name: name.clone() }),
        None => Ok(()),
    }
}

impl ValueSchema {
    fn check(&self, name: &str, value: &str) -> Result<(), Mismatch> {
        let invalid = |expected: String| {
            Err(Mismatch::Invalid {
                name: name.to_owned(),
                expected,
            })
        };
        if let Some(pattern) = self
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.is_match(value))
        {
            return invalid(format!("a text that matches {pattern}"));
        }
        if !self.values.is_empty()
            && !self
                .values
                .iter()
                .any(|known| known.eq_ignore_ascii_case(value))
        {
            let all: Vec<&str> = self.values.iter().map(String::as_str).collect();
            return invalid(format!("one of {}", all.join(", ")));
        }
        if self.boolean && !matches!(value, "true" | "false") {
            return invalid("true or false".into());
        }
        if self.integer {
            let least = self.minimum.unwrap_or(i64::MIN);
            let most = self.maximum.unwrap_or(i64::MAX);
            if !value
                .parse()
                .is_ok_and(|number| (least..=most).contains(&number))
            {
                return invalid("a whole number in range".into());
            }
        }
        Ok(())
    }
}

fn operations(description: &Value) -> Result<Vec<Operation>, String> {
    let paths = description
        .get("paths")
        .and_then(Value::as_object)
        .ok_or("no paths")?;
    let mut all = Vec::new();
    for (path, item) in paths {
        for method in ["get", "post", "put", "delete"] {
            if let Some(operation) = item.get(method) {
                all.push(read_operation(description, path, method, operation)?);
            }
        }
    }
    // Fixed segments first, so that `/Workers/Statistics` is not matched as a worker.
    all.sort_by_key(|operation| {
        operation
            .segments
            .iter()
            .map(|segment| matches!(segment, Segment::Named(..)))
            .collect::<Vec<_>>()
    });
    Ok(all)
}

fn read_operation(
    description: &Value,
    path: &str,
    method: &str,
    operation: &Value,
) -> Result<Operation, String> {
    let mut query = BTreeMap::new();
    let mut in_path = BTreeMap::new();
    for parameter in operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let name = parameter
            .get("name")
            .and_then(Value::as_str)
            .ok_or_else(|| format!("a parameter of {path} has no name"))?;
        let kind = kind(description, parameter.get("schema").unwrap_or(&Value::Null))?;
        let required = parameter
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        match parameter.get("in").and_then(Value::as_str) {
            Some("path") => drop(in_path.insert(name.to_owned(), kind)),
            Some("query") => drop(query.insert(name.to_owned(), Parameter { required, kind })),
            _ => {}
        }
    }
    let mut segments = Vec::new();
    for part in path.split('/').skip(1) {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        segments.push(match name {
            Some(name) => Segment::Named(name.to_owned(), in_path.remove(name).unwrap_or_default()),
            None => Segment::Fixed(part.to_owned()),
        });
    }
    let content = operation.pointer("/requestBody/content");
    let form = content.and_then(|content| content.get("application/x-www-form-urlencoded"));
    Ok(Operation {
        method: method.to_owned(),
        segments,
        query,
        form: form
            .map(|form| read_form(description, form))
            .transpose()?
            .unwrap_or_default(),
        takes_json: form.is_none() && content.is_some(),
    })
}

fn read_form(description: &Value, form: &Value) -> Result<BTreeMap<String, Parameter>, String> {
    let schema = resolved(description, form.get("schema").unwrap_or(&Value::Null));
    let names = |value: Option<&Value>| -> BTreeSet<String> {
        let list = value.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let required = names(schema.get("required"));
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    properties
        .map(|(name, schema)| {
            let parameter = Parameter {
                required: required.contains(name),
                kind: kind(description, schema)?,
            };
            Ok((name.clone(), parameter))
        })
        .collect()
}

fn kind(description: &Value, schema: &Value) -> Result<ValueSchema, String> {
    let schema = resolved(description, schema);
    if schema.get("type").and_then(Value::as_str) == Some("array") {
        return kind(description, schema.get("items").unwrap_or(&Value::Null));
    }
    let pattern = schema
        .get("pattern")
        .and_then(Value::as_str)
        .map(Regex::new)
        .transpose();
    let values = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let is = |name: &str| schema.get("type").and_then(Value::as_str) == Some(name);
    Ok(ValueSchema {
        pattern: pattern.map_err(|error| error.to_string())?,
        values: values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        integer: is("integer"),
        boolean: is("boolean"),
        minimum: schema.get("minimum").and_then(Value::as_i64),
        maximum: schema.get("maximum").and_then(Value::as_i64),
    })
}

/// Returns the schema to which a `$ref` points, or the schema itself.
fn resolved<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|name| name.strip_prefix('#'));
    target
        .and_then(|pointer| description.pointer(pointer))
        .unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};
    use serde_json::json;

    use super::*;

    fn descriptions() -> Descriptions {
        let sid = json!({"type": "string", "pattern": "^CH[0-9a-f]{32}$"});
        let description = json!({
            "paths": {"/v1/Things/{Sid}": {
                "get": {"parameters": [
                    {"name": "Sid", "in": "path", "required": true, "schema": sid},
                    {"name": "PageSize", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
                ]},
                "post": {
                    "parameters": [{"name": "Sid", "in": "path", "required": true, "schema": sid}],
                    "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {
                        "properties": {
                            "State": {"$ref": "#/components/schemas/state"},
                            "Filters": {"type": "array", "items": {"type": "string"}},
                        },
                        "required": ["State"],
                    }}}},
                },
            }},
            "components": {"schemas": {"state": {"type": "string", "enum": ["active", "closed"]}}},
        });
        Descriptions {
            hosts: BTreeMap::from([("sync.twilio.com", operations(&description).unwrap())]),
        }
    }

    fn rest_request(
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> RestRequest {
        let owned = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect()
        };
        RestRequest {
            method,
            host: "sync.twilio.com".into(),
            path: path.into(),
            raw_query: None,
            query: owned(query),
            form: owned(form),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    const THING: &str = "/v1/Things/CH00000000000000000000000000000001";

    #[test]
    fn a_request_as_described_passes() {
        let all = descriptions();
        assert_eq!(
            all.check(&rest_request(
                Method::GET,
                THING,
                &[("PageSize", "20")],
                &[]
            )),
            Ok(())
        );
        let form = [("State", "closed"), ("Filters", "a"), ("Filters", "b")];
        assert_eq!(
            all.check(&rest_request(Method::POST, THING, &[], &form)),
            Ok(())
        );
    }

    #[test]
    fn an_unknown_path_method_or_parameter_is_named() {
        let all = descriptions();
        let unknown = all.check(&rest_request(Method::DELETE, THING, &[], &[]));
        assert!(matches!(unknown, Err(Mismatch::UnknownRoute { .. })));
        let unknown = all.check(&rest_request(Method::GET, THING, &[("Size", "1")], &[]));
        assert_eq!(
            unknown,
            Err(Mismatch::UnknownParameter {
                name: "Size".into()
            })
        );
        let unknown = all.check(&rest_request(
            Method::POST,
            THING,
            &[],
            &[("State", "active"), ("state", "x")],
        ));
        assert_eq!(
            unknown,
            Err(Mismatch::UnknownParameter {
                name: "state".into()
            })
        );
    }

    #[test]
    fn a_missing_or_malformed_parameter_is_named() {
        let all = descriptions();
        assert_eq!(
            all.check(&rest_request(Method::POST, THING, &[], &[])),
            Err(Mismatch::Missing {
                name: "State".into()
            })
        );
        for (request, name) in [
            (
                rest_request(
                    Method::GET,
                    "/v1/Things/KD00000000000000000000000000000001",
                    &[],
                    &[],
                ),
                "Sid",
            ),
            (
                rest_request(Method::GET, THING, &[("PageSize", "0")], &[]),
                "PageSize",
            ),
            (
                rest_request(Method::POST, THING, &[], &[("State", "asleep")]),
                "State",
            ),
        ] {
            assert!(
                matches!(all.check(&request), Err(Mismatch::Invalid { name: found, .. }) if found == name)
            );
        }
    }
}
