//! The data of a row in the agent's list of parked conversations.
//!
//! The Functions write it into an item of a Sync map (`list_item`), and the plugin reads it from there (`plugin::list::entry`) and
//! shows it. A field that is declared here passes through all of that; see the module `stored`.

use crate::stored::stored;

stored! {
    /// The part of a row's data that the conversation's parked record keeps, so that a lost row comes back complete.
    pub struct ParkDetails<Time> {
        /// The time of the park. Absent where another plugin parked it.
        parked_at: Time = "parkedAt",
        /// The time at which the row leaves the list. Absent where it does not by itself.
        expires_at: Time = "expiresAt",
        /// The time at which the conversation comes back by itself. Absent where only a message brings it back.
        due_at: Time = "dueAt",
        /// The end of the longest wait that the owner allows. Absent where there is none.
        expiry_at: Time = "expiryAt",
        /// The name of the agent who parked.
        agent_name: String = "agentName",
        /// The name of the one who gave the conversation to its present agent. Absent where that agent parked it, and where the name
        /// is not known.
        given_by: String = "givenBy",
        /// The time of that.
        given_at: Time = "givenAt",
    }
}

stored! {
    /// The last message of a parked conversation. A customer's web chat can read a conversation's attributes, so only the row has it:
    /// a lost row comes back without it.
    pub struct LastMessage<Time> {
        /// The message's first line. Absent where it has no text.
        line: String = "lastLine" searched,
        /// The message's author: `agent` is the one who parked, and anybody else is `customer`. Absent where the message is not known.
        by: String = "lastLineBy",
        /// The time of the customer's last message, for channels that limit the time of an answer.
        customer_wrote_at: Time = "customerWroteAt",
        /// The number of the customer's messages that no agent has seen. Absent where they were not counted.
        unread: u32 = "unread",
    }
}

stored! {
    /// A row's data beside the names that the template's feature has.
    pub struct RowData<Time> with
        /// The part that the record keeps too.
        park: ParkDetails
        with
        /// The last message.
        last: LastMessage
    {
        /// The worker whose conversation it is: who parked it, or to whom it was given.
        worker_sid: String = "workerSid",
        /// The time of the oldest message that no agent has seen.
        unheard_since: Time = "unheardSince",
        /// The time that the first message of the customer does not change. Absent where each message brings it back.
        kept_until: Time = "keptUntil",
        /// The customer's name.
        customer_name: String = "customerName" searched,
        /// The customer's address.
        customer_address: String = "customerAddress" searched,
        /// The reason that the agent chose.
        reason: String = "reason" searched,
        /// The note that the agent wrote.
        note: String = "note" searched,
        /// The task's attribute of this name.
        channel_type: String = "channelType",
        /// The name of the queue that the parked task came from.
        queue_name: String = "queueName" searched,
    }
}

#[cfg(all(test, feature = "plugin", feature = "functions"))]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]

    use serde_json::{json, Value};

    use super::*;
    use crate::attributes::Attributes;
    use crate::last_line::BY_CUSTOMER;
    use crate::plugin::json::Json;

    const PARKED_AT: u64 = 1_790_000_000_000;

    fn row() -> RowData<u64> {
        RowData {
            park: ParkDetails {
                parked_at: Some(PARKED_AT),
                expires_at: Some(PARKED_AT + 1),
                due_at: Some(PARKED_AT + 3),
                expiry_at: Some(PARKED_AT + 4),
                agent_name: Some("Ada Agent".into()),
                given_by: Some("Sue Supervisor".into()),
                given_at: Some(PARKED_AT + 5),
            },
            last: LastMessage {
                line: Some("Here it is".into()),
                by: Some(BY_CUSTOMER.into()),
                customer_wrote_at: Some(PARKED_AT - 1),
                unread: Some(2),
            },
            worker_sid: Some("WK".into()),
            unheard_since: Some(PARKED_AT + 2),
            kept_until: Some(PARKED_AT + 3),
            customer_name: Some("Wanda".into()),
            customer_address: Some("whatsapp:+1".into()),
            reason: Some("Waiting for a number".into()),
            note: Some("Sends the order number tonight".into()),
            channel_type: Some("whatsapp".into()),
            queue_name: Some("Support".into()),
        }
    }

    fn written(row: &RowData<u64>) -> Value {
        let mut object = Attributes::default();
        row.write(&mut object);
        serde_json::from_str(&object.text()).unwrap()
    }

    #[test]
    fn both_sides_read_what_was_written() {
        let value = written(&row());
        let attributes = Attributes::parse(&value.to_string()).unwrap();
        assert_eq!(RowData::read(&attributes), row());
        // The plugin shows the values under the names under which it has read them.
        let read: RowData<f64> = RowData::read(&Json::from(&value));
        let shown = serde_json::to_value(&read).unwrap();
        assert_eq!(Json::from(&shown), Json::from(&value));
    }

    #[test]
    fn a_missing_value_is_left_out() {
        assert_eq!(written(&RowData::default()), json!({}));
    }

    /// Any agent's browser can write attributes, and any program can write items.
    #[test]
    fn a_damaged_value_counts_as_missing() {
        let whole = written(&row());
        for key in whole.as_object().unwrap().keys() {
            for damage in [json!(null), json!([]), json!({}), json!(true), json!("")] {
                let mut damaged = whole.clone();
                damaged[key] = damage.clone();
                let text = damaged.to_string();
                let read: RowData<u64> = RowData::read(&Attributes::parse(&text).unwrap());
                let mut expected = whole.clone();
                expected.as_object_mut().unwrap().remove(key);
                assert_eq!(written(&read), expected, "{key}: {damage}");
                let read: RowData<f64> = RowData::read(&Json::from(&damaged));
                let shown = Json::from(&serde_json::to_value(&read).unwrap());
                assert_eq!(*shown.get(key), Json::Null, "{key}: {damage}");
            }
        }
    }
}
