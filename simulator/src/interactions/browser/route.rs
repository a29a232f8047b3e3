//! The paths of interactions in the event bridge, as the Flex SDK builds them.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    Channels(&'a str),
    Channel(&'a str, &'a str),
    Participants(&'a str, &'a str),
    Participant(&'a str, &'a str, &'a str),
    Invites(&'a str, &'a str),
    Invite(&'a str, &'a str, &'a str),
    ChannelTransfers(&'a str, &'a str),
    PausedChannels,
}

impl<'a> Route<'a> {
    /// Parses the segments of a path; `None` if they name no resource.
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
