//! The frames of Twilsock.
//!
//! A frame is a line with the protocol's name and the size of the header, the header as JSON, and a payload
//! whose size and type are in the header. Source: the `twilsock` package.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::http::surrogates::{hide, json_text};

const MAGIC: &str = "TWILSOCK V3.0 ";
const BREAK: &[u8] = b"\r\n";

/// A message between the browser and Twilsock.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The header: `method`, `id` and more.
    pub header: Map<String, Value>,
    /// The payload; `Null` if the frame has none.
    pub payload: Value,
}

/// The reason why bytes are not a frame.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidFrame {
    /// The first line names another protocol.
    #[error("expected the frame to start with `TWILSOCK V3.0 ` and the header's size")]
    Magic,
    /// The frame ends before its header does.
    #[error("expected a header of {size} bytes")]
    HeaderSize {
        /// The size in the first line.
        size: usize,
    },
    /// The header is not a JSON object.
    #[error("expected the header to be a JSON object")]
    Header,
    /// The frame ends before its payload does.
    #[error("expected a payload of {size} bytes")]
    PayloadSize {
        /// The size in the header.
        size: usize,
    },
    /// The payload is neither JSON nor text.
    #[error("expected the payload to be JSON or UTF-8 text")]
    Payload,
}

impl Frame {
    /// Creates a frame. `header` must be an object.
    #[must_use]
    pub fn new(header: Value, payload: Value) -> Self {
        let header = match header {
            Value::Object(header) => header,
            _ => Map::new(),
        };
        Self { header, payload }
    }

    /// Returns a text of the header, or an empty text.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.header
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Decodes a frame.
    pub fn decode(bytes: &[u8]) -> Result<Self, InvalidFrame> {
        let rest = bytes
            .strip_prefix(MAGIC.as_bytes())
            .ok_or(InvalidFrame::Magic)?;
        let (size, rest) = split_at_break(rest).ok_or(InvalidFrame::Magic)?;
        let size: usize = std::str::from_utf8(size)
            .ok()
            .and_then(|size| size.trim().parse().ok())
            .ok_or(InvalidFrame::Magic)?;
        let (header, rest) = rest
            .split_at_checked(size)
            .ok_or(InvalidFrame::HeaderSize { size })?;
        let header: Map<String, Value> =
            serde_json::from_slice(header).map_err(|_| InvalidFrame::Header)?;
        let payload = payload(&header, rest.strip_prefix(BREAK).unwrap_or(rest))?;
        Ok(Self { header, payload })
    }

    /// Encodes the frame, with the size and type of the payload in the header.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let payload = if self.payload.is_null() {
            String::new()
        } else {
            json_text(&self.payload)
        };
        let mut header = self.header.clone();
        header.insert("payload_size".into(), payload.len().into());
        if !payload.is_empty() {
            header.insert("payload_type".into(), "application/json".into());
        }
        let header = Value::Object(header).to_string();
        format!("{MAGIC}{}\r\n{header}\r\n{payload}", header.len()).into_bytes()
    }
}

fn split_at_break(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.windows(BREAK.len()).position(|pair| pair == BREAK)?;
    Some((bytes.get(..at)?, bytes.get(at + BREAK.len()..)?))
}

/// Decodes a payload. The SDKs use `application/json` also for an empty payload, and send some bodies as JSON
/// within a JSON text.
fn payload(header: &Map<String, Value>, bytes: &[u8]) -> Result<Value, InvalidFrame> {
    let size = header
        .get("payload_size")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let bytes = bytes
        .get(..size)
        .ok_or(InvalidFrame::PayloadSize { size })?;
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| InvalidFrame::Payload)?;
    Ok(serde_json::from_str(&hide(text)).unwrap_or_else(|_| Value::String(text.to_owned())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::json;

    use super::*;

    #[test]
    fn frames_round_trip() {
        let frame = Frame::new(
            json!({"method": "reply", "id": "TM1", "payload_size": 18, "payload_type": "application/json"}),
            json!({"body": "Grüße"}),
        );
        assert_eq!(Frame::decode(&frame.encode()).unwrap(), frame);
    }

    #[test]
    fn sizes_count_bytes_not_characters() {
        let bytes = Frame::new(json!({"name": "é"}), json!("é")).encode();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(r#""payload_size":4"#), "{text}");
        let header = text.split("\r\n").nth(1).unwrap();
        assert!(
            text.starts_with(&format!("TWILSOCK V3.0 {}\r\n", header.len())),
            "{text}"
        );
    }

    #[test]
    fn empty_payloads_are_decoded() {
        let frame =
            Frame::decode(b"TWILSOCK V3.0 32\r\n{\"method\":\"ping\",\"payload_size\":0}\r\n")
                .unwrap_err();
        assert_eq!(frame, InvalidFrame::Header);
        let frame =
            Frame::decode(b"TWILSOCK V3.0 34\r\n{\"method\":\"ping\",\"payload_size\":0}\r\n")
                .unwrap();
        assert_eq!(
            (frame.text("method"), &frame.payload),
            ("ping", &Value::Null)
        );
    }

    #[test]
    fn invalid_frames_are_refused() {
        for (bytes, expected) in [
            (&b""[..], InvalidFrame::Magic),
            (b"HTTP/1.1 200 OK\r\n", InvalidFrame::Magic),
            (b"TWILSOCK V3.0 x\r\n{}\r\n", InvalidFrame::Magic),
            (
                b"TWILSOCK V3.0 99\r\n{}\r\n",
                InvalidFrame::HeaderSize { size: 99 },
            ),
            (b"TWILSOCK V3.0 2\r\n[]\r\n", InvalidFrame::Header),
            (
                b"TWILSOCK V3.0 18\r\n{\"payload_size\":9}\r\n{}",
                InvalidFrame::PayloadSize { size: 9 },
            ),
        ] {
            assert_eq!(Frame::decode(bytes).unwrap_err(), expected);
        }
    }
}
