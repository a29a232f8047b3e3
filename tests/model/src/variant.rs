//! Variants of the shipped code that are broken on purpose: the checker proves nothing unless it catches each.

mod broken;

use memory_twilio::sids::{task, webhook, worker};
use memory_twilio::{caller, MemoryTwilio, ADA, BEN};
use park_interaction::attributes::Attributes;
use park_interaction::guardian::Guardian;
use park_interaction::record::ParkedRecord;
use park_interaction::reply::Sees;
use park_interaction::sid::{ChannelSid, InteractionSid, WorkerSid};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{
    ArmedWebhook, Caller, Claim, ClaimVersion, ClaimedDocument, CreateClaim, Message, Target,
    TaskStatus, UpdateClaim, UpdateConversation, UpdateWebhook, WhenTaken, Worker, WorkerChannel,
    SHORTEST_TIMER_SECONDS,
};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::{AnyAnswer, AnyCall, Failure};

use crate::running::Role;
use crate::scenario::Fault;

pub use broken::VARIANTS;

/// A broken step: the calls of the shipped machines are changed, or the answers that they get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The webhook is never armed, and its creation succeeds.
    NeverArmed,
    /// Everybody who asks gets the claim.
    ClaimForEverybody,
    /// An invite whose answer was lost is made again without looking.
    InviteAgain,
    /// Attributes are written without those of others.
    OthersDropped,
    /// The row is never taken out of the list.
    RowStays,
    /// A row that an unpark took away is never put back.
    RowStaysAway,
    /// A claim does not end by itself.
    ClaimForEver,
    /// A caller counts as the agent whom they name, not as the owner of their token.
    WorkerFromRequest,
    /// The agent who parked is taken from the record as it stands.
    WorkerFromRecord,
    /// The channel is taken from the record as it stands.
    ChannelFromRecord,
    /// The webhook that the record names counts as ours.
    WebhookFromRecord,
    /// A message that came while a task was open counts as heard.
    OpenCountsAsHeard,
    /// The end of an invite brings back the row, and no other invite.
    NoRoutingAfterEnd,
    /// A task that is over counts as one that somebody is asked to take.
    OverCountsAsOpen,
    /// Messages that came while the agent was leaving are not read.
    UnseenNotRead,
    /// Nobody checks that a worker who resumes can take the task.
    ResumeWithoutRoom,
    /// The conversation's timer is never set.
    NoTimer,
    /// Open desktops never see that a conversation waits.
    NoWaitingItem,
    /// The update that saves the parked state sets no timer for the appointment, and neither does the one that corrects it.
    NoAlarm,
    /// The webhook's address does not have the appointment.
    DueForgotten,
    /// An appointment counts as come some minutes before its time.
    DueTooEarly,
    /// A message is routed at once, although the agent has kept the time.
    KeepForgotten,
    /// A wake does not count the messages before its own.
    KeptForEver,
    /// A message waits for the appointment without a bound.
    KeptBeyondBound,
    /// A message that waits does not set the timer.
    NoTimerForBound,
    /// A change does not read the messages.
    ChangedUnread,
    /// An end does not read the messages.
    EndedUnread,
    /// An end takes the open task for one that is over.
    EndedOverInvite,
    /// The address that a change writes has no time.
    ChangedWithoutTime,
    /// Everybody counts as a supervisor.
    EverybodyOversees,
    /// Every supervisor counts as one who sees all.
    EverybodySeesAll,
    /// The row is not written into the list of the agent who gets the conversation.
    RowNotMoved,
    /// The timer of the parked state is not removed with it.
    TimerStays,
    /// The item for desktops is never deleted.
    WaitingItemStays,
}

type Answer = Result<AnyAnswer, Failure>;

const EARLY_BY: Millis = 9 * 60_000;

