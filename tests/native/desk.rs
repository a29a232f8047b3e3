//! Twilio as far as parking one conversation sees it: what is there, and how it answers.

use std::collections::{BTreeMap, BTreeSet};

use park_interaction::attributes::Attributes;
use park_interaction::protocol::call::{
    ArmedWebhook, Call, Caller, Conversation, ConversationParticipant, ConversationState, Entry,
    Invite, MadeInvite, Message, Page, Participant, Source, Task,
};
use park_interaction::protocol::{Answer, Failure, MessageRef, Millis};
use park_interaction::record::{without_record, ParkedRecord};
use park_interaction::sid::*;

use crate::claim_document::ClaimDocument;
pub use crate::sids::*;

pub const WAKE_URL: &str =
    "https://park.twil.io/features/park-interaction/common/unpark-interaction";
pub const OTHERS: &str = r#"{"pre_engagement_data":{"topic":"parcel"},"workerSid":"theirs"}"#;

pub const ADA: u32 = 1;
pub const BEN: u32 = 2;

#[derive(Debug, Clone)]
pub struct Desk {
    pub closed: bool,
    pub attributes: String,
    pub participants: Vec<Participant>,
    /// Whether those who have left are listed still; Twilio does not say.
    pub lists_who_left: bool,
    /// How long an invite takes to show among the open tasks; Twilio names no figure.
    pub invites_show_after: Millis,
    last_invite: Millis,
    left: Vec<Participant>,
    pub open_tasks: Vec<TaskSid>,
    /// All invites, the first task's too.
    made: Vec<MadeInvite>,
    pub task_attributes: String,
    pub webhooks: Vec<ArmedWebhook>,
    pub replay_after: Vec<u32>,
    pub messages: Vec<Message>,
    pub claim: ClaimDocument,
    pub maps: BTreeSet<String>,
    pub rows: BTreeMap<(String, String), String>,
    /// What Sync was told last of how long a row stays, in seconds.
    pub ttls: BTreeMap<(String, String), u32>,
    pub invites: Vec<Invite>,
    /// Whoever the token of the next operation belongs to.
    pub caller: Option<Caller>,
    next: u32,
}

impl Desk {
    /// Ada has the conversation; the customer has written two messages.
    pub fn new() -> Self {
        let mut desk = Self {
            closed: false,
            attributes: OTHERS.into(),
            participants: vec![Participant {
                sid: participant(100),
                internal: false,
                worker: None,
                task: None,
            }],
            lists_who_left: false,
            invites_show_after: 0,
            last_invite: 0,
            left: Vec::new(),
            open_tasks: Vec::new(),
            made: vec![MadeInvite {
                task: task(1),
                at: Some(1_789_999_000_000),
            }],
            task_attributes: format!(
                r#"{{"channelType":"web","customerAddress":"customer-1","conversationSid":"{}","flexInteractionSid":"{}","flexInteractionChannelSid":"{}","topic":"parcel"}}"#,
                conversation(1),
                interaction(1),
                channel(1)
            ),
            webhooks: Vec::new(),
            replay_after: Vec::new(),
            messages: Vec::new(),
            claim: ClaimDocument::default(),
            maps: BTreeSet::new(),
            rows: BTreeMap::new(),
            ttls: BTreeMap::new(),
            invites: Vec::new(),
            caller: Some(caller(ADA, &["agent"])),
            next: 10,
        };
        desk.open_tasks.push(task(1));
        desk.join(ADA);
        desk.customer_writes();
        desk.customer_writes();
        desk
    }

    /// A worker joins, as a new participant each time.
    pub fn join(&mut self, number: u32) {
        self.next += 1;
        self.participants.push(Participant {
            sid: participant(self.next),
            internal: true,
            worker: Some(worker(number)),
            task: self.open_tasks.first().cloned(),
        });
    }

    /// The open task is accepted.
    pub fn accept(&mut self, number: u32) {
        assert_eq!(self.open_tasks.len(), 1, "one task is there to accept");
        self.join(number);
    }

    /// The open task is declined, times out or is canceled.
    pub fn decline(&mut self) {
        assert_eq!(self.open_tasks.len(), 1, "one task is there to decline");
        self.open_tasks.clear();
    }

