//! Twilio as far as one conversation is concerned: what is there, and how it answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use park_interaction::attributes::Attributes;
use park_interaction::protocol::call::{
    ArmedWebhook, Caller, Conversation, ConversationParticipant, Invite, MadeInvite, Message,
    Participant, Task, Webhook,
};
use park_interaction::protocol::{Answer, Call, Failure, MessageRef, Millis};
use park_interaction::record::{without_record, ParkedRecord};
use park_interaction::sid::{MapSid, ParticipantSid, TaskSid, WorkerSid};

use crate::claim_document::ClaimDocument;
pub use crate::sids::*;

/// What the webhook calls.
pub const WAKE_URL: &str =
    "https://park.twil.io/features/park-interaction/common/unpark-interaction";

/// Attributes of somebody else, one of them under a name that parking needs itself.
const OTHERS: &str = r#"{"pre_engagement_data":{"topic":"parcel"},"workerSid":"theirs"}"#;

/// The agent who parks.
pub const ADA: u32 = 1;
/// Another agent.
pub const BEN: u32 = 2;
/// A supervisor.
pub const SUE: u32 = 3;
const CUSTOMER: u32 = 100;

/// Everything that Twilio holds, and what a bystander knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    attributes: Arc<str>,
    pub participants: Vec<Participant>,
    pub tasks: Vec<OpenTask>,
    pub webhooks: Vec<ArmedWebhook>,
    pub messages: Vec<Message>,
    pub claim: ClaimDocument,
    maps: BTreeSet<String>,
    pub rows: BTreeSet<String>,
    /// Numbers of what was made last: participant, task, webhook.
    made: [u32; 3],
    /// Who parked last.
    pub parked_by: Option<u32>,
    /// Whether a customer's message has made an invite since.
    pub woken: bool,
    /// Messages up to this one were on an agent's screen, or have made an invite.
    pub heard: u32,
}

/// A task that is not over.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OpenTask {
    pub sid: TaskSid,
    /// The one worker who is asked, if not everybody.
    pub asked: Option<WorkerSid>,
    /// Whether somebody has accepted it.
    pub accepted: bool,
    /// When it was made.
    pub made_at: Millis,
}

impl World {
    /// Ada has the conversation; the customer has written twice, and she has read it.
    pub fn new() -> Self {
        let mut world = Self {
            attributes: OTHERS.into(),
            participants: vec![Participant {
                sid: participant(CUSTOMER),
                internal: false,
                worker: None,
                task: None,
            }],
            tasks: vec![OpenTask {
                sid: task(1),
                asked: None,
                accepted: false,
                made_at: 0,
            }],
            webhooks: Vec::new(),
            messages: Vec::new(),
            claim: ClaimDocument::default(),
            maps: BTreeSet::new(),
            rows: BTreeSet::new(),
            made: [0, 1, 0],
            parked_by: None,
            woken: false,
            heard: 0,
        };
        world.accept(ADA);
        world.write("customer", 1);
        world.write("customer", 1);
        world.heard = 1;
        world
    }

    /// Somebody writes.
    pub fn write(&mut self, author: &str, number: u32) -> MessageRef {
        let by = MessageRef {
            author: author.into(),
            participant: Some(member(number)),
        };
        let index = self.last_index().map_or(0, |index| index + 1);
        self.messages.push(Message {
            index,
            by: by.clone(),
        });
        by
    }

    pub fn last_index(&self) -> Option<u32> {
        self.messages.last().map(|message| message.index)
    }

    /// A worker accepts the open task and joins.
    pub fn accept(&mut self, number: u32) {
        if let Some(open) = self.tasks.iter_mut().find(|open| !open.accepted) {
            open.accepted = true;
            let task = Some(open.sid.clone());
            let [made, ..] = &mut self.made;
            *made += 1;
            self.participants.push(Participant {
                sid: participant(*made),
                internal: true,
                worker: Some(worker(number)),
                task,
            });
            self.heard = self.last_index().unwrap_or_default();
        }
    }