impl Variant {
    /// Returns the answer to a call that does not reach Twilio.
    pub fn instead(self, call: &AnyCall) -> Option<Answer> {
        let document = |claim: &Claim| ClaimedDocument {
            claim: claim.clone(),
            version: ClaimVersion {
                document: None,
                revision: "1".into(),
            },
            is_new: true,
        };
        let answer = match (self, call) {
            (Self::NeverArmed, AnyCall::CreateWebhook(_)) => AnyAnswer::CreateWebhook(webhook(99)),
            (Self::ClaimForEverybody, AnyCall::CreateClaim(call)) => {
                AnyAnswer::CreateClaim(document(&call.claim))
            }
            (Self::ClaimForEverybody, AnyCall::UpdateClaim(call)) => {
                AnyAnswer::UpdateClaim(document(&call.claim))
            }
            (Self::RowStays, AnyCall::DeleteItem(_)) => AnyAnswer::DeleteItem(()),
            (Self::RowStaysAway, AnyCall::PutItem(call)) if call.when_taken == WhenTaken::Keep => {
                AnyAnswer::PutItem(None)
            }
            (Self::NoWaitingItem, AnyCall::PutItem(call))
                if call.item.map == MapName::waiting(&call.item.key) =>
            {
                AnyAnswer::PutItem(None)
            }
            (Self::WaitingItemStays, AnyCall::DeleteItem(call))
                if call.map == MapName::waiting(&call.key) =>
            {
                AnyAnswer::DeleteItem(())
            }
            (Self::RowNotMoved, AnyCall::PutItem(call))
                if call.item.map == MapName::list_of(&worker(BEN)) =>
            {
                AnyAnswer::PutItem(None)
            }
            (Self::WorkerFromRequest, AnyCall::ValidateToken(_)) => {
                AnyAnswer::ValidateToken(caller(ADA))
            }
            _ => return None,
        };
        Some(Ok(answer))
    }

    /// Returns the call that reaches Twilio in place of another.
    pub fn replaces(self, call: &AnyCall) -> Option<AnyCall> {
        match (self, call) {
            (Self::OthersDropped, AnyCall::UpdateConversation(call)) => {
                let mut attributes = Attributes::parse(call.attributes.as_deref()?).ok()?;
                attributes.remove("pre_engagement_data");
                let without = UpdateConversation {
                    attributes: Some(attributes.text()),
                    ..(**call).clone()
                };
                Some(without.into())
            }
            (Self::ChangedWithoutTime, AnyCall::UpdateWebhook(call)) => {
                let guardian = Guardian {
                    due: None,
                    ..Guardian::from_query(call.url.split_once('?')?.1)?
                };
                let without = UpdateWebhook {
                    url: guardian.address(memory_twilio::WAKE_URL),
                    ..(**call).clone()
                };
                Some(without.into())
            }
            (_, AnyCall::UpdateConversation(call)) if self.drops_timer(call) => {
                let without = UpdateConversation {
                    inactive_after_seconds: None,
                    ..(**call).clone()
                };
                Some(without.into())
            }
            (Self::ClaimForEver, AnyCall::CreateClaim(call)) if !call.reads() => {
                let for_ever = CreateClaim::new(Claim {
                    until: Millis::MAX,
                    ..call.claim.clone()
                });
                Some(for_ever.into())
            }
            // It cannot be taken over either.
            (Self::ClaimForEver, AnyCall::UpdateClaim(call)) => {
                let outdated = UpdateClaim {
                    version: ClaimVersion {
                        document: None,
                        revision: "outdated".into(),
                    },
                    ..(**call).clone()
                };
                Some(outdated.into())
            }
            _ => None,
        }
    }

    /// Returns true if an update is carried out without its timer.
    fn drops_timer(self, call: &UpdateConversation) -> bool {
        let sets = call.inactive_after_seconds > Some(0);
        let saves = call.attributes.is_some();
        let is_long = call.inactive_after_seconds > Some(SHORTEST_TIMER_SECONDS);
        match self {
            Self::NoTimer => true,
            // Twilio shows that it is missing, and a second update sets the shortest one.
            Self::NoAlarm => sets && (saves || !is_long),
            Self::NoTimerForBound => sets && !saves,
            Self::TimerStays => !sets && saves,
            _ => false,
        }
    }

    /// Returns the failure that an operation gets for a failed call.
    pub fn told(self, call: &AnyCall, fault: Fault) -> Option<Answer> {
        let again = (self, fault) == (Self::InviteAgain, Fault::AnswerLost);
        (again && matches!(call, AnyCall::CreateInvite(_))).then_some(Err(Failure::Throttled))
    }

