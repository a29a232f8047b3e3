//! Flex users who were provisioned through REST, beside the seeded workers.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::iam::Token;
use crate::taskrouter::Worker;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// Usernames by the SID of the user, `FU…`.
pub type FlexUsers = BTreeMap<Sid, String>;

impl World {
    /// Creates a Flex user, and a worker with the same name.
    pub fn provision_user(
        &mut self,
        username: &str,
        attributes: serde_json::Value,
    ) -> Result<(Sid, Worker)> {
        if self.taskrouter.worker_named(username).is_some() {
            return Err(Error::Invalid {
                name: "username",
                expected: "an unused name".into(),
            });
        }
        let offline = self.taskrouter.activity_named("Offline")?.sid.clone();
        let worker = self.create_worker(username, attributes, &offline)?;
        let sid = self.sids.next("FU");
        self.flex_users.insert(sid.clone(), username.into());
        Ok((sid, worker))
    }

    /// Removes a Flex user and the worker.
    pub fn deprovision_user(&mut self, sid: &str) -> Result<()> {
        let username = self.username(sid)?;
        if let Some(worker) = self.taskrouter.worker_named(&username) {
            let worker = worker.sid.clone();
            self.remove_worker(&worker)?;
        }
        self.flex_users.remove(sid);
        self.expire_tokens_of(&username);
        Ok(())
    }

    /// Issues a token for a Flex user.
    pub fn issue_user_token(&mut self, sid: &str, life: Duration) -> Result<Token> {
        let username = self.username(sid)?;
        Ok(self.issue_token(&username, life))
    }

    fn username(&self, sid: &str) -> Result<String> {
        let found = self.flex_users.get(sid).cloned();
        found.ok_or_else(|| Error::NotFound(format!("/Users/{sid}")))
    }
}
