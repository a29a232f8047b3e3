//! HTTP requests to Twilio, as the official client takes them.
//!
//! An address is put together from constants and identifiers only, by the types of [`Uri`]'s methods. So no text that
//! somebody wrote can become a part of a path, whatever stands in attributes, rows or requests.

use serde::Serialize;
use serde_json::{json, Value};

use crate::sid::{AccountSid, Identifier, SyncServiceSid, WorkspaceSid};

use super::TIMEOUT_MS;

/// Whose Twilio it is, and for whom it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The account.
    pub account: AccountSid,
    /// The Flex workspace.
    pub workspace: WorkspaceSid,
    /// The Sync service of claims and lists.
    pub sync_service: SyncServiceSid,
    /// The Flex token of the request that is being served; empty if it came without one.
    pub token: String,
}

/// A request as the official client takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Http {
    /// The method.
    pub method: Verb,
    /// The address, without a query, or with that of a further page.
    pub uri: Uri,
    /// The query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The body's fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Headers beyond the client's own.
    pub headers: Value,
    /// In milliseconds.
    pub timeout: u32,
}

/// An HTTP method, as the official client writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Reads.
    Get,
    /// Creates and updates.
    Post,
    /// Deletes.
    Delete,
}

/// The address of something in one of Twilio's REST APIs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Uri(String);

/// A page of a list: the query of Twilio's link to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct PageRef(String);

impl Uri {
    /// The conversation resources of Conversations.
    #[must_use]
    pub fn conversations() -> Self {
        Self("https://conversations.twilio.com/v1/Conversations".into())
    }

    /// The interactions of Flex.
    #[must_use]
    pub fn interactions() -> Self {
        Self("https://flex-api.twilio.com/v1/Interactions".into())
    }

    /// The Flex workspace in TaskRouter.
    #[must_use]
    pub fn workspace(access: &Access) -> Self {
        Self("https://taskrouter.twilio.com/v1/Workspaces".into()).id(&access.workspace)
    }

    /// The Sync service of claims and lists.
    #[must_use]
    pub fn sync_service(access: &Access) -> Self {
        Self("https://sync.twilio.com/v1/Services".into()).id(&access.sync_service)
    }

    /// The account in Twilio's identity service.
    #[must_use]
    pub fn iam(access: &Access) -> Self {
        Self("https://iam.twilio.com/v1/Accounts".into()).id(&access.account)
    }

    /// Adds a constant segment.
    #[must_use]
    pub fn part(mut self, constant: &'static str) -> Self {
        self.0.push('/');
        self.0.push_str(constant);
        self
    }

    /// Adds an identifier as a segment.
    #[must_use]
    pub fn id(mut self, identifier: &impl Identifier) -> Self {
        self.0.push('/');
        self.0.push_str(identifier.as_segment());
        self
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PageRef {
    /// The query, without its question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PageRef {
    type Error = &'static str;

    fn try_from(query: String) -> Result<Self, Self::Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"%&=._~+-".contains(&byte);
        if query.bytes().all(is_plain) {
            Ok(Self(query))
        } else {
            Err("expected a query as a link of Twilio has it")
        }
    }
}

impl Http {
    fn new(method: Verb, uri: Uri) -> Self {
        Self {
            method,
            uri,
            params: None,
            data: None,
            headers: json!({}),
            timeout: TIMEOUT_MS,
        }
    }

    /// A request that reads.
    #[must_use]
    pub fn get(uri: Uri) -> Self {
        Self::new(Verb::Get, uri)
    }

    /// A request that reads a page of a list: `page`, or the first one by the query `first`.
    #[must_use]
    pub fn get_page(mut uri: Uri, page: Option<&PageRef>, first: Value) -> Self {
        match page {
            Some(PageRef(query)) => {
                uri.0.push('?');
                uri.0.push_str(query);
                Self::get(uri)
            }
            None => Self::get(uri).query(first),
        }
    }

    /// A request that creates or updates.
    #[must_use]
    pub fn post(uri: Uri, data: Value) -> Self {
        Self {
            data: Some(data),
            ..Self::new(Verb::Post, uri)
        }
    }

    /// A request that deletes.
    #[must_use]
    pub fn delete(uri: Uri) -> Self {
        Self::new(Verb::Delete, uri)
    }

    /// The same with a query.
    #[must_use]
    pub fn query(self, params: Value) -> Self {
        Self {
            params: Some(params),
            ..self
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Some(headers) = self.headers.as_object_mut() {
            headers.insert(name.into(), value.into());
        }
        self
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Some account.
    pub fn access() -> Access {
        Access {
            account: AccountSid::example(),
            workspace: WorkspaceSid::example(),
            sync_service: SyncServiceSid::example(),
            token: String::new(),
        }
    }

    #[test]
    fn a_page_is_named_by_a_plain_query_only() {
        assert!(PageRef::try_from("PageSize=50&PageToken=PTCH%2B1".to_owned()).is_ok());
        for query in ["a/../b", "a?b", "a#b", "a b", "ü"] {
            assert!(PageRef::try_from(query.to_owned()).is_err(), "{query}");
        }
    }
}
