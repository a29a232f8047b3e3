//! Lone surrogates: half an emoji in JSON, as a client sends it that cuts a text in the middle.
//!
//! JSON may contain the escape of one half of a surrogate pair, and Twilio returns it as it was sent. Rust's
//! strings cannot contain one. Therefore each is stored as a character of Unicode's last private use area, and
//! becomes its escape again in all JSON that leaves the simulator.

use std::borrow::Cow;
use std::fmt::Write;

use axum::body::{to_bytes, Body};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use serde_json::Value;

/// The first surrogate, and the number of surrogates.
const FIRST: u32 = 0xD800;
const COUNT: u32 = 0x800;
/// The distance from a surrogate to the character that stands for it.
const SHIFT: u32 = 0x10_F800 - FIRST;
/// The replacement in forms, which cannot carry lone surrogates.
const REPLACEMENT: char = '?';

/// Replaces the escapes of lone surrogates in a JSON text, so that it can be parsed.
#[must_use]
pub fn hide(json: &str) -> Cow<'_, str> {
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let mut hidden = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        hidden.push_str(before);
        let length = match surrogate(escape) {
            Some(high) if is_high(high) && surrogate(after(escape, 6)).is_some_and(is_low) => 12,
            Some(lone) => {
                hidden.extend(char::from_u32(lone + SHIFT));
                rest = after(escape, 6);
                continue;
            }
            None => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        hidden.push_str(escape.get(..length).unwrap_or(escape));
        rest = after(escape, length);
    }
    hidden.push_str(rest);
    Cow::Owned(hidden)
}

/// Replaces the stored characters by the escapes of lone surrogates.
#[must_use]
pub fn restore(json: &str) -> Cow<'_, str> {
    if !json.contains(|c| kept(c).is_some()) {
        return Cow::Borrowed(json);
    }
    let mut restored = String::with_capacity(json.len());
    for c in json.chars() {
        match kept(c) {
            // Writing to a `String` never fails.
            Some(code) => drop(write!(restored, "\\u{code:04x}")),
            None => restored.push(c),
        }
    }
    Cow::Owned(restored)
}

/// Serializes a value as a JSON text for use inside another JSON text.
#[must_use]
pub fn json_text(value: &Value) -> String {
    restore(&value.to_string()).into_owned()
}

/// Returns a text for a form, which cannot carry lone surrogates.
#[must_use]
pub fn for_form(text: &str) -> String {
    let plain = |c| kept(c).map_or(c, |_| REPLACEMENT);
    text.chars().map(plain).collect()
}

/// Restores the lone surrogates in a JSON response.
pub async fn restore_in(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    match std::str::from_utf8(&bytes).map(restore) {
        Ok(Cow::Owned(restored)) => {
            parts.headers.remove(CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(restored))
        }
        _ => Response::from_parts(parts, Body::from(bytes)),
    }
}

/// Returns the surrogate whose escape is at the start of a text.
fn surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let code = u32::from_str_radix(digits, 16).ok()?;
    (FIRST..FIRST + COUNT).contains(&code).then_some(code)
}

fn is_high(code: u32) -> bool {
    code < FIRST + COUNT / 2
}

fn is_low(code: u32) -> bool {
    !is_high(code)
}

/// Returns the surrogate for which this character stands.
fn kept(c: char) -> Option<u32> {
    let code = u32::from(c).checked_sub(SHIFT)?;
    (FIRST..FIRST + COUNT).contains(&code).then_some(code)
}

fn after(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole emoji, escaped backslashes and other escapes must stay as they are.
    #[test]
    fn only_lone_surrogates_are_replaced() {
        for kept in [
            r#"{"a":"plain"}"#,
            r#"{"a":"\ud83d\ude00"}"#,
            r#"{"a":"\\ud83d"}"#,
            r#"{"a":"\n\u00e4\""}"#,
            r"\",
        ] {
            assert_eq!(hide(kept), kept);
        }
        for lone in [
            r#"{"a":"x\ud83d"}"#,
            r#"{"a":"\ude00y"}"#,
            r#"["\ud83d\ud83d\ude00"]"#,
            r#"["\ud83d\n"]"#,
        ] {
            let hidden = hide(lone);
            assert!(serde_json::from_str::<Value>(&hidden).is_ok(), "{lone}");
            assert_eq!(restore(&hidden), lone);
        }
    }

    #[test]
    fn a_form_gets_a_question_mark() {
        let hidden = hide(r#""x\ud83d""#);
        assert_eq!(for_form(&hidden), "\"x?\"");
    }
}
