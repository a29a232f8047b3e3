//! The failures of commands, and their exit codes.

use std::fmt;

/// Done, or there was nothing to do.
pub const DONE: u8 = 0;
/// `diff` found differences.
pub const DIFFERENT: u8 = 1;
/// The command line or the credentials cannot be used.
pub const MISUSED: u8 = 2;

/// A failure, with a sentence for the person who ran the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The command line or the credentials cannot be used: what they name is not there, or does not fit. Nothing was written.
    Misused(String),
    /// The configuration is wrong, in the files or in the account. Nothing was written.
    Wrong(String),
    /// Twilio refused or did not answer. Nothing was written.
    Refused(String),
    /// Somebody else changed it at the same time. Nothing was written.
    Overtaken(String),
    /// Written, but what was read back is not what was written, or could not be read.
    Unverified(String),
    /// The person at the terminal did not confirm the change. Nothing was written.
    Declined(String),
}

impl Failure {
    /// Returns the program's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Misused(_) => MISUSED,
            Self::Wrong(_) => 3,
            Self::Refused(_) => 4,
            Self::Overtaken(_) => 5,
            Self::Unverified(_) => 6,
            Self::Declined(_) => 7,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Misused(sentence)
        | Self::Wrong(sentence)
        | Self::Refused(sentence)
        | Self::Overtaken(sentence)
        | Self::Unverified(sentence)
        | Self::Declined(sentence)) = self;
        f.write_str(sentence)
    }
}
