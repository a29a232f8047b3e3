//! Tests of Flex's own Leave and Pause, and of transfers.

use serde_json::json;

use crate::conversations::ConversationState;
use crate::interactions::leaving::Leaving;
use crate::interactions::transfers::NewTransfer;
use crate::interactions::ChannelStatus;
use crate::taskrouter::AssignmentStatus::{Assigned, Completed, Reserved, Wrapping};
use crate::taskrouter::Task;
use crate::world::stage::Stage;

impl Stage {
    fn leave_natively(&mut self, customer: &str, leaving: Leaving) {
        let channel = self.channel(customer);
        let left = self
            .world
            .leave_channel(&channel.interaction_sid, &channel.sid, leaving, false);
        left.unwrap();
    }

    fn state(&self, customer: &str) -> ConversationState {
        let sid = self.conversation(customer);
        self.world.conversation(&sid).unwrap().state
    }

    /// Returns the tasks of open invites.
    fn asked(&self, customer: &str) -> Vec<Task> {
        let channel = self.channel(customer);
        let open: Vec<_> = self.world.open_invites(&channel).collect();
        open.iter()
            .map(|invite| self.task(&invite.task_sid))
            .collect()
    }

    fn transfer(&mut self, customer: &str, to: &str, kind: &str) -> String {
        let channel = self.channel(customer);
        let new = NewTransfer {
            kind: kind.into(),
            from: self.agents(customer)[0].sid.clone(),
            to: to.into(),
            ..NewTransfer::default()
        };
        let made = self
            .world
            .transfer_channel(&channel.interaction_sid, &channel.sid, new);
        made.unwrap().task_sid
    }
}

#[test]
fn leave_then_a_message_creates_one_task() {
    let mut stage = Stage::new();
    let old = stage.agents("charlie")[0].routing.clone().unwrap().task_sid;
    stage.leave_natively("charlie", Leaving::Leave);
    assert_eq!(stage.task(&old).assignment_status, Completed);
    assert_eq!(stage.channel("charlie").status, ChannelStatus::Inactive);
    assert_eq!(stage.state("charlie"), ConversationState::Inactive);
    assert!(stage.asked("charlie").is_empty());
    for body in ["hello", "again"] {
        stage.world.post_as_customer("charlie", body, None).unwrap();
        assert_eq!(stage.asked("charlie").len(), 1);
    }
    let task = stage.asked("charlie").remove(0);
    assert_eq!(task.assignment_status, Reserved);
    assert_eq!(task.workflow_sid, Some(stage.workflow()));
    assert_eq!(task.attributes["customerName"], json!("Charlie Customer"));
    assert_eq!(stage.state("charlie"), ConversationState::Active);
    assert_eq!(stage.channel("charlie").status, ChannelStatus::Active);
}

#[test]
fn leave_follows_the_readings() {
    let mut stage =
        Stage::with_readings(&[("native-leave", "silent"), ("left-conversation", "active")]);
    stage.leave_natively("charlie", Leaving::Leave);
    assert_eq!(stage.state("charlie"), ConversationState::Active);
    stage
        .world
        .post_as_customer("charlie", "hello", None)
        .unwrap();
    assert!(stage.asked("charlie").is_empty());
}

#[test]
fn only_customers_reopen_a_left_channel() {
    let mut stage = Stage::new();
    stage.leave_natively("charlie", Leaving::Leave);
    let conversation = stage.conversation("charlie");
    for author in ["system", "bot"] {
        let post = crate::conversations::NewMessage {
            content_sid: None,
            author: author.into(),
            body: "hello".into(),
            ..Default::default()
        };
        stage.world.post_message(&conversation, post).unwrap();
    }
    assert!(stage.asked("charlie").is_empty());
}

#[test]
fn resuming_a_paused_channel() {
    let mut stage = Stage::new();
    let ada = stage.worker("ada");
    stage.leave_natively("charlie", Leaving::Pause);
    let paused: Vec<_> = stage.world.channels_paused_by(&ada).collect();
    assert_eq!(paused.len(), 1);
    assert_eq!(paused[0].1.identity, "ada");
    let channel = stage.channel("charlie");
    let resume = |stage: &mut Stage| {
        let world = &mut stage.world;
        world.resume_channel(&channel.interaction_sid, &channel.sid)
    };
    resume(&mut stage).unwrap();
    assert!(resume(&mut stage).is_err(), "it is not paused any more");
    let task = stage.asked("charlie").remove(0);
    let offer = stage.offer(&task.sid).unwrap();
    assert_eq!(offer.worker_sid, ada);
    stage.world.accept_reservation(&offer.sid).unwrap();
    assert_eq!(stage.agents("charlie").len(), 1);
}

#[test]
fn cold_transfer() {
    let mut stage = Stage::new();
    let ben = stage.worker("ben");
    let old = stage.agents("charlie")[0].routing.clone().unwrap();
    let task_sid = stage.transfer("charlie", &ben, "cold");
    assert_eq!(stage.task(&old.task_sid).assignment_status, Wrapping);
    let offer = stage.offer(&task_sid).unwrap();
    assert_eq!(offer.worker_sid, ben);
    let status = |stage: &Stage| {
        let channel = stage.channel("charlie");
        stage.world.transfer_status(&channel.transfers[0])
    };
    assert_eq!(status(&stage), "active");
    stage.world.accept_reservation(&offer.sid).unwrap();
    assert_eq!(status(&stage), "completed");
    stage
        .world
        .complete_reservation(&old.reservation_sid)
        .unwrap();
    let [agent] = <[_; 1]>::try_from(stage.agents("charlie")).unwrap();
    assert_eq!(agent.routing.unwrap().worker_sid, ben);
}

#[test]
fn warm_queue_and_workflow_transfers() {
    let mut stage = Stage::new();
    let old = stage.agents("charlie")[0].routing.clone().unwrap();
    let queue = stage.world.taskrouter.queues[0].sid.clone();
    let task_sid = stage.transfer("charlie", &queue, "warm");
    assert_eq!(stage.task(&old.task_sid).assignment_status, Assigned);
    assert_eq!(stage.task(&task_sid).queue_sid, Some(queue));
    assert!(stage.offer(&task_sid).is_some());
    let workflow = stage.workflow();
    let task_sid = stage.transfer("charlie", &workflow, "warm");
    assert_eq!(stage.task(&task_sid).workflow_sid, Some(workflow));
}
