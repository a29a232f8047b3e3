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

/// Decodes %xx in a path or a parameter. A plus sign stands for itself.
pub fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
