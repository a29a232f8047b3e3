//! Why a call failed, as far as it matters for what to do next.

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Twilio limits the rate of requests: it was not carried out, and may be later.
    Throttled,
    /// No answer, or a server's error: it was carried out or not, and nobody knows which.
    Unavailable,
    /// There is no such thing (404).
    NotFound,
    /// Taken, or changed by somebody else (409 or 412).
    Conflict,
    /// The Flex token is not valid.
    InvalidToken,
    /// Refused for good: sending it again does not help.
    Refused {
        /// HTTP status.
        status: u16,
        /// Twilio's error code.
        code: u32,
    },
    /// An answer that is not what Twilio documents.
    Malformed {
        /// The path of the field that is missing or cannot be read.
        field: String,
    },
}

/// Twilio's codes for a limit on the rate of requests, whatever the HTTP status that comes with them.
///
/// Sources: <https://www.twilio.com/docs/api/errors/20429>, `/45010`, `/45780`, `/54009`.
const RATE_LIMITS: [u32; 4] = [20_429, 45_010, 45_780, 54_009];

impl Failure {
    /// Whether asking again later will not do better either.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::NotFound | Self::Refused { .. } | Self::Malformed { .. } => true,
            Self::Throttled | Self::Unavailable | Self::Conflict | Self::InvalidToken => false,
        }
    }

    /// What most calls make of an unsuccessful status and Twilio's error code.
    #[must_use]
    pub fn from_status(status: u16, code: u32) -> Self {
        match status {
            429 => Self::Throttled,
            _ if RATE_LIMITS.contains(&code) => Self::Throttled,
            404 => Self::NotFound,
            412 => Self::Conflict,
            408 | 500.. => Self::Unavailable,
            status => Self::Refused { status, code },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_told_apart_by_what_to_do_next() {
        let refused = |status, code| Failure::Refused { status, code };
        for (status, code, expected) in [
            (404, 20_404, Failure::NotFound),
            (412, 54_103, Failure::Conflict),
            (429, 20_429, Failure::Throttled),
            (400, 45_780, Failure::Throttled),
            (408, 0, Failure::Unavailable),
            (503, 0, Failure::Unavailable),
            (400, 45_354, refused(400, 45_354)),
            (409, 45_376, refused(409, 45_376)),
        ] {
            assert_eq!(Failure::from_status(status, code), expected, "{status}");
        }
    }
}
