//! Tests of interactions and invites: who is offered the task, who joins, and which requests are refused.

use serde_json::json;

use crate::conversations::{
    ConversationChange, ConversationState, NewParticipant, TimerChange, TimersChange,
};
use crate::taskrouter::AssignmentStatus::{Assigned, Canceled, Completed, Wrapping};
use crate::taskrouter::ReservationStatus;
use crate::world::error::Error;
use crate::world::stage::Stage;

/// Source: <https://www.twilio.com/docs/api/errors/50377>.
const CLOSED: Error = Error::Closed {
    status: 400,
    code: 50_377,
};
/// Source: <https://www.twilio.com/docs/api/errors/45354>.
const CLOSED_TO_INVITES: Error = Error::Closed {
    status: 400,
    code: 45_354,
};

#[test]
fn leaving_keeps_the_conversation_open() {
    let mut stage = Stage::new();
    let task = stage.agents("charlie")[0].routing.clone().unwrap().task_sid;
    let before = stage.load("ada");
    stage.leave("charlie");
    let conversation = stage
        .world
        .conversation(&stage.conversation("charlie"))
        .unwrap()
        .clone();
    assert!(conversation.participant_with_identity("ada").is_none());
    assert_eq!(conversation.state, ConversationState::Active);
    assert!(stage.agents("charlie").is_empty());
    assert_eq!(stage.task(&task).assignment_status, Completed);
    assert_eq!(stage.load("ada"), before - 1);
}

#[test]
fn invites_carry_given_and_added_attributes() {
    let mut stage = Stage::new();
    let (workflow, channel) = (stage.workflow(), stage.channel("charlie"));
    stage.leave("charlie");
    let task = stage
        .invite(
            "charlie",
            json!({"workflow_sid": workflow, "attributes": {"mine": 1}}),
        )
        .unwrap();
    let invite = task.invite.unwrap();
    let expected = json!({
        "mine": 1,
        "conversationSid": channel.conversation_sid,
        "flexInteractionSid": channel.interaction_sid,
        "flexInteractionChannelSid": channel.sid,
        "flexChannelInviteSid": invite.invite_sid,
        "channelType": "web",
        "conversations": {
            "conversation_id": channel.interaction_sid,
            "media": [{"type": "ChatTranscript", "sid": channel.conversation_sid}],
        },
    });
    assert_eq!(task.attributes, expected);
}

#[test]
fn accepting_joins_channel_and_conversation() {
    let mut stage = Stage::new();
    let task = stage.invite_worker("charlie", "ben").unwrap();
    let offer = stage.offer(&task.sid).unwrap();
    assert_eq!(
        stage.agents("charlie").len(),
        1,
        "an offer alone lets nobody in"
    );
    stage.world.accept_reservation(&offer.sid).unwrap();
    assert_eq!(stage.agents("charlie").len(), 2);
    let conversation = stage
        .world
        .conversation(&stage.conversation("charlie"))
        .unwrap();
    assert!(conversation.participant_with_identity("ada").is_some());
    assert!(conversation.participant_with_identity("ben").is_some());
    assert_eq!(stage.task(&task.sid).assignment_status, Assigned);
}

#[test]
fn invalid_routing_is_refused() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    for properties in [
        json!({"workflow_sid": workflow, "worker": "WK1"}),
        json!({"attributes": {"name": "no way to a worker"}}),
    ] {
        let refused = stage.invite("charlie", properties).unwrap_err();
        assert!(matches!(refused, Error::Invalid { .. }), "{refused}");
    }
    let channel = stage.channel("charlie");
    assert_eq!(stage.world.open_invites(&channel).count(), 0);
}

#[test]
fn agents_in_the_channel_are_not_invited_again() {
    let mut stage = Stage::new();
    let refused = stage.invite_worker("charlie", "ada");
    assert_eq!(refused.unwrap_err(), Error::AlreadyInChannel);
}

#[test]
fn closed_conversations_refuse_invites() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    stage.close("charlie");
    let refused = stage.invite("charlie", json!({"workflow_sid": workflow}));
    assert_eq!(refused.unwrap_err(), CLOSED_TO_INVITES);
}

/// Open invites are canceled.
#[test]
fn closing_moves_agents_to_wrap_up() {
    let mut stage = Stage::new();
    let invited = stage.invite_worker("charlie", "ben").unwrap();
    let task = stage.agents("charlie")[0].routing.clone().unwrap().task_sid;
    stage.close("charlie");
    assert_eq!(stage.task(&task).assignment_status, Wrapping);
    assert_eq!(stage.task(&invited.sid).assignment_status, Canceled);
    assert_eq!(stage.load("ben"), 0);
}

