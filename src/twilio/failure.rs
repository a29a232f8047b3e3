//! Failures of calls, by the action to take next.

/// The reason why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Twilio limits the rate of requests. The call was not carried out and may be sent again later.
    Throttled,
    /// No response, or a server error (408, 5xx). It is unknown whether the call was carried out.
    Unavailable,
    /// The resource does not exist (404).
    NotFound,
    /// The name is taken (409 of some calls), or the revision has changed (412).
    Conflict,
    /// The Flex token is not valid.
    InvalidToken,
    /// Refused for good: another try does not help.
    Refused {
        /// HTTP status.
        status: u16,
        /// Twilio's error code.
        code: u32,
    },
    /// A response that differs from Twilio's documentation.
    UnreadableResponse {
        /// The path of the field that is missing or cannot be read.
        field: String,
    },
}

/// Twilio's error codes for a limit on the rate of requests. They come with several HTTP statuses.
///
/// Sources: <https://www.twilio.com/docs/api/errors/20429>, `/45010`, `/45780`, `/54009`.
const RATE_LIMITS: [u32; 4] = [20_429, 45_010, 45_780, 54_009];

impl Failure {
    /// Returns true if a later try would fail too.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::NotFound | Self::Refused { .. } | Self::UnreadableResponse { .. } => true,
            Self::Throttled | Self::Unavailable | Self::Conflict | Self::InvalidToken => false,
        }
    }

    /// Maps an unsuccessful HTTP status and Twilio's error code, for most calls.
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
    fn statuses_map_to_failures() {
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
