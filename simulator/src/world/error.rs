//! Why the world refuses something, in Twilio's terms.

/// A refusal. [`Error::status`] and [`Error::code`] give Twilio's numbers for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Something that does not exist was named.
    #[error("The requested resource {0} was not found")]
    NotFound(String),
    /// A parameter is missing or cannot be taken.
    #[error("Invalid parameter {name}: {expected}")]
    Invalid {
        /// The parameter.
        name: &'static str,
        /// What was expected.
        expected: String,
    },
    /// Conversation attributes are larger than 16 KB, or not JSON.
    #[error("{0}")]
    Attributes(String),
    /// A closed conversation was written to, or somebody was invited to it. Which numbers Twilio answers is a reading.
    #[error("The conversation is closed")]
    Closed {
        /// The HTTP status.
        status: u16,
        /// The error code.
        code: u32,
    },
    /// A list of invites cannot be read. Whether it can is a reading.
    #[error("Invites cannot be read")]
    InvitesUnreadable {
        /// The HTTP status.
        status: u16,
    },
    /// The conversation has an interaction channel already.
    #[error("The conversation has an interaction channel")]
    ChannelExists,
    /// The period until a conversation becomes inactive is under one minute.
    #[error("Inactive timer is too short, expected at least 1 minute")]
    InactiveTimerTooShort,
    /// The period until a conversation is closed is under ten minutes.
    #[error("Closed timer is too short, expected at least 10 minutes")]
    ClosedTimerTooShort,
    /// The identity or address is in the conversation already.
    #[error("Participant already exists")]
    ParticipantExists,
    /// A unique name of a conversation is taken.
    #[error("Conversation with provided unique name already exists")]
    ConversationExists,
    /// The conversation has as many webhooks as it can have.
    #[error("Exceeded maximum number of conversation-scoped webhooks")]
    TooManyWebhooks,
    /// The webhook does not exist. Which code Twilio answers is a reading.
    #[error("The requested webhook {sid} was not found")]
    WebhookNotFound {
        /// The SID that was named.
        sid: String,
        /// The error code.
        code: u32,
    },
    /// A webhook's filter is not one of the events after which scoped webhooks are called.
    #[error("Invalid conversation webhook filter {0}")]
    WebhookFilter(String),
    /// A webhook for events names none.
    #[error("Conversation webhook filter not provided")]
    WebhookFilterMissing,
    /// The webhook's URL is too long.
    #[error("Webhook URL is too long, at most 512 characters are allowed")]
    WebhookUrlTooLong,
    /// The webhook's URL cannot be called by Twilio.
    #[error("Webhook URL is not valid: {0}")]
    WebhookUrl(String),
    /// An invite named an agent who is in the channel already.
    #[error("Participant is already part of the interaction channel")]
    AlreadyInChannel,
    /// The Sync document does not exist.
    #[error("Document not found")]
    DocumentNotFound,
    /// The Sync map does not exist.
    #[error("Map not found")]
    MapNotFound,
    /// The Sync map item does not exist.
    #[error("Map item not found")]
    ItemNotFound,
    /// The unique name of a Sync object is taken.
    #[error("Unique name already exists")]
    UniqueNameTaken,
    /// The key of a Sync map item is taken.
    #[error("An item with given key already exists in the map")]
    KeyTaken,
    /// `If-Match` names another revision of a Sync document than the current one.
    #[error("The revision of the document does not match the expected revision")]
    DocumentRevisionMismatch,
    /// `If-Match` names another revision of a Sync map item than the current one.
    #[error("The revision of the map item does not match the expected revision")]
    ItemRevisionMismatch,
    /// `If-Match` names another version of something in `TaskRouter` than the current one.
    #[error("The version of the resource does not match the expected version")]
    VersionMismatch,
    /// The data of a Sync object is too large.
    #[error("Data is too large, at most 16 KiB are allowed")]
    DataTooLarge,
    /// A reservation or task is not in a state that allows the change.
    #[error("{0}")]
    Transition(String),
}

impl Error {
    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound(_)
            | Self::WebhookNotFound { .. }
            | Self::DocumentNotFound
            | Self::MapNotFound
            | Self::ItemNotFound => 404,
            Self::Closed { status, .. } | Self::InvitesUnreadable { status } => *status,
            Self::ConversationExists
            | Self::ChannelExists
            | Self::ParticipantExists
            | Self::UniqueNameTaken
            | Self::KeyTaken
            | Self::AlreadyInChannel => 409,
            Self::DocumentRevisionMismatch | Self::ItemRevisionMismatch | Self::VersionMismatch => {
                412
            }
            Self::DataTooLarge => 413,
            _ => 400,
        }
    }

    /// Twilio's error code.
    #[must_use]
    pub fn code(&self) -> u32 {
        match self {
            Self::InvitesUnreadable { status: 403 } => 20003,
            Self::InvitesUnreadable { status: 405 } => 20004,
            Self::NotFound(_) | Self::InvitesUnreadable { .. } => 20404,
            Self::Invalid { .. } | Self::Transition(_) => 20001,
            Self::Attributes(_) => 50304,
            Self::Closed { code, .. } | Self::WebhookNotFound { code, .. } => *code,
            Self::WebhookFilter(_) => 50365,
            Self::WebhookFilterMissing => 50370,
            Self::ChannelExists => 20409,
            Self::InactiveTimerTooShort => 50375,
            Self::ClosedTimerTooShort => 50376,
            Self::ParticipantExists => 50433,
            Self::ConversationExists => 50353,
            Self::TooManyWebhooks => 50361,
            Self::WebhookUrlTooLong => 50372,
            Self::WebhookUrl(_) => 50388,
            Self::AlreadyInChannel => 80102,
            Self::DocumentNotFound => 54100,
            Self::MapNotFound => 54200,
            Self::ItemNotFound => 54201,
            Self::UniqueNameTaken => 54301,
            Self::KeyTaken => 54208,
            Self::DocumentRevisionMismatch => 54103,
            Self::ItemRevisionMismatch => 54205,
            Self::VersionMismatch => 20412,
            Self::DataTooLarge => 54006,
        }
    }
}

/// What the world's methods answer.
pub type Result<T> = std::result::Result<T, Error>;
