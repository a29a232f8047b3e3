//! HTTP requests to Twilio, in the form of the official client.
//!
//! The types of [`Uri`]'s methods allow constants and identifiers only. So no text from attributes, rows or requests
//! can become part of a path.

use serde::Serialize;
use serde_json::{json, Value};

use crate::sid::{AccountSid, Identifier, SyncServiceSid, WorkspaceSid};

use super::TIMEOUT_MS;

/// The account, and the user of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The account.
    pub account: AccountSid,
    /// The Flex workspace.
    pub workspace: WorkspaceSid,
    /// The Sync service of claims and lists.
    pub sync_service: SyncServiceSid,
    /// The Flex token of the request that is being served. Empty: it has none.
    pub token: String,
}

/// A request to Twilio, in the form of the official client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Http {
    /// The method.
    pub method: Method,
    /// The address. It has a query only for a later page of a list.
    pub uri: Uri,
    /// The query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    /// The body's fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Headers beyond the client's own.
    pub headers: Value,
    /// The time limit in milliseconds. The name is the client's.
    pub timeout: u32,
}

/// An HTTP method, in the official client's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates and updates.
    Post,
    /// Deletes.
    Delete,
}

/// The address of a resource in one of Twilio's REST APIs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Uri(String);

/// A reference to a page of a list: the query of Twilio's link to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct PageRef(String);

impl Uri {
    /// Returns the address of all conversations.
    #[must_use]
    pub fn conversations() -> Self {
        Self("https://conversations.twilio.com/v1/Conversations".into())
    }

    /// Returns the address of all Flex interactions.
    #[must_use]
    pub fn interactions() -> Self {
        Self("https://flex-api.twilio.com/v1/Interactions".into())
    }

    /// Returns the address of the account's Flex configuration.
    #[must_use]
    pub fn flex_configuration() -> Self {
        Self("https://flex-api.twilio.com/v1/Configuration".into())
    }

    /// Returns the address of the Flex workspace in TaskRouter.
    #[must_use]
    pub fn workspace(access: &Access) -> Self {
        Self("https://taskrouter.twilio.com/v1/Workspaces".into()).id(&access.workspace)
    }

    /// Returns the address of the Sync service of claims and lists.
    #[must_use]
    pub fn sync_service(access: &Access) -> Self {
        Self("https://sync.twilio.com/v1/Services".into()).id(&access.sync_service)
    }

    /// Returns the address of the account in Twilio's identity service.
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

    /// Returns the address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PageRef {
    /// Returns the query, without the question mark.
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
            Err("expected the query of a page link")
        }
    }
}

impl Http {
    fn new(method: Method, uri: Uri) -> Self {
        Self {
            method,
            uri,
            params: None,
            data: None,
            headers: json!({}),
            timeout: TIMEOUT_MS,
        }
    }

    /// Makes a request that reads.
    #[must_use]
    pub fn get(uri: Uri) -> Self {
        Self::new(Method::Get, uri)
    }

    /// Makes a request that reads a page of a list: `page`, or else the first page by the query `first`.
    #[must_use]
    pub fn get_page(mut uri: Uri, page: Option<&PageRef>, first: Value) -> Self {
        match page {
            Some(PageRef(query)) => {
                uri.0.push('?');
                uri.0.push_str(query);
                Self::get(uri)
            }
            None => Self::get(uri).with_query(first),
        }
    }

    /// Makes a request that creates or updates.
    #[must_use]
    pub fn post(uri: Uri, data: Value) -> Self {
        Self {
            data: Some(data),
            ..Self::new(Method::Post, uri)
        }
    }

    /// Makes a request that deletes.
    #[must_use]
    pub fn delete(uri: Uri) -> Self {
        Self::new(Method::Delete, uri)
    }

    /// Sets the query.
    #[must_use]
    pub fn with_query(self, params: Value) -> Self {
        Self {
            params: Some(params),
            ..self
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Some(headers) = self.headers.as_object_mut() {
            headers.insert(name.into(), value.into());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ref_is_a_plain_query() {
        assert!(PageRef::try_from("PageSize=50&PageToken=PTCH%2B1".to_owned()).is_ok());
        for query in ["a/../b", "a?b", "a#b", "a b", "ü"] {
            assert!(PageRef::try_from(query.to_owned()).is_err(), "{query}");
        }
    }
}
