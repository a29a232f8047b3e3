//! The figures about parking that Flex Insights reads, in the attribute `conversations` of a task.
//!
//! Insights takes what stands there when a task completes. The owner chooses the numbered fields for the values that have none of
//! their own; without the owner's choice nothing is written.
//!
//! Source: <https://www.twilio.com/docs/flex/developer/insights/enhance-integration>

use crate::attributes::Attributes;
use crate::request::InsightsFields;
use crate::sid::TaskSid;

/// The attribute.
const CONVERSATIONS: &str = "conversations";

/// The value of `outcome`, `followed_by` and `preceded_by`.
const PARK: &str = "Park";
const PARKED: &str = "Parked";

/// The values of the ended task alone. The next task is a copy of it and must not have them.
const OF_ONE_TASK: [&str; 4] = ["outcome", "followed_by", "preceded_by", "content"];

/// The beginning of the names of numbered measures, which belong to one task as well.
const MEASURE: &str = "conversation_measure_";
const ATTRIBUTE: &str = "conversation_attribute_";

/// The return of a conversation, in figures.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// The cause, by its name in the task's attribute `parked`.
    pub cause: &'a str,
    /// The time for which it was parked, in seconds.
    pub seconds: u64,
    /// The number of its parks.
    pub parks: u64,
}

/// Returns a task's attributes with the figures of its park. `None`: the attribute belongs to somebody else, because it is no
/// object.
#[must_use]
pub fn of_parked(
    task_attributes: &str,
    fields: InsightsFields,
    reason: Option<&str>,
) -> Option<String> {
    let mut attributes = Attributes::parse(task_attributes).ok()?;
    let mut conversations = read(&attributes)?;
    conversations.set("outcome", PARKED);
    conversations.set("followed_by", PARK);
    if let Some(reason) = reason {
        set(&mut conversations, ATTRIBUTE, fields.reason, reason);
    }
    attributes.set(CONVERSATIONS, &conversations);
    Some(attributes.text())
}

/// Returns a task's attributes, as they are now, without the figures of the park that was given up. `before` are those from which
/// [`of_parked`] has made `with`. Each field gets its former value, unless somebody else has changed it since. `None`: there
/// is nothing to take back.
#[must_use]
pub fn without_parked(now: &str, before: &str, with: &str) -> Option<String> {
    let [mut attributes, before, with] =
        [now, before, with].map(|text| Attributes::parse(text).ok());
    let (attributes, before, with) = (attributes.as_mut()?, before?, with?);
    let (mut now, former, ours) = (read(attributes)?, read(&before)?, read(&with)?);
    let value = |one: &Attributes, key: &str| one.raw(key).map(|raw| raw.get().to_owned());
    let mut is_changed = false;
    for key in ours.keys() {
        let our_value = value(&ours, key);
        if our_value == value(&former, key) || our_value != value(&now, key) {
            continue;
        }
        is_changed = true;
        match former.raw(key) {
            Some(raw) => now.set_raw(key, raw.to_owned()),
            None => {
                now.remove(key);
            }
        }
    }
    if !is_changed {
        return None;
    }
    match before.raw(CONVERSATIONS) {
        None if now.keys().next().is_none() => {
            attributes.remove(CONVERSATIONS);
        }
        _ => attributes.set(CONVERSATIONS, &now),
    }
    Some(attributes.text())
}

/// Takes the figures of an earlier park out of `attributes`, and its reason, which a customer's web chat must not read in the record.
pub fn forget_parked(attributes: &mut Attributes, fields: InsightsFields) {
    forget(attributes, &format!("{ATTRIBUTE}{}", fields.reason));
}

/// Takes the values of the ended task out of the next task's `attributes`.
pub fn forget_ended(attributes: &mut Attributes) {
    forget(attributes, "");
}

/// Takes out the values of one task, and the one of this name.
fn forget(attributes: &mut Attributes, name: &str) {
    if attributes.raw(CONVERSATIONS).is_none() {
        return;
    }
    let Some(mut conversations) = read(attributes) else {
        return;
    };
    let ended: Vec<String> = conversations
        .keys()
        .filter(|key| OF_ONE_TASK.contains(key) || key.starts_with(MEASURE) || *key == name)
        .map(Into::into)
        .collect();
    for key in ended {
        conversations.remove(&key);
    }
    attributes.set(CONVERSATIONS, &conversations);
}

/// Writes the figures of a return into the next task's `attributes`. `first` is the task that was parked, unless the attributes
/// name an earlier one.
pub fn write_return(
    attributes: &mut Attributes,
    fields: InsightsFields,
    first: Option<&TaskSid>,
    figures: Figures<'_>,
) {
    const CONVERSATION: &str = "conversation_id";
    let Some(mut conversations) = read(attributes) else {
        return;
    };
    if let (None, Some(first)) = (conversations.text_at(CONVERSATION), first) {
        conversations.set(CONVERSATION, first);
    }
    conversations.set("preceded_by", PARK);
    set(&mut conversations, ATTRIBUTE, fields.cause, figures.cause);
    set(
        &mut conversations,
        MEASURE,
        fields.seconds,
        &figures.seconds,
    );
    set(&mut conversations, MEASURE, fields.parks, &figures.parks);
    attributes.set(CONVERSATIONS, &conversations);
}

