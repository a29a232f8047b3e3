//! Tests of the readings that change interactions. That of `already-participant` stands in `invites.rs`.

use serde_json::json;

use crate::conversations::ConversationState;
use crate::world::error::Error;
use crate::world::stage::Stage;

const DAY: u64 = 86_400;

#[test]
fn invite_lists_follow_the_reading() {
    for (reading, at_first, later) in [
        ("answers", Ok(2), Ok(2)),
        ("without-task", Ok(2), Ok(2)),
        ("late", Ok(1), Ok(2)),
        ("403", Err(403), Err(403)),
        ("404", Err(404), Err(404)),
        ("405", Err(405), Err(405)),
    ] {
        let mut stage = Stage::with_readings(&[("invite-list", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .unwrap();
        let count = |stage: &Stage| stage.count_invites("charlie").map_err(|e| e.status());
        assert_eq!(count(&stage), at_first, "{reading}");
        stage.advance_seconds(30);
        assert_eq!(count(&stage), later, "{reading}");
    }
}

#[test]
fn former_participants_follow_the_reading() {
    for (reading, all, left) in [
        ("unlisted", 1, 0),
        ("closed", 2, 1),
        ("closed-many", 62, 61),
    ] {
        let mut stage = Stage::with_readings(&[("left-participants", reading)]);
        stage.leave("charlie");
        let listed = stage.world.listed_participants(&stage.channel("charlie"));
        let gone = listed.iter().filter(|one| one.left).count();
        assert_eq!((listed.len(), gone), (all, left), "{reading}");
        let customer = &listed[listed.len() - left.min(1) - 1].participant;
        assert_eq!(customer.kind, "customer", "{reading}");
        assert!(listed.iter().all(|one| one.participant.sid.len() == 34));
    }
}

#[test]
fn inactive_invites_follow_the_reading() {
    for (reading, made) in [("allowed", true), ("refused", false)] {
        let mut stage = Stage::with_readings(&[("inactive-invite", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        stage.set_state("charlie", ConversationState::Inactive);
        let invite = stage.invite("charlie", json!({"workflow_sid": workflow.clone()}));
        assert_eq!(invite.is_ok(), made, "{reading}");
        stage.set_state("charlie", ConversationState::Active);
        assert!(stage
            .invite("charlie", json!({"workflow_sid": workflow}))
            .is_ok());
    }
}

#[test]
fn old_channels_follow_the_reading() {
    for (reading, kept) in [("deleted", false), ("kept", true)] {
        let mut stage = Stage::with_readings(&[("old-channel", reading)]);
        stage.leave("charlie");
        let channel = stage.channel("charlie");
        let found = |stage: &Stage| {
            let world = &stage.world;
            let interaction = world.interaction(&channel.interaction_sid).is_ok();
            let channel = world
                .channel(&channel.interaction_sid, &channel.sid)
                .is_ok();
            assert_eq!(interaction, channel);
            channel
        };
        stage.advance_seconds(180 * DAY - 1);
        assert!(found(&stage), "{reading}");
        stage.advance_seconds(1);
        assert_eq!(found(&stage), kept, "{reading}");
        let sid = stage.conversation("charlie");
        let again = stage
            .world
            .create_interaction("web", &sid, json!({}), json!(null));
        assert_eq!(
            again.map(drop),
            if kept {
                Err(Error::ChannelExists)
            } else {
                Ok(())
            }
        );
    }
}

#[test]
fn invites_accept_a_past_start_time() {
    for (reading, past, future) in [
        ("taken", true, false),
        ("ignored", true, true),
        ("refused", false, false),
    ] {
        let mut stage = Stage::with_readings(&[("invite-start-time", reading)]);
        let workflow = stage.workflow();
        stage.leave("charlie");
        let mut invite = |time: &str| {
            let properties = json!({"workflow_sid": workflow, "virtual_start_time": time});
            stage.invite("charlie", properties)
        };
        assert_eq!(invite("2999-01-01T00:00:00Z").is_ok(), future, "{reading}");
        let task = invite("2020-01-01T00:00:00Z");
        assert_eq!(task.is_ok(), past, "{reading}");
        if let Ok(task) = task {
            let year = task.virtual_start_time.to_string();
            assert_eq!(year.starts_with("2020"), reading == "taken", "{reading}");
        }
        assert!(invite("yesterday").is_err());
    }
}