    /// Returns who wrote.
    pub fn customer_writes(&mut self) -> MessageRef {
        self.writes("customer-1", Some(member(1)))
    }

    pub fn writes(
        &mut self,
        author: &str,
        participant: Option<ConversationParticipantSid>,
    ) -> MessageRef {
        let by = MessageRef {
            author: author.into(),
            participant,
        };
        self.messages.push(Message {
            index: u32::try_from(self.messages.len()).unwrap(),
            by: by.clone(),
        });
        by
    }

    pub fn last_index(&self) -> Option<u32> {
        self.messages.last().map(|message| message.index)
    }

    pub fn record(&self) -> Option<ParkedRecord> {
        ParkedRecord::find(&Attributes::parse(&self.attributes).unwrap()).unwrap()
    }

    /// Whether what others wrote is as it was, apart from what is ours.
    pub fn others_are_untouched(&self) -> bool {
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let rest = without_record(&Attributes::parse(&self.attributes).unwrap()).unwrap();
        value(&rest.text()) == value(OTHERS)
    }

    pub fn agents(&self) -> usize {
        self.participants.iter().filter(|p| p.internal).count()
    }

    pub fn is_armed(&self) -> bool {
        let mut targets = self.webhooks.iter().flat_map(|w| &w.target);
        targets.any(|target| target.is_at(WAKE_URL))
    }

    pub fn answer(&mut self, call: &Call, now: Millis) -> Result<Answer, Failure> {
        match call {
            Call::ValidateToken => self
                .caller
                .clone()
                .map(Answer::Caller)
                .ok_or(Failure::InvalidToken),
            Call::FetchConversation(_) => Ok(Answer::Conversation(Conversation {
                closed: self.closed,
                attributes: self.attributes.clone(),
            })),
            Call::UpdateAttributes(_, attributes) => {
                self.attributes.clone_from(attributes);
                Ok(Answer::Done)
            }
            Call::ListParticipants(..) => {
                let left = self.left.iter().filter(|_| self.lists_who_left);
                let all = left.chain(&self.participants).cloned().collect();
                Ok(Answer::Participants(all))
            }
            Call::CloseParticipant(_, _, sid) => {
                let position = self.participants.iter().position(|p| p.sid == *sid);
                let gone = self.participants.remove(position.ok_or(Failure::NotFound)?);
                self.left.push(gone);
                self.open_tasks.clear();
                Ok(Answer::Done)
            }
            Call::Invite(invite) => {
                self.last_invite = now;
                self.invite(invite, now)
            }
            Call::FetchTask(sid) => Ok(Answer::Task(Box::new(Task {
                attributes: self.task_attributes.clone(),
                workflow: workflow(1),
                queue: queue(1),
                queue_name: "Everyone".into(),
                task_channel_unique_name: "chat".into(),
                assigned: self.open_tasks.contains(sid),
                open: self.open_tasks.contains(sid),
            }))),
            Call::ListInvites(..) => {
                let hidden = now < self.last_invite + self.invites_show_after;
                let shown = self.made.len() - usize::from(hidden && !self.invites.is_empty());
                Ok(Answer::Invites(self.made[..shown].to_vec()))
            }
            Call::ListWebhooks(_) => Ok(Answer::Webhooks(self.webhooks.clone())),
            Call::CreateWebhook(wanted) => {
                self.next += 1;
                let sid = webhook(self.next);
                self.webhooks.push(ArmedWebhook {
                    sid: sid.clone(),
                    target: Some(wanted.target.clone()),
                });
                self.replay_after.extend(wanted.replay_after);
                Ok(Answer::Webhook(sid))
            }
            Call::DeleteWebhook(_, sid) => {
                let before = self.webhooks.len();
                self.webhooks.retain(|webhook| webhook.sid != *sid);
                if self.webhooks.len() == before {
                    return Err(Failure::NotFound);
                }
                Ok(Answer::Done)
            }
            Call::ListMessages(_) => Ok(Answer::Messages(
                self.messages.iter().rev().cloned().collect(),
            )),
            Call::FetchMessage(_, sid) => self
                .messages
                .iter()
                .find(|written| message(written.index) == *sid)
                .map(|written| Answer::Messages(vec![written.clone()]))
                .ok_or(Failure::NotFound),
            Call::FetchConversationParticipant(_, sid) => {
                Ok(Answer::ConversationParticipant(ConversationParticipant {
                    identity: Some(format!("identity of {sid}")),
                    outside: false,
                }))
            }
            Call::FindWorker(identity) => {
                Ok(Answer::WorkerExists(identity == "ada" || identity == "ben"))
            }
            Call::CreateClaim(_) | Call::FetchClaim(_) | Call::UpdateClaim(..) => {
                self.claim.answer(call, now)
            }
            Call::ListPage(source, _) => Ok(Answer::Page(self.page(source))),
            Call::CreateMap(_)
            | Call::PutBackItem(_)
            | Call::CreateItem(_)
            | Call::ReplaceItem(_)
            | Call::UpdateItem(_)
            | Call::DeleteItem(..) => self.list_answer(call),
        }
    }