    /// The open task is declined, times out or is canceled.
    pub fn decline(&mut self) {
        self.tasks.retain(|open| open.accepted);
        self.heard = self.last_index().unwrap_or_default();
    }

    pub fn is_in(&self, number: u32) -> bool {
        let sid = worker(number);
        self.participants
            .iter()
            .any(|participant| participant.worker.as_ref() == Some(&sid))
    }

    pub fn has_agent(&self) -> bool {
        self.participants
            .iter()
            .any(|participant| participant.internal)
    }

    pub fn invite(&self) -> Option<&OpenTask> {
        self.tasks.iter().find(|open| !open.accepted)
    }

    pub fn is_armed(&self) -> bool {
        self.webhooks
            .iter()
            .filter_map(|webhook| webhook.target.as_ref())
            .any(|target| target.is_at(WAKE_URL))
    }

    pub fn record(&self) -> Option<ParkedRecord> {
        Attributes::parse(&self.attributes)
            .and_then(|attributes| ParkedRecord::find(&attributes))
            .ok()
            .flatten()
    }

    /// Whether what others wrote is as it was, apart from what is ours.
    pub fn others_are_untouched(&self) -> bool {
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        Attributes::parse(&self.attributes)
            .and_then(|attributes| without_record(&attributes))
            .is_ok_and(|rest| value(&rest.text()) == value(OTHERS))
    }

    /// The worker that a participant is.
    pub fn worker_of(&self, sid: &ParticipantSid) -> Option<&WorkerSid> {
        self.participants
            .iter()
            .find(|participant| participant.sid == *sid)?
            .worker
            .as_ref()
    }

    /// Answers a call, and does it.
    pub fn answer(
        &mut self,
        call: &Call,
        caller: Option<&Caller>,
        now: Millis,
    ) -> Result<Answer, Failure> {
        match call {
            Call::ValidateToken => caller
                .cloned()
                .map(Answer::Caller)
                .ok_or(Failure::InvalidToken),
            Call::FetchConversation(_) => Ok(Answer::Conversation(Conversation {
                closed: false,
                attributes: self.attributes.to_string(),
            })),
            Call::UpdateAttributes(_, attributes) => {
                self.attributes = attributes.as_str().into();
                Ok(Answer::Done)
            }
            Call::ListParticipants(..) => Ok(Answer::Participants(self.participants.clone())),
            Call::CloseParticipant(_, _, sid) => self.close(sid),
            Call::Invite(wanted) => Ok(self.make_task(wanted, now)),
            Call::FetchTask(sid) => Ok(self.task(sid)),
            Call::ListInvites(..) => Ok(Answer::Invites(
                self.tasks
                    .iter()
                    .map(|open| MadeInvite {
                        task: open.sid.clone(),
                        at: Some(open.made_at),
                    })
                    .collect(),
            )),
            Call::ListWebhooks(_) => Ok(Answer::Webhooks(self.webhooks.clone())),
            Call::CreateWebhook(wanted) => Ok(self.arm(wanted)),
            Call::DeleteWebhook(_, sid) => {
                let before = self.webhooks.len();
                self.webhooks.retain(|webhook| webhook.sid != *sid);
                done_if(self.webhooks.len() < before)
            }
            Call::ListMessages(_) => Ok(Answer::Messages(
                self.messages.iter().rev().cloned().collect(),
            )),
            Call::FetchConversationParticipant(_, sid) => {
                Ok(Answer::ConversationParticipant(ConversationParticipant {
                    identity: Some(sid.to_string()),
                    outside: false,
                }))
            }
            Call::FindWorker(identity) => Ok(Answer::WorkerExists(identity != "customer")),
            Call::CreateClaim(_) | Call::FetchClaim(_) | Call::UpdateClaim(..) => {
                self.claim.answer(call, now)
            }
            // A sweep is as many reconciles, one after the other; and the webhook says who wrote.
            Call::ListPage(..) | Call::FetchMessage(..) => Err(Failure::NotFound),
            Call::CreateMap(_)
            | Call::PutBackItem(_)
            | Call::CreateItem(_)
            | Call::ReplaceItem(_)
            | Call::UpdateItem(_)
            | Call::DeleteItem(..) => self.answer_list(call),
        }
    }

