//! Conversion of JavaScript values to plain data, and back.

use js_sys::{Array, Error, JsString, Reflect, JSON};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};

use super::json::Json;
use super::list::text::is_accent;
use super::to_json::ToJson;

/// The deepest level that is read; deeper values are null. No field that parking needs is that deep, and every stack is
/// large enough for it.
const MAX_DEPTH: u8 = 16;

/// The most values that are read; later ones are left out. No configuration has as many, and an object that contains
/// itself would be read without end.
const MAX_VALUES: u32 = 50_000;

/// Reads plain data. Functions and symbols become null. A getter that throws is an error.
pub fn take(value: &JsValue) -> Result<Json, JsValue> {
    read(value, MAX_DEPTH, &mut { MAX_VALUES }).map_err(|_| error())
}

/// Makes plain objects and arrays. By default serde would make a JavaScript `Map` of a map.
pub fn give(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let value = value.serialize(ToJson).map_err(|_| error())?;
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|_| error())
}

/// Parses JSON. Returns null for any other text.
pub fn parse(text: &str) -> Json {
    let value = JSON::parse(text).and_then(|value| take(&value));
    value.unwrap_or_default()
}

/// Folds a text for search: texts that differ only in case, accents or width become the same. The browser has the
/// tables for this.
pub fn fold(text: &str) -> String {
    let folded = JsString::from(text).normalize("NFKD").to_lower_case();
    String::from(folded)
        .chars()
        .filter(|character| !is_accent(*character))
        .collect()
}

fn read(value: &JsValue, depth: u8, values: &mut u32) -> Result<Json, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(Json::Text(text));
    }
    if let Some(number) = value.as_f64() {
        return Ok(Json::Number(number));
    }
    if let Some(flag) = value.as_bool() {
        return Ok(Json::Bool(flag));
    }
    let (true, Some(below)) = (value.is_object(), depth.checked_sub(1)) else {
        return Ok(Json::Null);
    };
    if let Some(array) = value.dyn_ref::<Array>() {
        let mut items = Vec::new();
        for item in array.iter() {
            if !spend(values) {
                break;
            }
            items.push(read(&item, below, values)?);
        }
        return Ok(Json::List(items));
    }
    let mut entries = Vec::new();
    for key in Reflect::own_keys(value)?.iter() {
        let Some(name) = key.as_string().filter(|_| spend(values)) else {
            continue;
        };
        entries.push((name, read(&Reflect::get(value, &key)?, below, values)?));
    }
    Ok(Json::Map(entries))
}

fn spend(values: &mut u32) -> bool {
    let left = values.checked_sub(1);
    *values = left.unwrap_or_default();
    left.is_some()
}

/// Makes a JavaScript `Error` with a name for people and a variant for programs. It does not quote the value, because a
/// customer may have written it.
fn error() -> JsValue {
    let error = Error::new("expected plain data, as in JSON");
    error.set_name("ParkInteractionError");
    // Setting a field of a new object cannot fail.
    let _ = Reflect::set(&error, &"variant".into(), &"notPlainData".into());
    error.into()
}
