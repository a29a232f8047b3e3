//! What a request of the event bridge names: `TaskRouter`'s resources and those of interactions, as the
//! paths that `twilio-taskrouter` and the Flex SDK build.

/// The resource that the `url` of a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    /// The workspace's activities.
    Activities,
    /// The workspace's task queues.
    TaskQueues,
    /// The workspace's workers.
    Workers,
    /// One worker.
    Worker(&'a str),
    /// A worker's capacity, channel by channel.
    WorkerChannels(&'a str),
    /// A worker's reservations.
    Reservations(&'a str),
    /// One reservation of a worker.
    Reservation(&'a str, &'a str),
    /// A worker's transfers.
    Transfers(&'a str),
    /// The workspace's tasks.
    Tasks,
    /// One task.
    Task(&'a str),
    /// An interaction's channels.
    Channels(&'a str),
    /// One channel of an interaction.
    Channel(&'a str, &'a str),
    /// Who is in a channel.
    Participants(&'a str, &'a str),
    /// Somebody in a channel.
    Participant(&'a str, &'a str, &'a str),
    /// The invites of a channel.
    Invites(&'a str, &'a str),
    /// One invite of a channel.
    Invite(&'a str, &'a str, &'a str),
    /// The transfers of a channel.
    ChannelTransfers(&'a str, &'a str),
    /// The channels that agents have paused.
    PausedChannels,
}

impl<'a> Route<'a> {
    /// The resource at `url`, if the event bridge knows such a one.
    #[must_use]
    pub fn parse(url: &'a str) -> Option<Self> {
        let path = url.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["Workspaces", _, rest @ ..] => Self::of_workspace(rest),
            ["v1", "Instances", _, "Interactions", kd, "Channels", uo, "Transfers"] => {
                Some(Self::ChannelTransfers(kd, uo))
            }
            ["v1", "Interactions", kd, "Channels", rest @ ..] => Self::of_interaction(kd, rest),
            ["v1", "Channels"] => Some(Self::PausedChannels),
            _ => None,
        }
    }

    fn of_workspace(parts: &[&'a str]) -> Option<Self> {
        match parts {
            ["Activities"] => Some(Self::Activities),
            ["TaskQueues"] => Some(Self::TaskQueues),
            ["Workers"] => Some(Self::Workers),
            ["Workers", worker] => Some(Self::Worker(worker)),
            ["Workers", worker, "WorkerChannels" | "Channels"] => {
                Some(Self::WorkerChannels(worker))
            }
            ["Workers", worker, "Reservations"] => Some(Self::Reservations(worker)),
            ["Workers", worker, "Reservations", reservation] => {
                Some(Self::Reservation(worker, reservation))
            }
            ["Workers", worker, "Transfers"] => Some(Self::Transfers(worker)),
            ["Tasks"] => Some(Self::Tasks),
            ["Tasks", task] => Some(Self::Task(task)),
            _ => None,
        }
    }

    fn of_interaction(kd: &'a str, parts: &[&'a str]) -> Option<Self> {
        match parts {
            [] => Some(Self::Channels(kd)),
            [uo] => Some(Self::Channel(kd, uo)),
            [uo, "Participants"] => Some(Self::Participants(kd, uo)),
            [uo, "Participants", ut] => Some(Self::Participant(kd, uo, ut)),
            [uo, "Invites"] => Some(Self::Invites(kd, uo)),
            [uo, "Invites", kg] => Some(Self::Invite(kd, uo, kg)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taskrouter_paths_name_their_resources() {
        for (url, expected) in [
            ("Workspaces/WS1/Activities", Route::Activities),
            ("Workspaces/WS1/Workers/WK1", Route::Worker("WK1")),
            (
                "/Workspaces/WS1/Workers/WK1/WorkerChannels",
                Route::WorkerChannels("WK1"),
            ),
            (
                "Workspaces/WS1/Workers/WK1/Reservations?PageSize=50",
                Route::Reservations("WK1"),
            ),
            (
                "Workspaces/WS1/Workers/WK1/Reservations/WR1",
                Route::Reservation("WK1", "WR1"),
            ),
            ("Workspaces/WS1/Tasks/WT1", Route::Task("WT1")),
        ] {
            assert_eq!(Route::parse(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn interaction_paths_name_their_resources() {
        for (url, expected) in [
            ("v1/Interactions/KD1/Channels", Route::Channels("KD1")),
            (
                "v1/Interactions/KD1/Channels/UO1",
                Route::Channel("KD1", "UO1"),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1/Participants",
                Route::Participants("KD1", "UO1"),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1/Participants/UT1",
                Route::Participant("KD1", "UO1", "UT1"),
            ),
            (
                "v1/Interactions/KD1/Channels/UO1/Invites/KG1",
                Route::Invite("KD1", "UO1", "KG1"),
            ),
            (
                "v1/Instances/GO1/Interactions/KD1/Channels/UO1/Transfers",
                Route::ChannelTransfers("KD1", "UO1"),
            ),
            ("v1/Channels", Route::PausedChannels),
        ] {
            assert_eq!(Route::parse(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn anything_else_is_unknown() {
        for url in [
            "",
            "/",
            "Workspaces",
            "Workspaces/WS1/Nonsense",
            "v2/Interactions/KD1/Channels",
            "v1/Interactions",
        ] {
            assert_eq!(Route::parse(url), None, "{url}");
        }
    }
}