    fn task(&self, sid: &TaskSid) -> Answer {
        Answer::Task(Box::new(Task {
            attributes: format!(
                r#"{{"conversationSid":"{}","flexInteractionSid":"{}","flexInteractionChannelSid":"{}"}}"#,
                conversation(1),
                interaction(1),
                channel(1)
            ),
            workflow: workflow(1),
            queue: queue(1),
            queue_name: "Everyone".into(),
            task_channel_unique_name: "chat".into(),
            open: self.tasks.iter().any(|open| open.sid == *sid),
            assigned: self
                .tasks
                .iter()
                .any(|open| open.sid == *sid && open.accepted),
        }))
    }

    fn close(&mut self, sid: &ParticipantSid) -> Result<Answer, Failure> {
        let position = self
            .participants
            .iter()
            .position(|participant| participant.sid == *sid)
            .ok_or(Failure::NotFound)?;
        let gone = self.participants.remove(position);
        self.tasks
            .retain(|open| Some(&open.sid) != gone.task.as_ref());
        self.parked_by = [ADA, BEN, SUE]
            .into_iter()
            .find(|number| gone.worker == Some(worker(*number)));
        self.woken = false;
        Ok(Answer::Done)
    }

    fn make_task(&mut self, wanted: &Invite, now: Millis) -> Answer {
        let [_, made, _] = &mut self.made;
        *made += 1;
        self.tasks.push(OpenTask {
            sid: task(*made),
            asked: wanted.worker.as_ref().map(|(_, worker)| worker.clone()),
            accepted: false,
            made_at: now,
        });
        self.woken |= wanted.worker.is_none();
        Answer::Invited(None)
    }

    fn arm(&mut self, wanted: &Webhook) -> Answer {
        let [.., made] = &mut self.made;
        *made += 1;
        let sid = webhook(*made);
        self.webhooks.push(ArmedWebhook {
            sid: sid.clone(),
            target: Some(wanted.target.clone()),
        });
        Answer::Webhook(sid)
    }

    fn answer_list(&mut self, call: &Call) -> Result<Answer, Failure> {
        match call {
            Call::CreateMap(item) => {
                if self.maps.insert(item.map.clone()) {
                    Ok(Answer::Done)
                } else {
                    Err(Failure::Conflict)
                }
            }
            Call::CreateItem(item) | Call::PutBackItem(item) if !self.maps.contains(&item.map) => {
                Err(Failure::NotFound)
            }
            Call::CreateItem(item) | Call::PutBackItem(item) => {
                if self.rows.insert(item.map.clone()) {
                    Ok(Answer::Item(map_sid(&item.map)))
                } else {
                    Err(Failure::Conflict)
                }
            }
            Call::ReplaceItem(item) | Call::UpdateItem(item) => {
                if self.rows.contains(&item.map) {
                    Ok(Answer::Item(map_sid(&item.map)))
                } else {
                    Err(Failure::NotFound)
                }
            }
            Call::DeleteItem(wanted, _) => {
                let before = self.rows.len();
                self.rows
                    .retain(|name| name != wanted && map_sid(name).as_str() != wanted);
                done_if(self.rows.len() < before)
            }
            _ => Err(Failure::NotFound),
        }
    }
}

/// A map's SID has the number of the worker whose list it is.
fn map_sid(name: &str) -> MapSid {
    let number = [ADA, BEN, SUE]
        .into_iter()
        .find(|number| name.ends_with(worker(*number).as_str()));
    map(number.unwrap_or_default())
}

fn done_if(done: bool) -> Result<Answer, Failure> {
    if done {
        Ok(Answer::Done)
    } else {
        Err(Failure::NotFound)
    }
}