    /// Returns the answer that an operation gets in place of another.
    pub fn answers(self, answer: AnyAnswer, role: Role, twilio: &MemoryTwilio) -> AnyAnswer {
        match answer {
            AnyAnswer::ListWebhooks(webhooks) => {
                let believed = webhooks.into_iter().map(|one| self.believed(one, twilio));
                AnyAnswer::ListWebhooks(believed.collect())
            }
            AnyAnswer::ListMessages(mut page) => {
                page.entries
                    .retain(|message| self.is_read(message, role, twilio));
                AnyAnswer::ListMessages(page)
            }
            AnyAnswer::FetchTask(mut task) => {
                if self == Self::OverCountsAsOpen && task.status == TaskStatus::Over {
                    task.status = TaskStatus::Waiting;
                }
                if self == Self::EndedOverInvite && matches!(role, Role::End(_)) {
                    task.status = TaskStatus::Over;
                }
                AnyAnswer::FetchTask(task)
            }
            AnyAnswer::FetchFlexConfiguration(_) if self == Self::EverybodySeesAll => {
                AnyAnswer::FetchFlexConfiguration(Sees::All)
            }
            AnyAnswer::FetchWorker(worker) => AnyAnswer::FetchWorker(Worker {
                is_available: worker.is_available || self == Self::ResumeWithoutRoom,
                ..worker
            }),
            AnyAnswer::ValidateToken(caller) if self == Self::EverybodyOversees => {
                AnyAnswer::ValidateToken(Caller {
                    roles: vec!["supervisor".into()],
                    ..caller
                })
            }
            AnyAnswer::ListWorkerChannels(channels) => {
                let has_room = |channel: WorkerChannel| WorkerChannel {
                    has_room: channel.has_room || self == Self::ResumeWithoutRoom,
                    ..channel
                };
                AnyAnswer::ListWorkerChannels(channels.into_iter().map(has_room).collect())
            }
            answer => answer,
        }
    }

    fn is_read(self, message: &Message, role: Role, twilio: &MemoryTwilio) -> bool {
        match self {
            Self::NoRoutingAfterEnd => !role.looks_after(),
            Self::UnseenNotRead => !matches!(role, Role::Park(_)),
            Self::KeptForEver => !matches!(role, Role::Wake(_)),
            Self::ChangedUnread => !role.changes_park(),
            Self::EndedUnread => !matches!(role, Role::End(_)),
            Self::OpenCountsAsHeard => {
                let at = message.written_at.unwrap_or_default();
                let mut invites = twilio.tasks.iter().filter(|(sid, _)| **sid != task(1));
                invites.all(|(_, invite)| at < invite.made_at || invite.updated_at < at)
            }
            _ => true,
        }
    }

    /// Returns a webhook as the variant reads it: as if the record were trusted, or with another appointment.
    fn believed(self, webhook: ArmedWebhook, twilio: &MemoryTwilio) -> ArmedWebhook {
        let target = self.believed_target(&webhook, twilio);
        ArmedWebhook {
            target: target.or(webhook.target),
            sid: webhook.sid,
        }
    }

    fn believed_target(self, webhook: &ArmedWebhook, twilio: &MemoryTwilio) -> Option<Target> {
        let mut guardian = twilio.guardian()?;
        let is_ours = address_of(webhook).is_some();
        let is_believed = self.misreads(&mut guardian)
            || self.trusts_record(&mut guardian, webhook, is_ours, twilio)?;
        is_believed.then(|| Target::Url(guardian.address(memory_twilio::WAKE_URL)))
    }

    /// Changes the guardian's appointment. Returns true if it did.
    fn misreads(self, guardian: &mut Guardian) -> bool {
        match (self, &mut guardian.due) {
            (Self::DueForgotten, due) => *due = None,
            (Self::DueTooEarly, Some(due)) => due.at -= EARLY_BY,
            (Self::KeepForgotten, Some(due)) => due.keep_minutes = None,
            (Self::KeptBeyondBound, Some(due)) => due.keep_minutes = Some(u32::MAX),
            _ => return false,
        }
        true
    }

    /// Changes the guardian to what the record says. Returns true if it did.
    fn trusts_record(
        self,
        guardian: &mut Guardian,
        webhook: &ArmedWebhook,
        is_ours: bool,
        twilio: &MemoryTwilio,
    ) -> Option<bool> {
        let record = ParkedRecord::find(&twilio.attributes)?;
        let attributes = Attributes::parse(&twilio.attributes).ok()?;
        match self {
            Self::WorkerFromRecord if is_ours => {
                guardian.worker = attributes.get::<WorkerSid>("workerSid")?;
            }
            Self::ChannelFromRecord if is_ours => {
                guardian.channel.interaction =
                    attributes.get::<InteractionSid>("interactionSid")?;
                guardian.channel.channel = attributes.get::<ChannelSid>("channelSid")?;
            }
            Self::WebhookFromRecord if record.webhook_sid.as_ref() == Some(&webhook.sid) => {}
            _ => return Some(false),
        }
        Some(true)
    }
}

fn address_of(webhook: &ArmedWebhook) -> Option<Guardian> {
    match &webhook.target {
        Some(Target::Url(url)) => Guardian::from_query(url.split_once('?')?.1),
        _ => None,
    }
}
