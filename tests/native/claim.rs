//! The claim, if its document expires in the meantime.

use memory_twilio::MemoryTwilio;
use park_interaction::protocol::unpark::Cause;
use park_interaction::reply::Reply;
use park_interaction::twilio::calls::{ClaimState, CLAIM_TTL_SECONDS};
use park_interaction::twilio::time::Millis;
use park_interaction::twilio::AnyCall;

use crate::stage::{Fault, Stage};

/// Fails if the first operation takes a claim over that it has not read: after a read of the present one it is theirs.
fn takes_nothing_over(twilio: &mut MemoryTwilio, call: &AnyCall) {
    if let AnyCall::UpdateClaim(update) = call {
        if update.claim.owner == "operation-0" && update.claim.state == ClaimState::Held {
            let taken = call.clone().perform(&mut twilio.clone());
            assert!(taken.is_err(), "{taken:?}");
        }
    }
}

/// The next document of the same name has the revisions of the former one. A resume that has read the former one, and then waits for the
/// check of its token, must not take over from a wake whose invite may not show yet.
#[test]
fn a_claim_that_was_read_before_it_expired_is_not_taken_over() {
    let mut stage = Stage::new();
    let park = stage.park(true);
    assert!(matches!(stage.reply(park), Reply::Parked { .. }));
    stage.now += 20_000;
    let before = stage.unpark(Cause::Reconcile);
    stage.run();
    assert!(stage.ended.contains_key(&before));
    let before_expiry = Millis::from(CLAIM_TTL_SECONDS) * 1_000 - 200;
    let mut stage = stage.later(before_expiry);
    // The check of the token, which is repeated.
    stage.fault = Some((1, Fault::TimedOut));
    stage.meanwhile = Some(takes_nothing_over);
    let resume = stage.unpark(Cause::Resume);
    stage.customer_writes_in(300);
    stage.run();
    assert!(stage.fault_was_hit);
    assert_eq!(stage.outcomes[&resume].reply, Reply::AlreadyRouted);
    assert_eq!(stage.invites(), 1);
}
