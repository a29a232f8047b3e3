//! The identity under which a user of Flex opens Sync objects and chats.

use crate::sid::{sealed, Identifier};

/// The most characters of an identity.
const LONGEST: usize = 256;

/// An identity that may stand in an address. Flex writes every other character of a user's name as `_2E` or the like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity(String);

impl Identity {
    /// Reads an identity. `None`: it could change the address that it stands in.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-@+=:.".contains(&byte);
        let is_safe = !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_plain);
        // A segment of dots leads to another folder.
        (is_safe && text.bytes().any(|byte| byte != b'.')).then(|| Self(text.to_owned()))
    }
}

impl sealed::Sealed for Identity {}

impl Identifier for Identity {
    fn as_segment(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_one_segment() {
        for fine in [
            "ada",
            "ada_40example_2Ecom",
            "ada@example.com",
            "a.b",
            "x:1",
        ] {
            assert!(Identity::parse(fine).is_some(), "{fine}");
        }
        let long = "a".repeat(LONGEST + 1);
        for other in [
            "", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "ä", &long,
        ] {
            assert!(Identity::parse(other).is_none(), "{other}");
        }
    }
}
