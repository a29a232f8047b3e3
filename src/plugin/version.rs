//! Plugin and Functions of different versions: which of them has to be renewed.
//!
//! A patch changes nothing between them (see the top of the changelog), so that major and minor version count.

use std::cmp::Ordering;

/// The version of this plugin.
pub const OWN: &str = env!("CARGO_PKG_VERSION");

/// The Function that returns the version of the Functions, without a token. Those before 0.2.0 have none.
pub const PATH: &str = "/features/park-interaction/version";

/// The older side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// This plugin: a reload of the page brings the present one.
    Plugin,
    /// The Functions: the owner deploys them.
    Functions,
}

impl Older {
    /// Returns the older side by the answer of the Function: its HTTP status, and the version in its body. `None`: neither, or nobody
    /// knows.
    #[must_use]
    pub fn by_answer(own: &str, status: u16, functions: Option<&str>) -> Option<Self> {
        if status == 404 {
            return Some(Self::Functions);
        }
        let (own, functions) = (minor(own)?, minor(functions?)?);
        match functions.cmp(&own) {
            Ordering::Less => Some(Self::Functions),
            Ordering::Greater => Some(Self::Plugin),
            Ordering::Equal => None,
        }
    }
}

/// Returns the major and the minor number of a version. A longer number is a larger one: it begins with no zero.
fn minor(version: &str) -> Option<[(usize, &str); 2]> {
    let (major, rest) = version.split_once('.')?;
    let (minor, _) = rest.split_once('.')?;
    Some([(major.len(), major), (minor.len(), minor)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_with_the_lower_minor_or_major_version_is_older() {
        for (own, functions, expected) in [
            ("0.2.0", "0.1.0", Some(Older::Functions)),
            ("0.2.0", "0.3.1", Some(Older::Plugin)),
            ("0.9.0", "0.10.0", Some(Older::Plugin)),
            ("2.0.0", "1.9.9", Some(Older::Functions)),
            ("1.9.9", "2.0.0-rc.1", Some(Older::Plugin)),
            ("0.2.0", "0.2.7", None),
            ("0.2.7", "0.2.0", None),
            ("0.2.0", "next", None),
            ("0.2.0", "", None),
        ] {
            let older = Older::by_answer(own, 200, Some(functions));
            assert_eq!(older, expected, "{own} with {functions}");
        }
    }

    #[test]
    fn functions_without_a_version_are_older_and_a_failure_says_nothing() {
        assert_eq!(Older::by_answer(OWN, 404, None), Some(Older::Functions));
        assert_eq!(Older::by_answer(OWN, 503, None), None);
        assert_eq!(Older::by_answer(OWN, 200, None), None);
        assert_eq!(Older::by_answer(OWN, 200, Some(OWN)), None);
    }
}
