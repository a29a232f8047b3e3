use serde_json::json;

use crate::twilio::body::{Body, Unreadable};
use crate::twilio::http::{Access, Http};
use crate::twilio::Call;

use super::ChannelRef;

/// Closes an interaction channel for good, as Flex's own End does: the tasks of agents who are in it move to wrap-up.
///
/// Source: <https://www.twilio.com/docs/flex/developer/conversations/interactions-api/channels-subresource>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CloseChannel(pub ChannelRef);

impl Call for CloseChannel {
    type Answer = ();

    fn http(&self, _: &Access) -> Http {
        let data = json!({ "Status": "closed", "Routing": r#"{"status":"wrapup"}"# });
        Http::post(self.0.uri(), data)
    }

    fn read(&self, _: Body<'_>) -> Result<(), Unreadable> {
        Ok(())
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

    #[test]
    fn the_channel_is_closed() {
        let call = example::<CloseChannel>();
        assert_eq!(
            request(&call),
            json!({
                "method": "post",
                "uri": "https://flex-api.twilio.com/v1/Interactions/KD…/Channels/UO…",
                "data": { "Status": "closed", "Routing": "{\"status\":\"wrapup\"}" },
            })
        );
        answer(&call, &json!({ "sid": "UO", "status": "closed" }));
    }
}
