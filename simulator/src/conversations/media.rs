//! Files that are attached to messages.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// An uploaded file, whether or not a message carries it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Media {
    /// `ME…`
    pub sid: Sid,
    /// `media`, `body` or `history`.
    pub category: String,
    pub filename: Option<String>,
    /// The MIME type.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// The identity of the uploader.
    pub author: String,
    /// The content; empty if only the metadata is known.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// A file to add.
#[derive(Debug, Clone, Default)]
pub struct NewMedia {
    /// Defaults to `media`.
    pub category: Option<String>,
    /// See [`Media`].
    pub filename: Option<String>,
    pub content_type: String,
    /// The size in bytes; defaults to the content's.
    pub size: Option<u64>,
    pub content: Vec<u8>,
}

/// All files, by SID.
pub type AllMedia = BTreeMap<Sid, Media>;

impl World {
    /// Stores a file and returns it with its SID.
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