#[test]
fn closed_conversations_stay_closed() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    stage
        .world
        .move_conversation(&conversation, ConversationState::Closed, "API", false)
        .unwrap();
    let change = ConversationChange {
        state: Some(ConversationState::Active),
        ..ConversationChange::default()
    };
    let refused = stage
        .world
        .update_conversation(&conversation, change, false);
    assert_eq!(refused.unwrap_err(), CLOSED);
    assert_eq!(
        stage
            .world
            .post_as_agent(&conversation, "ada", "x")
            .unwrap_err(),
        CLOSED
    );
}

#[test]
fn writing_after_the_end_creates_an_interaction() {
    let mut stage = Stage::new();
    let old = stage.conversation("charlie");
    stage
        .world
        .move_conversation(&old, ConversationState::Closed, "API", false)
        .unwrap();
    stage
        .world
        .post_as_customer("charlie", "hello again", None)
        .unwrap();
    let new = stage.conversation("charlie");
    assert_ne!(old, new);
    assert_eq!(
        stage.world.open_invites(&stage.channel("charlie")).count(),
        1
    );
}

fn timers(inactive: u64, closed: u64) -> TimersChange {
    let set = |seconds| TimerChange::Set(std::time::Duration::from_secs(seconds));
    TimersChange {
        inactive: set(inactive),
        closed: set(closed),
    }
}

#[test]
fn timers_deactivate_and_messages_activate() {
    let mut stage = Stage::new();
    let conversation = stage.conversation("charlie");
    let change = ConversationChange {
        timers: timers(60, 600),
        ..ConversationChange::default()
    };
    stage
        .world
        .update_conversation(&conversation, change, false)
        .unwrap();
    stage.advance_seconds(60);
    assert_eq!(
        stage.world.conversation(&conversation).unwrap().state,
        ConversationState::Inactive
    );
    stage
        .world
        .post_as_customer("charlie", "still here", None)
        .unwrap();
    assert_eq!(
        stage.world.conversation(&conversation).unwrap().state,
        ConversationState::Active
    );
    stage.advance_seconds(60 + 600);
    assert_eq!(
        stage.world.conversation(&conversation).unwrap().state,
        ConversationState::Closed
    );
}

/// Source: <https://www.twilio.com/docs/api/errors/50433>. A supervisor who has barged in may be offered the
/// task.
#[test]
fn participants_cannot_accept() {
    let mut stage = Stage::new();
    let workflow = stage.workflow();
    stage.leave("charlie");
    let task = stage
        .invite("charlie", json!({"workflow_sid": workflow}))
        .unwrap();
    let offer = stage.offer(&task.sid).unwrap();
    let conversation = stage.conversation("charlie");
    let new = NewParticipant {
        identity: Some(offer.worker_name.clone()),
        ..NewParticipant::default()
    };
    let added = stage.world.add_participant(&conversation, new, false);
    added.unwrap();
    let answered = stage.world.accept_reservation(&offer.sid).unwrap();
    assert_eq!(
        (answered.status, answered.canceled_reason_code),
        (ReservationStatus::Canceled, Some(50_433))
    );
    let next = stage.offer(&task.sid).unwrap();
    assert_ne!(next.worker_sid, offer.worker_sid);
    assert!(stage.agents("charlie").is_empty());
    stage.world.accept_reservation(&next.sid).unwrap();
    assert_eq!(stage.task(&task.sid).assignment_status, Assigned);
}

/// The worker keeps the existing participant.
#[test]
fn participants_accept_under_the_other_reading() {
    let mut stage = Stage::with_readings(&[("already-participant", "joins")]);
    stage.leave("charlie");
    let conversation = stage.conversation("charlie");
    let new = NewParticipant {
        identity: Some("ben".into()),
        ..NewParticipant::default()
    };
    let sid = stage
        .world
        .add_participant(&conversation, new, false)
        .unwrap()
        .sid;
    let task = stage.invite_worker("charlie", "ben").unwrap();
    let offer = stage.offer(&task.sid).unwrap();
    stage.world.accept_reservation(&offer.sid).unwrap();
    let [agent] = <[_; 1]>::try_from(stage.agents("charlie")).unwrap();
    assert_eq!(agent.conversation_participant_sid, Some(sid));
}
