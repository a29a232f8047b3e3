//! The users of Conversations: people with a chat identity.

use jiff::Timestamp;
use serde::Serialize;

use crate::world::sids::Sid;
use crate::world::World;

/// A user of Conversations.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// `US…`
    pub sid: Sid,
    /// The chat identity.
    pub identity: String,
    pub friendly_name: Option<String>,
    /// A JSON text.
    pub attributes: String,
    pub date_created: Timestamp,
}

impl World {
    /// Returns the user with this identity, and creates the user if necessary.
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

    /// Returns the friendly name of a chat identity, or the identity itself.
    #[must_use]
    pub fn friendly_name_of<'a>(&'a self, identity: &'a str) -> &'a str {
        let user = self.users.get(identity);
        user.and_then(|user| user.friendly_name.as_deref())
            .unwrap_or(identity)
    }
}
