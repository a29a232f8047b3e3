use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::sid::ConversationSid;
use crate::twilio::body::{self, Body, JsonText, Unreadable};
use crate::twilio::http::{Access, Http, PageRef, Uri};
use crate::twilio::Call;

use super::{next_page, Meta, Page};

/// The size of a page. A conversation has 16 KB of attributes at most, so a page is smaller than a megabyte.
const PAGE_SIZE: u32 = 50;

/// Reads a page of the account's conversations in one state.
///
/// Source: <https://www.twilio.com/docs/conversations/api/conversation-resource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListConversations {
    pub state: ConversationState,
    /// The page. `None`: the first.
    pub page: Option<PageRef>,
}

/// The state of a conversation that is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConversationState {
    Active,
    /// A timer has made it inactive.
    Inactive,
}

/// A conversation of a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListedConversation {
    pub sid: ConversationSid,
    /// Its attributes, JSON text.
    pub attributes: String,
}

impl Call for ListConversations {
    /// The page without the entries that cannot be read.
    type Answer = Page<ListedConversation>;

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        let call = |state| Self { state, page: None };
        vec![
            call(ConversationState::Active),
            call(ConversationState::Inactive),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]
    use super::*;
    use crate::sid::example as sid;
    use crate::twilio::testing::{answer, example, request};

    const URI: &str = "https://conversations.twilio.com/v1/Conversations";

    #[test]
    fn a_page_of_one_state_is_listed() {
        for (call, state) in ListConversations::examples()
            .iter()
            .zip(["active", "inactive"])
        {
            let params = json!({ "State": state, "PageSize": 50 });
            let sent = json!({ "method": "get", "uri": URI, "params": params });
            assert_eq!(request(call), sent);
        }
    }

    #[test]
    fn the_next_page_is_read_by_the_query_of_its_link() {
        let body = json!({
            "conversations": [
                { "sid": sid("CH"), "attributes": "{}", "state": "active" },
                { "sid": "not a SID", "attributes": "{}" },
            ],
            "meta": { "next_page_url": format!("{URI}?State=active&PageToken=PT1") },
        });
        let page = answer(&example::<ListConversations>(), &body);
        let conversation = ListedConversation {
            sid: ConversationSid::example(),
            attributes: "{}".into(),
        };
        assert_eq!(page.entries, [conversation]);
        let next = ListConversations {
            page: Some(page.next.unwrap()),
            ..example()
        };
        let sent = json!({ "method": "get", "uri": format!("{URI}?State=active&PageToken=PT1") });
        assert_eq!(request(&next), sent);
    }

    #[test]
    fn a_page_without_a_link_is_the_last_one() {
        for meta in [json!(null), json!({ "next_page_url": null })] {
            let body = json!({ "conversations": [], "meta": meta });
            assert_eq!(answer(&example::<ListConversations>(), &body).next, None);
        }
    }
}
