use serde::Deserialize;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::{answers_as, Call};

use super::ChannelRef;

/// Reads whether agents can still be invited into a channel.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/channels-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchChannel(pub ChannelRef);

/// A channel's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelState {
    /// Agents can be invited.
    Open,
    /// It has ended for good.
    Closed,
}

impl Call for FetchChannel {
    type Answer = ChannelState;
    answers_as!(FetchChannel);

    fn http(&self, _: &Access) -> Http {
        Http::get(self.0.uri())
    }

    fn read(&self, body: Body<'_>) -> Result<ChannelState, Unreadable> {
        #[derive(Deserialize)]
        struct Raw {
            status: String,
        }

        let raw: Raw = body.parse()?;
        Ok(match raw.status.as_str() {
            "closed" | "failed" => ChannelState::Closed,
            _ => ChannelState::Open,
        })
    }
}
