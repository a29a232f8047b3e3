//! Random sequences of calls and events, the same ones in every run.

use memory_twilio::sids::{self, conversation, webhook, worker};
use memory_twilio::{identity, ADA, BEN, SUE, WAKE_URL};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{
    ClaimState, ClaimVersion, CloseParticipant, CreateClaim, DeleteItem, DeleteWebhook, FetchClaim,
    ListChatParticipants, ListItems, ListParticipants, PutItem, RemoveChatParticipant, Target,
    UpdateClaim, UpdateConversation, UpdateItem, UpdateWebhook, WhenTaken,
};
use park_interaction::twilio::AnyAnswer;

use super::pair::{simulator, Pair, DOCUMENTED};
use super::stories::{arming, claim, invite, item, look_around};

/// Each seed is a sequence of its own.
const SEEDS: std::ops::Range<u64> = 1..17;
const STEPS: u32 = 120;
/// After so many steps everything is read.
const STEPS_BETWEEN_LOOKS: u32 = 6;

/// A generator of numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// Returns a number below `limit`.
    fn roll(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())].clone()
    }
}

/// A walk of one seed through both Twilios.
struct Walk {
    pair: Pair,
    dice: Dice,
    /// The last version of the claim that was seen.
    version: ClaimVersion,
}

impl Walk {
    fn step(&mut self) {
        match self.dice.roll(12) {
            0 if !self.pair.memory().closed => self.pair.customer_writes(),
            1 => self.pair.pass(1),
            2 => self.pair.pass_until_tasks_are_removed(),
            3 => self.change_webhooks(),
            4 => self.change_claim(),
            5 | 6 => self.change_items(),
            7 => self.change_conversation(),
            8 => self.invite(),
            9 => self.answer_invite(),
            10 => self.leave(),
            _ => self.change_workers(),
        }
    }

    fn change_webhooks(&mut self) {
        let armed = &self.pair.memory().webhooks;
        let mut known: Vec<_> = armed.iter().map(|one| one.armed.sid.clone()).collect();
        known.push(webhook(99));
        let (webhook, number) = (self.dice.pick(&known), self.dice.roll(1_000));
        let url = format!("{WAKE_URL}?n={number}");
        let _ = match self.dice.roll(4) {
            0 => self.pair.call(DeleteWebhook {
                conversation: conversation(1),
                webhook,
            }),
            1 => self.pair.call(UpdateWebhook {
                conversation: conversation(1),
                webhook,
                url,
            }),
            2 => self.pair.call(arming(Target::Flow(sids::flow(1)))),
            _ => self.pair.call(arming(Target::Url(url))),
        };
    }

    fn change_claim(&mut self) {
        let state = self
            .dice
            .pick(&[ClaimState::Held, ClaimState::Invited, ClaimState::Released]);
        let owner = self.dice.pick(&["first", "second"]);
        let claim = claim(&self.pair, owner, state);
        let result = match self.dice.roll(3) {
            0 => self.pair.call_to_the_end(CreateClaim::new(claim)),
            1 => self.pair.call(FetchClaim(conversation(1))),
            _ => self.pair.call(UpdateClaim {
                claim,
                version: self.version.clone(),
            }),
        };
        let Ok(
            AnyAnswer::CreateClaim(document)
            | AnyAnswer::FetchClaim(document)
            | AnyAnswer::UpdateClaim(document),
        ) = result
        else {
            return;
        };
        // Not every change is seen, so that a later one meets another revision than it expects.
        if self.dice.roll(3) > 0 {
            self.version = document.version;
        }
        self.pair.pass(u64::try_from(self.dice.roll(8)).unwrap());
    }

