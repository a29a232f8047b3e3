//! The Park button in the task's header.

use serde::Serialize;

use super::effect::StringKey;
use super::json::{Field, Json, MalformedField};
use super::{rules, task};
use crate::flags::Flags;

/// The state of the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own")]
pub struct Button {
    /// True: the button is shown.
    pub visible: bool,
    /// True: a click parks the conversation.
    pub enabled: bool,
    /// True: the park is in progress.
    pub busy: bool,
    /// True: a click opens the dialog, because the park needs a reason.
    pub needs_reason: bool,
    /// The key of the label in Flex's strings.
    pub label: StringKey,
    /// The key of the title, which explains the click or why the button is disabled.
    pub title: StringKey,
}

/// Returns the state of a task's button.
///
/// `view` has `task`, `workerSid`, `busy`, `participants` (the result of `task.getParticipants`, or null before it) and
/// `transfers` (the statuses of the conversation's transfers). Without participants the button is enabled, because the
/// Function checks them again.
///
/// A malformed task gets no button: Flex has created no such messaging task.
#[must_use]
pub fn button(view: &Json, flags: &Flags) -> Button {
    decide(view, flags).unwrap_or(HIDDEN)
}

const HIDDEN: Button = Button {
    visible: false,
    enabled: false,
    busy: false,
    needs_reason: false,
    label: StringKey::ParkInteractionButtonLabel,
    title: StringKey::ParkInteractionButton,
};

fn decide(view: &Json, flags: &Flags) -> Result<Button, MalformedField> {
    let given = view.get("task");
    let view = Field::root("", view);
    let task = view.at("task");
    if !task::is_messaging(&task)? || !task::is_assigned(&task)? {
        return Ok(HIDDEN);
    }
    let busy = view.at("busy").flag()? == Some(true);
    let title = if busy {
        StringKey::ParkInteractionButtonBusy
    } else if let Some(reason) = rules::refusal(flags, given) {
        reason.title
    } else if several_agents(&view)? {
        StringKey::ParkInteractionButtonSeveralAgents
    } else if invite_open(&view)? {
        StringKey::ParkInteractionButtonInviteOpen
    } else {
        StringKey::ParkInteractionButton
    };
    Ok(Button {
        visible: true,
        enabled: title == StringKey::ParkInteractionButton,
        busy,
        needs_reason: rules::is_reason_required(flags),
        label: if busy {
            StringKey::ParkInteractionButtonLabelBusy
        } else {
            StringKey::ParkInteractionButtonLabel
        },
        title,
    })
}

/// Returns true if another agent or supervisor is in the conversation. The number of customers does not matter: an
/// email may have several.
///
/// Some versions of Flex have no `routingProperties` in a participant, so this field is optional.
fn several_agents(view: &Field<'_>) -> Result<bool, MalformedField> {
    let own = view.at("workerSid").text()?;
    let mut internal = 0;
    for participant in view.at("participants").items()? {
        if !matches!(participant.at("type").text()?, Some("agent" | "supervisor")) {
            continue;
        }
        internal += 1;
        let worker = participant.down(&["routingProperties", "workerSid"]);
        if worker.is_present()? && worker.text()? != own {
            return Ok(true);
        }
    }
    Ok(internal > 1)
}

