//! Steps broken on purpose: each must be caught, or the checker proves nothing.

use park_interaction::attributes::Attributes;
use park_interaction::protocol::call::{Caller, Claim};
use park_interaction::protocol::{Answer, Call, Failure, Millis};

use crate::scenario::{scenario, Fault, Scenario, Start, Step};
use crate::world::{self, ADA, BEN};

/// A step that is broken, by falsifying what the shipped machines ask for or are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The webhook is never armed, yet said to be.
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
    /// Whoever asks is taken for the agent whom they name, not for whom their token names.
    WorkerFromRequest,
}

/// Each with the invariant that it breaks and the scenario in which it shows.
pub const VARIANTS: [(Variant, &str, Scenario); 8] = [
    (
        Variant::NeverArmed,
        "I1",
        scenario("never armed", Start::WithAda, &[Step::Park(ADA)], 0),
    ),
    (
        Variant::ClaimForEverybody,
        "I2",
        scenario(
            "claim for everybody",
            Start::Parked,
            &[Step::Message, Step::Message],
            0,
        ),
    ),
    (
        Variant::InviteAgain,
        "I2",
        scenario("invite again", Start::Parked, &[Step::Message], 1),
    ),
    (
        Variant::OthersDropped,
        "I3",
        scenario("others dropped", Start::WithAda, &[Step::Park(ADA)], 0),
    ),
    (
        Variant::RowStays,
        "I4",
        scenario("row stays", Start::Accepted, &[Step::Settle(BEN)], 0),
    ),
    (
        Variant::RowStaysAway,
        "I4",
        scenario(
            "row stays away",
            Start::Parked,
            &[Step::Message, Step::Decline, Step::Restore],
            0,
        ),
    ),
    (
        Variant::ClaimForEver,
        "I5",
        scenario("claim for ever", Start::Parked, &[Step::Message], 1),
    ),
    (
        Variant::WorkerFromRequest,
        "I6",
        scenario(
            "worker from the request",
            Start::Parked,
            &[Step::Resume(BEN)],
            0,
        ),
    ),
];

impl Variant {
    /// The answer that a call has without reaching Twilio.
    pub fn instead(self, call: &Call) -> Option<Result<Answer, Failure>> {
        match (self, call) {
            (Self::NeverArmed, Call::CreateWebhook(_)) => {
                Some(Ok(Answer::Webhook(world::webhook(99))))
            }
            (Self::ClaimForEverybody, Call::CreateClaim(claim) | Call::UpdateClaim(claim, _)) => {
                Some(Ok(Answer::Claim(claim.clone(), "1".into())))
            }
            (Self::RowStays, Call::DeleteItem(..)) | (Self::RowStaysAway, Call::PutBackItem(_)) => {
                Some(Ok(Answer::Done))
            }
            (Self::WorkerFromRequest, Call::ValidateToken) => Some(Ok(Answer::Caller(Caller {
                worker: world::worker(ADA),
                roles: vec!["agent".into()],
            }))),
            _ => None,
        }
    }

    /// The call that reaches Twilio in the place of another.
    pub fn replaces(self, call: &Call) -> Option<Call> {
        match (self, call) {
            (Self::OthersDropped, Call::UpdateAttributes(conversation, text)) => {
                let mut attributes = Attributes::parse(text).ok()?;
                attributes.remove("pre_engagement_data");
                Some(Call::UpdateAttributes(
                    conversation.clone(),
                    attributes.text(),
                ))
            }
            (Self::ClaimForEver, Call::CreateClaim(claim)) => Some(Call::CreateClaim(Claim {
                until: Millis::MAX,
                ..claim.clone()
            })),
            _ => None,
        }
    }

    /// What an operation is told of a call that went wrong.
    pub fn told(self, call: &Call, fault: Fault) -> Option<Result<Answer, Failure>> {
        let again = (self, fault) == (Self::InviteAgain, Fault::AnswerLost);
        (again && matches!(call, Call::Invite(_))).then_some(Err(Failure::Throttled))
    }
}