    /// Somebody invites another agent.
    pub fn make_task(&mut self, now: Millis) {
        self.next += 1;
        self.open_tasks.push(task(self.next));
        self.made.push(MadeInvite {
            task: task(self.next),
            // Twilio tells seconds.
            at: Some(now / 1_000 * 1_000),
        });
    }

    fn invite(&mut self, wanted: &Invite, now: Millis) -> Result<Answer, Failure> {
        if self.closed {
            return Err(Failure::Refused {
                status: 400,
                code: 45_354,
            });
        }
        self.make_task(now);
        self.invites.push(wanted.clone());
        Ok(Answer::Invited(Some(invite(self.next))))
    }

    /// One page holds all there is.
    fn page(&self, source: &Source) -> Page {
        let entries = match source {
            Source::Conversations(ConversationState::Active) => {
                vec![Entry::Conversation(
                    conversation(1),
                    self.attributes.clone(),
                )]
            }
            Source::Conversations(ConversationState::Inactive) => Vec::new(),
            Source::Lists => self.maps.iter().cloned().map(Entry::List).collect(),
            Source::Rows(map) => self
                .rows
                .keys()
                .filter(|(of, _)| of == map)
                .filter_map(|(_, key)| ConversationSid::parse(key.clone()).ok())
                .map(Entry::Row)
                .collect(),
        };
        Page {
            entries,
            next: None,
        }
    }

    fn list_answer(&mut self, call: &Call) -> Result<Answer, Failure> {
        match call {
            Call::CreateMap(item) => {
                if self.maps.insert(item.map.clone()) {
                    Ok(Answer::Done)
                } else {
                    Err(Failure::Conflict)
                }
            }
            Call::CreateItem(item) | Call::PutBackItem(item) => {
                let place = (item.map.clone(), item.key.clone());
                if !self.maps.contains(&item.map) {
                    return Err(Failure::NotFound);
                }
                if self.rows.contains_key(&place) {
                    return Err(Failure::Conflict);
                }
                self.ttls.insert(place.clone(), item.ttl);
                self.rows.insert(place, item.data.clone());
                Ok(Answer::Item(map_sid(&item.map)))
            }
            Call::ReplaceItem(item) | Call::UpdateItem(item) => {
                match self.rows.get_mut(&(item.map.clone(), item.key.clone())) {
                    Some(row) => {
                        row.clone_from(&item.data);
                        Ok(Answer::Item(map_sid(&item.map)))
                    }
                    None => Err(Failure::NotFound),
                }
            }
            Call::DeleteItem(map, key) => {
                let before = self.rows.len();
                self.rows.retain(|(of, row), _| {
                    row != key || (of != map && map_sid(of).as_str() != map)
                });
                if self.rows.len() == before {
                    return Err(Failure::NotFound);
                }
                Ok(Answer::Done)
            }
            _ => unreachable!("not a call about the list"),
        }
    }
}

/// A map's SID has the number of the worker whose list it is.
fn map_sid(name: &str) -> MapSid {
    map(if name.ends_with(worker(BEN).as_str()) {
        BEN
    } else {
        ADA
    })
}

pub fn caller(number: u32, roles: &[&str]) -> Caller {
    Caller {
        worker: worker(number),
        roles: roles.iter().map(ToString::to_string).collect(),
    }
}
