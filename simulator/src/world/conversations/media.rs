//! What is attached to messages.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// A file that is attached to a message, or about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Media {
    /// `ME…`
    pub sid: Sid,
    /// `media`, `body` or `history`.
    pub category: String,
    /// The name of the file.
    pub filename: Option<String>,
    /// The type of its content.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Who has uploaded it.
    pub author: String,
    /// The content, where it was uploaded.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// A file on its way in.
#[derive(Debug, Clone, Default)]
pub struct NewMedia {
    /// See [`Media`]; `media` when not given.
    pub category: Option<String>,
    /// See [`Media`].
    pub filename: Option<String>,
    /// See [`Media`].
    pub content_type: String,
    /// See [`Media`]; the content's when not given.
    pub size: Option<u64>,
    /// See [`Media`].
    pub content: Vec<u8>,
}

/// All files, by SID.
pub type AllMedia = BTreeMap<Sid, Media>;

impl World {
    /// Keeps a file.
    pub fn add_media(&mut self, author: &str, new: NewMedia) -> Media {
        let length = u64::try_from(new.content.len()).unwrap_or(u64::MAX);
        let media = Media {
            sid: self.sids.next("ME"),
            category: new.category.unwrap_or_else(|| "media".into()),
            filename: new.filename,
            content_type: new.content_type,
            size: new.size.unwrap_or(length),
            author: author.into(),
            content: new.content,
        };
        self.media.insert(media.sid.clone(), media.clone());
        media
    }

    /// Returns the file with this SID.
    pub fn media(&self, sid: &str) -> Result<&Media> {
        self.media
            .get(sid)
            .ok_or_else(|| Error::NotFound(format!("/Media/{sid}")))
    }
}
