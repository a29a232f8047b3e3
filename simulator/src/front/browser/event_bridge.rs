//! The event bridge: requests of the `TaskRouter` SDK and the Flex SDK in the browser.
//!
//! Each is one POST, answered with `{payload}`.

use serde_json::json;

use crate::http::bridge::{BridgeError, BridgeRequest};
use crate::http::sdk::SdkResponse;
use crate::interactions::browser as interactions;
use crate::taskrouter::browser as taskrouter;
use crate::world::World;

/// The resource in the `url` of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource<'a> {
    TaskRouter(taskrouter::Route<'a>),
    Interactions(interactions::Route<'a>),
}

impl<'a> Resource<'a> {
    /// Parses `url`; `None` if the event bridge has no such resource.
    fn at(url: &'a str) -> Option<Self> {
        let path = url.split('?').next().unwrap_or_default();
        let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let of_taskrouter = taskrouter::Route::parse(&path).map(Self::TaskRouter);
        of_taskrouter.or_else(|| interactions::Route::parse(&path).map(Self::Interactions))
    }
}

/// Answers a request; `None` if the event bridge has no such request.
pub fn answer(world: &mut World, request: &BridgeRequest) -> Option<SdkResponse> {
    let resource = Resource::at(&request.url)?;
    let Some(caller) = world.valid_token(&request.token).cloned() else {
        return Some(SdkResponse::token_refused());
    };
    let payload = match (request.method.as_str(), resource) {
        ("GET", Resource::TaskRouter(route)) => taskrouter::read(world, &caller, route),
        ("GET", Resource::Interactions(route)) => interactions::read(world, &caller, route),
        ("POST", Resource::TaskRouter(route)) => {
            taskrouter::write(world, &caller, route, &request.params)
        }
        ("POST", Resource::Interactions(route)) => {
            interactions::write(world, &caller, route, &request.params)
        }
        _ => None,
    }?;
    Some(match payload {
        Ok(payload) => SdkResponse::ok(json!({"payload": payload})),
        Err(BridgeError::World(error)) => error.into(),
        Err(BridgeError::Forbidden) => SdkResponse::forbidden(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANNEL: interactions::ChannelPath<'_> = interactions::ChannelPath {
        interaction_sid: "KD1",
        channel_sid: "UO1",
    };

    #[test]
    fn taskrouter_paths_name_their_resources() {
        for (url, expected) in [
            (
                "Workspaces/WS1/Activities",
                Resource::TaskRouter(taskrouter::Route::Activities),
            ),
            (
                "Workspaces/WS1/Workers/WK1",
                Resource::TaskRouter(taskrouter::Route::Worker("WK1")),
            ),
            (
                "/Workspaces/WS1/Workers/WK1/WorkerChannels",
                Resource::TaskRouter(taskrouter::Route::WorkerChannels("WK1")),
            ),
            (
                "Workspaces/WS1/Workers/WK1/Reservations?PageSize=50",
                Resource::TaskRouter(taskrouter::Route::Reservations("WK1")),
            ),
            (
                "Workspaces/WS1/Workers/WK1/Reservations/WR1",
                Resource::TaskRouter(taskrouter::Route::Reservation {
                    worker_sid: "WK1",
                    reservation_sid: "WR1",
                }),
            ),
            (
                "Workspaces/WS1/Tasks/WT1",
                Resource::TaskRouter(taskrouter::Route::Task("WT1")),
            ),
        ] {
            assert_eq!(Resource::at(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn interaction_paths_name_their_resources() {
        for (url, expected) in [
            (
                "v1/Interactions/KD1/Channels",
                Resource::Interactions(interactions::Route::Channels {
                    interaction_sid: "KD1",
                }),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1",
                Resource::Interactions(interactions::Route::Channel(CHANNEL)),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1/Participants",
                Resource::Interactions(interactions::Route::Participants(CHANNEL)),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1/Participants/UT1",
                Resource::Interactions(interactions::Route::Participant {
                    channel: CHANNEL,
                    participant_sid: "UT1",
                }),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1/Invites/KG1",
                Resource::Interactions(interactions::Route::Invite {
                    channel: CHANNEL,
                    invite_sid: "KG1",
                }),
            ),
            (
                "v1/Instances/GO1/Interactions/KD1/Channels/UO1/Transfers",
                Resource::Interactions(interactions::Route::ChannelTransfers(CHANNEL)),
            ),
            (
                "v1/Channels",
                Resource::Interactions(interactions::Route::PausedChannels),
            ),
        ] {
            assert_eq!(Resource::at(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn other_paths_are_unknown() {
        for url in [
            "",
            "/",
            "Workspaces",
            "Workspaces/WS1/Nonsense",
            "v2/Interactions/KD1/Channels",
            "v1/Interactions",
        ] {
            assert_eq!(Resource::at(url), None, "{url}");
        }
    }
}
