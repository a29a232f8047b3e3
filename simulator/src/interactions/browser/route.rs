//! The resources of interactions that a request of the event bridge names, by the paths that the Flex SDK builds.

/// A resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    /// An interaction's channels.
    Channels(&'a str),
    /// One channel of an interaction.
    Channel(&'a str, &'a str),
    /// The participants of a channel.
    Participants(&'a str, &'a str),
    /// One participant of a channel.
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
    /// Returns the resource at a path, given by its parts, if there is one.
    #[must_use]
    pub fn parse(path: &[&'a str]) -> Option<Self> {
        match path {
            ["v1", "Instances", _, "Interactions", kd, "Channels", uo, "Transfers"] => {
                Some(Self::ChannelTransfers(kd, uo))
            }
            ["v1", "Interactions", kd, "Channels", rest @ ..] => Self::of_interaction(kd, rest),
            ["v1", "Channels"] => Some(Self::PausedChannels),
            _ => None,
        }
    }

    fn of_interaction(kd: &'a str, path: &[&'a str]) -> Option<Self> {
        match path {
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
