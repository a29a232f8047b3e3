//! The reminder of an agent who has many parked conversations.

use super::List;
use crate::plugin::effect::{NotificationId, ShimEffect};
use crate::plugin::json::integer;

impl List {
    /// Returns the reminder for an agent who has just parked the conversation `parked`, if they have at least `least` now. It names
    /// the oldest of the others. The list may not have the new row yet. Before the whole list has been read there is none.
    #[must_use]
    pub fn reminder(&self, parked: &str, least: u32) -> Option<ShimEffect> {
        let mut count = 1;
        let mut since = f64::INFINITY;
        let mut customer = None;
        for entry in self.rows.all() {
            if entry.key == parked {
                continue;
            }
            count += 1;
            let data = &entry.data;
            if let Some(parked_at) = data.park.parked_at.filter(|at| *at < since) {
                since = parked_at;
                customer = data
                    .customer_name
                    .as_ref()
                    .or(data.customer_address.as_ref());
            }
        }
        let is_due = self.known && least != 0 && count >= least;
        is_due.then(|| ShimEffect::NotifyCount {
            id: NotificationId::ParkInteractionManyParked,
            count,
            customer: customer.cloned().unwrap_or_default(),
            since: integer((since / 1_000.0).floor()).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    use serde_json::{json, Value};

    use super::super::ranges::FIRST;
    use super::super::tests::{sid, NATIVE};
    use super::super::Setup;
    use super::*;
    use crate::plugin::json::Json;

    const NOW: f64 = 1_800_000_000_000.0;

    fn item(number: usize, data: &Value) -> Value {
        json!({ "key": sid(number), "data": data })
    }

    /// Makes a list that has read `items`, or only a part of the map.
    fn list(items: &Value, is_read: bool) -> List {
        let setup = Json::from(&json!({ "workerSid": "WK00000000000000000000000000000001" }));
        let mut list = List::new(Setup::read(&setup).unwrap(), NATIVE, NOW);
        assert!(list.connection(true, "connected"));
        let number = list.begin(NOW);
        list.page((number, FIRST), &Json::from(items), is_read, NOW);
        list
    }

    fn three() -> Value {
        json!([
            item(
                1,
                &json!({ "customerName": "Wanda", "parkedAt": NOW - 2_000.0 })
            ),
            item(
                2,
                &json!({ "customerAddress": "sms:+1", "parkedAt": NOW - 9_500.0 })
            ),
            item(3, &json!({ "customerName": "Nora" })),
        ])
    }

    fn told(list: &List, parked: usize, least: u32) -> Option<(u32, String, u32)> {
        match list.reminder(&sid(parked), least)? {
            ShimEffect::NotifyCount {
                id: NotificationId::ParkInteractionManyParked,
                count,
                customer,
                since,
            } => Some((count, customer, since)),
            _ => None,
        }
    }

    #[test]
    fn the_oldest_of_the_others_is_named() {
        let list = list(&three(), true);
        let oldest = |count| Some((count, "+1".to_owned(), 1_799_999_990));
        assert_eq!(told(&list, 4, 4), oldest(4), "the new row has not come yet");
        assert_eq!(told(&list, 1, 3), oldest(3), "the new row is there");
        let wanda = Some((3, "Wanda".to_owned(), 1_799_999_998));
        assert_eq!(told(&list, 2, 1), wanda, "the new row is not the oldest");
    }

    #[test]
    fn there_is_no_reminder_of_few_or_of_unknown_rows() {
        assert_eq!(told(&list(&three(), true), 4, 0), None, "it is off");
        assert_eq!(told(&list(&three(), true), 4, 5), None);
        assert_eq!(told(&list(&three(), false), 4, 1), None, "not read yet");
    }

    #[test]
    fn without_others_nobody_is_named() {
        let list = list(&json!([]), true);
        assert_eq!(told(&list, 1, 1), Some((1, String::new(), 0)));
    }
}
