use serde::Deserialize;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::Call;

use super::ChannelRef;

/// Reads the state of an interaction channel.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/channels-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FetchChannel(pub ChannelRef);

/// A channel's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChannelState {
    /// Agents can be invited.
    Open,
    /// It has ended for good (`closed`, `failed`).
    Closed,
}

impl Call for FetchChannel {
    type Answer = ChannelState;

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

    #[cfg(test)]
    fn examples() -> Vec<Self> {
        vec![Self(crate::twilio::testing::channel())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twilio::testing::{answer, example, request};
    use serde_json::json;

    #[test]
    fn the_channel_is_fetched() {
        assert_eq!(
            request(&example::<FetchChannel>()),
            json!({
                "method": "get",
                "uri": "https://flex-api.twilio.com/v1/Interactions/KD…/Channels/UO…",
            })
        );
    }

    #[test]
    fn a_channel_that_has_ended_is_closed() {
        for (status, state) in [
            ("active", ChannelState::Open),
            ("setup", ChannelState::Open),
            ("closed", ChannelState::Closed),
            ("failed", ChannelState::Closed),
        ] {
            let read = answer(&example::<FetchChannel>(), &json!({ "status": status }));
            assert_eq!(read, state, "{status}");
        }
    }
}
