//! The program's surroundings: its output, Twilio, and time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request to Twilio, in the terms of the official client's `request`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// `get` or `post`.
    pub method: &'static str,
    /// The whole address, without a query.
    pub uri: String,
    /// The query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The fields of a form, or the text of a JSON body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Headers beside those of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Value>,
    /// How long to wait for the answer, in milliseconds.
    pub timeout: u32,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// An answer of Twilio, good or bad. The body is the text as it came: parsed in between, large numbers would be rounded.
    Answered { status: u16, body: String },
    /// No answer, and the network's reason, such as `ECONNREFUSED`.
    Unanswered(String),
}

/// All effects of the program beside reading and writing its files.
pub trait Outside {
    /// Prints a result.
    fn say(&mut self, line: &str);
    /// Prints a warning or an error.
    fn warn(&mut self, line: &str);
    /// Asks the person at the terminal. Returns true where there is none.
    fn confirm(&mut self, question: &str) -> bool;
    /// Sends a request to Twilio.
    fn send(&mut self, request: &Request) -> Answer;
    /// Returns a variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;
    /// Waits.
    fn pause(&mut self, time: Duration);
}
