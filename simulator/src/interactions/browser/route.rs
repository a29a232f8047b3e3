//! The paths of interactions in the event bridge, as the Flex SDK builds them.

/// The SIDs that name a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelPath<'a> {
    pub interaction_sid: &'a str,
    pub channel_sid: &'a str,
}

/// A resource, by its SIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route<'a> {
    Channels {
        interaction_sid: &'a str,
    },
    Channel(ChannelPath<'a>),
    Participants(ChannelPath<'a>),
    Participant {
        channel: ChannelPath<'a>,
        participant_sid: &'a str,
    },
    Invites(ChannelPath<'a>),
    Invite {
        channel: ChannelPath<'a>,
        invite_sid: &'a str,
    },
    ChannelTransfers(ChannelPath<'a>),
    PausedChannels,
}

impl<'a> Route<'a> {
    /// Parses the segments of a path; `None` if they name no resource.
    #[must_use]
    pub fn parse(path: &[&'a str]) -> Option<Self> {
        let channel = |interaction_sid, channel_sid| ChannelPath {
            interaction_sid,
            channel_sid,
        };
        match path {
            ["v1", "Instances", _, "Interactions", interaction_sid, "Channels", channel_sid, "Transfers"] => {
                Some(Self::ChannelTransfers(channel(
                    interaction_sid,
                    channel_sid,
                )))
            }
            ["v1", "Interactions", interaction_sid, "Channels"] => {
                Some(Self::Channels { interaction_sid })
            }
            ["v1", "Interactions", interaction_sid, "Channels", channel_sid, rest @ ..] => {
                Self::parse_in_channel(channel(interaction_sid, channel_sid), rest)
            }
            ["v1", "Channels"] => Some(Self::PausedChannels),
            _ => None,
        }
    }

    fn parse_in_channel(channel: ChannelPath<'a>, path: &[&'a str]) -> Option<Self> {
        match path {
            [] => Some(Self::Channel(channel)),
            ["Participants"] => Some(Self::Participants(channel)),
            ["Participants", participant_sid] => Some(Self::Participant {
                channel,
                participant_sid,
            }),
            ["Invites"] => Some(Self::Invites(channel)),
            ["Invites", invite_sid] => Some(Self::Invite {
                channel,
                invite_sid,
            }),
            _ => None,
        }
    }
}
