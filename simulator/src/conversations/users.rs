//! The users of Conversations: people with a chat identity.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::sids::Sid;
use crate::world::World;

/// Somebody with a chat identity.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// `US…`
    pub sid: Sid,
    /// Their name in the chat.
    pub identity: String,
    /// The name that people see.
    pub friendly_name: Option<String>,
    /// A JSON text.
    pub attributes: String,
    /// The time at which they first appeared.
    pub date_created: Timestamp,
}

impl World {
    /// The chat user with this identity, who comes into being when first named.
    pub fn user(&mut self, identity: &str) -> &mut User {
        let now = self.now();
        let sids = &mut self.sids;
        self.users
            .entry(identity.to_owned())
            .or_insert_with(|| User {
                sid: sids.next("US"),
                identity: identity.to_owned(),
                friendly_name: None,
                attributes: "{}".into(),
                date_created: now,
            })
    }

    /// Returns the name that people see of somebody with a chat identity.
    #[must_use]
    pub fn friendly_name_of<'a>(&'a self, identity: &'a str) -> &'a str {
        let user = self.users.get(identity);
        user.and_then(|user| user.friendly_name.as_deref())
            .unwrap_or(identity)
    }
}
