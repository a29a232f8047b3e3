//! Requests and answers in the forms that all products of Twilio share: REST, and the protocols of browser
//! SDKs.

pub mod bridge;
pub mod error;
pub mod openapi;
pub mod page;
pub mod request;
pub mod sdk;
pub mod signature;
pub mod surrogates;
