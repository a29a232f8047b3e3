//! Twilio IAM: the tokens of people who are signed in to Flex.

pub mod rest;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::world::clock::later;
use crate::world::sids::Sid;
use crate::world::World;

/// The default life of a token.
pub const DEFAULT_TOKEN_LIFE: Duration = Duration::from_secs(8 * 3600);

/// The number of tokens that this process has issued. No token is issued twice, also after a reset.
static ISSUED: AtomicU64 = AtomicU64::new(0);

/// An issued token.
#[derive(Debug, Clone, Serialize)]
pub struct Token {
    /// The text of the token.
    pub token: String,
    /// The owner's identity.
    pub identity: String,
    /// The owner's worker; `None` for people who take no tasks.
    pub worker_sid: Option<Sid>,
    /// The roles: `agent`, `supervisor`, `admin`.
    pub roles: Vec<String>,
    /// `FU…`
    pub flex_user_sid: Sid,
    /// The time at which it expires.
    pub expires: Timestamp,
}

impl Token {
    /// Returns true for supervisors and admins, who may read all conversations and act for other workers.
    #[must_use]
    pub fn oversees(&self) -> bool {
        let mut roles = self.roles.iter();
        roles.any(|role| role == "supervisor" || role == "admin")
    }

    /// Returns true if the owner may act for this worker.
    #[must_use]
    pub fn may_act_for(&self, worker_sid: &str) -> bool {
        self.worker_sid.as_deref() == Some(worker_sid) || self.oversees()
    }
}

impl World {
    /// Issues a token for a worker, with the roles in the worker's attributes.
    pub fn issue_token(&mut self, identity: &str, life: Duration) -> Token {
        let worker = self.taskrouter.worker_named(identity);
        let worker_sid = worker.map(|worker| worker.sid.clone());
        let roles = worker
            .and_then(|worker| worker.attributes.get("roles"))
            .and_then(|roles| serde_json::from_value(roles.clone()).ok())
            .unwrap_or_else(|| vec!["agent".to_owned()]);
        let known = self
            .tokens
            .values()
            .find(|token| token.identity == identity)
            .map(|token| token.flex_user_sid.clone());
        let flex_user_sid = known.unwrap_or_else(|| self.sids.next("FU"));
        let number = ISSUED.fetch_add(1, Ordering::Relaxed) + 1;
        let token = Token {
            token: format!("simulated-flex-token.{identity}.{number}"),
            identity: identity.into(),
            worker_sid,
            roles,
            flex_user_sid,
            expires: later(self.now(), life),
        };
        self.tokens.insert(token.token.clone(), token.clone());
        token
    }

    /// Returns the token if it is known and has not expired.
    #[must_use]
    pub fn valid_token(&self, token: &str) -> Option<&Token> {
        self.tokens
            .get(token)
            .filter(|token| token.expires > self.now())
    }

    /// Expires a token now. Returns false if it does not exist.
    pub fn expire_token(&mut self, token: &str) -> bool {
        let now = self.now();
        self.tokens
            .get_mut(token)
            .map(|token| token.expires = now)
            .is_some()
    }

    /// Expires all tokens of an identity now. Returns their number.
    pub fn expire_tokens_of(&mut self, identity: &str) -> usize {
        let now = self.now();
        let own = self
            .tokens
            .values_mut()
            .filter(|token| token.identity == identity && token.expires > now);
        own.map(|token| token.expires = now).count()
    }
}
