//! The frames of Twilsock: a line with the protocol's name and the header's size, the header as JSON,
//! and a payload whose size and type the header gives.
//!
//! The shape is the one that the `twilsock` package reads and writes.

use serde_json::{Map, Value};
use thiserror::Error;

use crate::surrogates::{hide, json_text};

const MAGIC: &str = "TWILSOCK V3.0 ";
const BREAK: &[u8] = b"\r\n";

/// One message between the browser and Twilsock.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What it is about: `method`, `id` and more.
    pub header: Map<String, Value>,
    /// Its content; `Null` when there is none.
    pub payload: Value,
}

/// Why bytes are not a frame.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidFrame {
    /// The first line is another protocol's.
    #[error("expected the frame to start with `TWILSOCK V3.0 ` and the header's size")]
    Magic,
    /// The frame ends before its header does.
    #[error("expected a header of {size} bytes")]
    HeaderSize {
        /// The size that the first line gives.
        size: usize,
    },
    /// The header is not a JSON object.
    #[error("expected the header to be a JSON object")]
    Header,
    /// The frame ends before its payload does.
    #[error("expected a payload of {size} bytes")]
    PayloadSize {
        /// The size that the header gives.
        size: usize,
    },
    /// The payload is neither JSON nor text.
    #[error("expected the payload to be JSON or UTF-8 text")]
    Payload,
}

impl Frame {
    /// A frame with this header, an object, and this payload.
    #[must_use]
    pub fn new(header: Value, payload: Value) -> Self {
        let header = match header {
            Value::Object(header) => header,
            _ => Map::new(),
        };
        Self { header, payload }
    }

    /// A text of the header, empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.header
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Reads a frame.
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

    /// Writes the frame, with the payload's size and type in the header.
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

/// The SDKs say `application/json` of JSON and of no payload at all, and send some bodies as JSON in a JSON text.
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
    fn a_frame_survives_the_way_there_and_back() {
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
    fn a_frame_without_a_payload_is_read_as_the_sdk_writes_it() {
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
    fn what_is_not_a_frame_is_refused_and_never_a_panic() {
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