    fn change_items(&mut self) {
        let map = self.dice.pick(&[
            MapName::list_of(&worker(ADA)),
            MapName::list_of(&worker(BEN)),
            MapName::waiting(&conversation(1)),
        ]);
        let number = self.dice.roll(1_000);
        let item = item(map.clone(), &format!(r#"{{"n":{number}}}"#));
        let key = conversation(1);
        let _ = match self.dice.roll(6) {
            0 => self.pair.call(DeleteItem { map, key }),
            1 => self.pair.call(UpdateItem(item)),
            2 => self.pair.call(ListItems { map, page: None }),
            3 => self.pair.call(PutItem::new(item, WhenTaken::Keep)),
            4 => self.pair.call_to_the_end(PutItem::replacing(item)),
            _ => self
                .pair
                .call_to_the_end(PutItem::new(item, WhenTaken::Replace)),
        };
    }

    fn change_conversation(&mut self) {
        let number = self.dice.roll(1_000);
        let change = UpdateConversation {
            attributes: self
                .dice
                .pick(&[None, Some(format!(r#"{{"n":{number}}}"#))]),
            inactive_after_seconds: self
                .dice
                .pick(&[None, Some(0), Some(59), Some(60), Some(400)]),
            closed_after_seconds: self
                .dice
                .pick(&[None, None, Some(0), Some(599), Some(86_400)]),
            activate: self.dice.roll(4) == 0,
            ..UpdateConversation::new(conversation(1))
        };
        let _ = self.pair.call(change);
        if self.dice.roll(40) == 0 && !self.pair.memory().closed {
            self.pair.close();
        }
    }

    /// One task at a time is open: whom two of them go to depends on rules that are not Twilio's alone.
    fn invite(&mut self) {
        if self.pair.memory().invite().is_some() {
            return;
        }
        let named = self
            .dice
            .pick(&[None, Some((ADA, 60)), Some((BEN, 120)), Some((SUE, 60))]);
        let channel = self.pair.channel();
        let _ = self.pair.call(invite(channel, named));
    }

    fn answer_invite(&mut self) {
        let Some((_, task)) = self.pair.memory().invite() else {
            return;
        };
        let is_named = task.asks.is_some();
        let asked = self.pair.asked();
        let is_inside = |number: u32| {
            let mut members = self.pair.memory().members.iter();
            members.any(|member| member.identity.as_deref() == Some(identity(number)))
        };
        match asked {
            Some(number) if !is_inside(number) && self.dice.roll(3) > 0 => self.pair.accept(number),
            Some(_) if is_named => self.pair.decline(),
            _ => self.pair.cancel_invite(),
        }
    }

    fn leave(&mut self) {
        // A SID can be named once it was seen.
        self.pair
            .call(ListChatParticipants(conversation(1)))
            .unwrap();
        self.pair
            .call(ListParticipants(self.pair.channel()))
            .unwrap();
        let here = self.pair.memory();
        if self.dice.roll(4) == 0 {
            let members: Vec<_> = here.members.iter().map(|one| one.sid.clone()).collect();
            if let Some(participant) = members.get(1) {
                let _ = self.pair.call(RemoveChatParticipant {
                    conversation: conversation(1),
                    participant: participant.clone(),
                });
            }
            return;
        }
        let agents = here.participants.iter().filter(|one| one.internal);
        let mut known: Vec<_> = agents.map(|one| one.sid.clone()).collect();
        known.push(sids::participant(99));
        let _ = self.pair.call(CloseParticipant {
            channel: self.pair.channel(),
            participant: self.dice.pick(&known),
        });
    }

    /// Nobody goes who is being asked: what becomes of the offer then, memory does not know.
    fn change_workers(&mut self) {
        if self.pair.memory().invite().is_none() {
            let available = self.dice.roll(3) > 0;
            let number = self.dice.pick(&[ADA, BEN, SUE]);
            self.pair.set_available(number, available);
        }
    }
}

#[test]
fn random_sequences_have_the_same_results() {
    let simulator = simulator();
    for seed in SEEDS {
        println!("seed {seed}");
        let mut walk = Walk {
            pair: Pair::new(&simulator, DOCUMENTED),
            dice: Dice::new(seed),
            version: ClaimVersion {
                document: None,
                revision: "none".into(),
            },
        };
        look_around(&mut walk.pair);
        for step in 1..=STEPS {
            walk.step();
            if step % STEPS_BETWEEN_LOOKS == 0 {
                look_around(&mut walk.pair);
            }
        }
    }
}