fn invite_open(view: &Field<'_>) -> Result<bool, MalformedField> {
    for transfer in view.at("transfers").items()? {
        if transfer.text()?.is_some_and(|status| {
            status.eq_ignore_ascii_case("initiated") || status.eq_ignore_ascii_case("pending")
        }) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a panic is a failed test")]

    use serde_json::json;

    use super::super::task::tests::{json, task};
    use super::*;

    const ME: &str = "WK00000000000000000000000000000001";
    const BEN: &str = "WK00000000000000000000000000000002";

    fn agent(worker: &str) -> serde_json::Value {
        json!({ "type": "agent", "routingProperties": { "workerSid": worker } })
    }

    fn with(changes: &serde_json::Value) -> Button {
        let mut view = json!({ "task": task(), "workerSid": ME, "busy": false });
        for (key, value) in changes.as_object().into_iter().flatten() {
            view[key] = value.clone();
        }
        button(&json(&view), &Flags::default())
    }

    #[allow(
        clippy::needless_pass_by_value,
        reason = "the tests read better with literals"
    )]
    fn with_participants(participants: serde_json::Value) -> Button {
        with(&json!({ "participants": participants }))
    }

    #[test]
    fn an_agent_alone_with_the_customer_may_park() {
        let button = with_participants(json!([{ "type": "customer" }, agent(ME)]));
        assert_eq!(
            button,
            Button {
                visible: true,
                enabled: true,
                busy: false,
                needs_reason: false,
                label: StringKey::ParkInteractionButtonLabel,
                title: StringKey::ParkInteractionButton,
            }
        );
    }

    #[test]
    fn the_button_does_not_wait_for_participants() {
        assert!(with_participants(json!(null)).enabled);
    }

    #[test]
    fn an_email_with_several_customers_can_be_parked() {
        let button = with_participants(json!([
            { "type": "customer" },
            { "type": "customer" },
            { "type": "external" },
            agent(ME),
        ]));
        assert!(button.enabled);
    }

    #[test]
    fn another_agent_or_a_supervisor_disables_the_button() {
        for others in [
            json!([agent(ME), agent(BEN)]),
            json!([agent(BEN)]),
            json!([agent(ME), { "type": "supervisor" }]),
            json!([{ "type": "agent" }, { "type": "agent", "routingProperties": null }]),
        ] {
            let button = with_participants(others.clone());
            assert!(button.visible && !button.enabled, "{others}");
            assert_eq!(button.title, StringKey::ParkInteractionButtonSeveralAgents);
        }
    }

    #[test]
    fn an_open_invite_disables_the_button() {
        let button = with(&json!({ "transfers": ["completed", "INITIATED"] }));
        assert!(button.visible && !button.enabled);
        assert_eq!(button.title, StringKey::ParkInteractionButtonInviteOpen);
        assert!(with(&json!({ "transfers": ["completed", null] })).enabled);
    }

    #[test]
    fn a_park_in_progress_disables_the_button() {
        let button = with(&json!({ "busy": true }));
        assert!(button.visible && button.busy && !button.enabled);
        assert_eq!(button.title, StringKey::ParkInteractionButtonBusy);
        assert_eq!(button.label, StringKey::ParkInteractionButtonLabelBusy);
    }

    /// The button stays, and says why it does nothing.
    #[test]
    fn a_channel_or_a_queue_that_is_not_parked_disables_the_button() {
        let mut task = task();
        task["queueName"] = json!("Support");
        let view = json(&json!({ "task": task }));
        for (flags, title) in [
            (
                Flags {
                    channels: vec!["sms".into()],
                    ..Flags::default()
                },
                StringKey::ParkInteractionChannelNotParked,
            ),
            (
                Flags {
                    queues: vec!["Sales".into()],
                    ..Flags::default()
                },
                StringKey::ParkInteractionQueueNotParked,
            ),
        ] {
            let button = button(&view, &flags);
            assert!(button.visible && !button.enabled);
            assert_eq!(button.title, title);
        }
    }

    #[test]
    fn a_click_asks_for_a_required_reason() {
        let flags = Flags {
            reasons: vec!["Waiting".into()],
            reason_required: true,
            ..Flags::default()
        };
        let view = json(&json!({ "task": task() }));
        assert!(button(&view, &flags).needs_reason);
        assert!(!button(&view, &Flags::default()).needs_reason);
    }

    #[test]
    fn other_tasks_have_no_button() {
        for (path, value) in [
            ("/status", json!("wrapping")),
            ("/status", json!("pending")),
            ("/channelType", json!("voice")),
            ("/attributes/flexInteractionChannelSid", json!(null)),
        ] {
            let mut task = task();
            if let Some(place) = task.pointer_mut(path) {
                *place = value;
            }
            assert!(!with(&json!({ "task": task })).visible, "{path}");
        }
    }

    #[test]
    fn malformed_input_shows_no_button() {
        for changes in [
            json!({ "task": "text" }),
            json!({ "task": { "attributes": 3 } }),
            json!({ "task": null }),
            json!({ "participants": "text" }),
            json!({ "participants": [3] }),
        ] {
            assert_eq!(with(&changes), HIDDEN, "{changes}");
        }
        assert_eq!(
            button(&Json::Text("text".into()), &Flags::default()),
            HIDDEN
        );
    }
}
