use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::sid::ConversationSid;
use crate::twilio::body::{self, Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::{answers_as, Call};

use super::{next_page, Meta, Page};

/// 16 KB of attributes each come to less than a megabyte a page.
const PAGE_SIZE: u32 = 50;

/// Reads a page of the account's conversations in one state.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListConversations {
    /// The state.
    pub state: ConversationState,
    /// The page; absent: the first.
    pub page: Option<PageRef>,
}

/// The states of a conversation that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConversationState {
    /// Written in lately.
    Active,
    /// Made inactive by a timer.
    Inactive,
}

/// A conversation of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListedConversation {
    /// Its SID.
    pub sid: ConversationSid,
    /// Its attributes, JSON text.
    pub attributes: String,
}

impl Call for ListConversations {
    /// What cannot be read of a page is left out.
    type Answer = Page<ListedConversation>;
    answers_as!(ListConversations);

    fn http(&self, _: &Access) -> Http {
        let state = match self.state {
            ConversationState::Active => "active",
            ConversationState::Inactive => "inactive",
        };
        let first = json!({ "State": state, "PageSize": PAGE_SIZE });
        Http::get_page(Uri::conversations(), self.page.as_ref(), first)
    }

    fn read(&self, body: Body<'_>) -> Result<Page<ListedConversation>, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            conversations: Vec<Box<RawValue>>,
            #[serde(default)]
            meta: Option<Meta>,
        }
        #[derive(Deserialize)]
        struct Entry {
            sid: ConversationSid,
            #[serde(default)]
            attributes: JsonText,
        }

        let raw: Raw = body.parse()?;
        let entries = raw.conversations.iter();
        let entries = entries.filter_map(|json| body::parse::<Entry>(json.get()).ok());
        Ok(Page {
            entries: entries
                .map(|entry| ListedConversation {
                    sid: entry.sid,
                    attributes: entry.attributes.0,
                })
                .collect(),
            next: next_page(raw.meta),
        })
    }
}
