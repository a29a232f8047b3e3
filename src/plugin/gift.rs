//! Gift: a row of the agent's list that says that somebody has given them the conversation.

use super::json::{shortened, Json};
use crate::request::LONGEST_REASON;
use crate::row_data::RowData;
use crate::sid::ConversationSid;

/// The time within which a conversation that was given to the agent comes by itself, in milliseconds. Later they may have forgotten.
const COMES_WITHIN_MS: f64 = 12.0 * 3_600_000.0;

/// A conversation that was given to the agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Gift {
    /// The conversation.
    pub conversation: ConversationSid,
    /// The time, in milliseconds since 1970.
    pub given_at: f64,
    /// The name of the one who gave it.
    pub given_by: Option<String>,
    /// The customer's name.
    pub customer_name: Option<String>,
}

impl Gift {
    /// Reads an item of the agent's list. `None`: it was not given to them, or too long ago to come by itself.
    #[must_use]
    pub fn read(item: &Json, now: f64) -> Option<Self> {
        let row: RowData<f64> = RowData::read(item.get("data"));
        let given_at = row.park.given_at?;
        let is_recent = (given_at - now).abs() < COMES_WITHIN_MS;
        let conversation = item.get_text("key").filter(|_| is_recent)?;
        Some(Self {
            conversation: ConversationSid::parse(conversation).ok()?,
            given_at,
            given_by: row.park.given_by.as_deref().map(short),
            customer_name: row.customer_name.as_deref().map(short),
        })
    }
}

fn short(name: &str) -> String {
    shortened(name, LONGEST_REASON).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{json, Value};

    use super::super::task::tests::json;
    use super::*;

    const NOW: f64 = 1_790_000_000_000.0;

    fn item(data: &Value) -> Json {
        json(&json!({ "key": ConversationSid::example(), "data": data }))
    }

    fn names(data: &Value) -> Option<(Option<String>, Option<String>)> {
        let gift = Gift::read(&item(data), NOW)?;
        Some((gift.given_by, gift.customer_name))
    }

    #[test]
    fn a_gift_is_read_as_the_functions_write_it() {
        let row = json!({ "givenAt": NOW - 1.0, "givenBy": "Sue", "customerName": "Charlie" });
        let expected = Gift {
            conversation: ConversationSid::example(),
            given_at: NOW - 1.0,
            given_by: Some("Sue".into()),
            customer_name: Some("Charlie".into()),
        };
        assert_eq!(Gift::read(&item(&row), NOW), Some(expected));
    }

    /// Any agent's browser can write an item.
    #[test]
    fn what_is_malformed_counts_as_missing() {
        for (name, read) in [
            (json!(7), None),
            (json!({ "toString": 1 }), None),
            (json!(["Sue"]), None),
            (json!(" "), None),
            (json!("n".repeat(61)), Some("n".repeat(60))),
        ] {
            let row = json!({ "givenAt": NOW, "givenBy": name, "customerName": name });
            assert_eq!(names(&row), Some((read.clone(), read)), "{name}");
        }
        for at in [json!("1790000000000"), json!(true), json!(-1), json!(null)] {
            assert_eq!(names(&json!({ "givenAt": at })), None, "{at}");
        }
        for data in [json!(null), json!("givenAt"), json!([NOW])] {
            assert_eq!(names(&data), None, "{data}");
        }
        for key in [json!(null), json!(1), json!("CH1")] {
            let item = json(&json!({ "key": key, "data": { "givenAt": NOW } }));
            assert_eq!(Gift::read(&item, NOW), None, "{key}");
        }
    }

    #[test]
    fn a_gift_of_long_ago_does_not_come_by_itself() {
        let hours = |hours: f64| names(&json!({ "givenAt": NOW + hours * 3_600_000.0 })).is_some();
        assert!(hours(-11.9) && hours(0.1));
        assert!(!hours(-12.0) && !hours(12.0));
    }
}