/// Returns the attribute, empty where there is none. `None`: it is no object.
fn read(attributes: &Attributes) -> Option<Attributes> {
    match attributes.raw(CONVERSATIONS) {
        Some(raw) if raw.get() != "null" => Attributes::parse(raw.get()).ok(),
        _ => Some(Attributes::default()),
    }
}

/// Sets a numbered field; 0 is none.
fn set<T: serde::Serialize + ?Sized>(
    conversations: &mut Attributes,
    kind: &str,
    number: u32,
    value: &T,
) {
    if number != 0 {
        conversations.set(&format!("{kind}{number}"), value);
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a failed test may panic"
    )]

    use serde_json::{json, Value};

    use super::*;

    const FIELDS: InsightsFields = InsightsFields {
        reason: 3,
        cause: 4,
        seconds: 1,
        parks: 2,
    };
    const FIGURES: Figures<'_> = Figures {
        cause: "message",
        seconds: 61,
        parks: 2,
    };

    fn value(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_parked_task_says_so() {
        let before = json!({ "name": "Wanda", "conversations": { "campaign": "Spring" } });
        let written = of_parked(&before.to_string(), FIELDS, Some("Order number")).unwrap();
        assert_eq!(
            value(&written),
            json!({ "name": "Wanda", "conversations": {
                "campaign": "Spring", "outcome": "Parked", "followed_by": "Park",
                "conversation_attribute_3": "Order number",
            } })
        );
        let none = of_parked("{}", InsightsFields::default(), Some("Order number")).unwrap();
        assert_eq!(
            value(&none),
            json!({ "conversations": { "outcome": "Parked", "followed_by": "Park" } })
        );
    }

    #[test]
    fn only_own_figures_are_taken_back() {
        let taken_back = |before: Value, change: fn(&mut Value)| {
            let before = before.to_string();
            let with = of_parked(&before, FIELDS, Some("Order number")).unwrap();
            let mut now = value(&with);
            change(&mut now);
            without_parked(&now.to_string(), &before, &with).map(|text| value(&text))
        };
        let empty = json!({ "name": "Wanda" });
        assert_eq!(taken_back(empty.clone(), |_| ()), Some(empty.clone()));
        let noted = taken_back(empty.clone(), |now| now["case"] = json!(7));
        assert_eq!(noted, Some(json!({ "name": "Wanda", "case": 7 })));
        let theirs = taken_back(empty.clone(), |now| {
            now["conversations"]["outcome"] = json!("Refund");
        });
        let kept = json!({ "name": "Wanda", "conversations": { "outcome": "Refund" } });
        assert_eq!(theirs, Some(kept));
        let former = json!({ "conversations": { "outcome": "Called", "campaign": "Spring" } });
        assert_eq!(taken_back(former.clone(), |_| ()), Some(former));
        let gone = taken_back(empty, |now| *now = json!({ "name": "Wanda" }));
        assert_eq!(gone, None);
    }

    #[test]
    fn an_attribute_of_somebody_else_stays() {
        let theirs = r#"{"conversations":"many"}"#;
        assert_eq!(of_parked(theirs, FIELDS, None), None);
        assert_eq!(of_parked("[]", FIELDS, None), None);
        let mut next = Attributes::parse(theirs).unwrap();
        forget_ended(&mut next);
        write_return(&mut next, FIELDS, None, FIGURES);
        assert_eq!(next.text(), theirs);
    }

    #[test]
    fn the_next_task_has_nothing_of_the_ended_one() {
        let parked = json!({ "conversations": {
            "outcome": "Parked", "followed_by": "Park", "content": "Refund", "preceded_by": "Park",
            "conversation_measure_7": 5, "campaign": "Spring", "conversation_id": "WT1",
        } });
        let mut next = Attributes::parse(&parked.to_string()).unwrap();
        forget_ended(&mut next);
        assert_eq!(
            value(&next.text()),
            json!({ "conversations": { "campaign": "Spring", "conversation_id": "WT1" } })
        );
        let mut without = Attributes::default();
        forget_ended(&mut without);
        assert_eq!(without.text(), "{}");
    }

    #[test]
    fn the_record_has_no_reason_of_an_earlier_try() {
        let left = of_parked(r#"{"name":"Wanda"}"#, FIELDS, Some("Order number")).unwrap();
        let mut recorded = Attributes::parse(&left).unwrap();
        forget_parked(&mut recorded, FIELDS);
        assert_eq!(
            value(&recorded.text()),
            json!({ "name": "Wanda", "conversations": {} })
        );
    }

    #[test]
    fn all_tasks_of_a_conversation_have_the_first_ones_id() {
        let first = TaskSid::example();
        let mut next = Attributes::default();
        write_return(&mut next, FIELDS, Some(&first), FIGURES);
        let written = value(&next.text());
        assert_eq!(
            written,
            json!({ "conversations": {
                "conversation_id": first.as_str(), "preceded_by": "Park", "conversation_attribute_4": "message",
                "conversation_measure_1": 61, "conversation_measure_2": 2,
            } })
        );
        let another = TaskSid::parse(format!("WT{}", "9".repeat(32))).unwrap();
        write_return(&mut next, FIELDS, Some(&another), FIGURES);
        assert_eq!(value(&next.text()), written);
    }
}
