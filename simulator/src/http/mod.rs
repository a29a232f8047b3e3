//! Requests and answers in the forms that all products of Twilio share: REST, and what SDKs in a browser ask.

pub mod bridge;
pub mod call;
pub mod error;
pub mod openapi;
pub mod page;
pub mod sdk;
