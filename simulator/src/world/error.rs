//! The errors of the world, with Twilio's status and error code for each.

use super::sids::Sid;

/// An error of a product's rules, with Twilio's [`status`](Self::status) and [`code`](Self::code).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A resource does not exist.
    #[error("The requested resource {0} was not found")]
    NotFound(String),
    /// A parameter is missing or invalid.
    #[error("Invalid parameter {name}: {expected}")]
    Invalid {
        name: &'static str,
        expected: String,
    },
    /// Conversation attributes are larger than 16 KB, or not JSON.
    #[error("{0}")]
    Attributes(String),
    /// A write to a closed conversation, or an invite to it. The numbers depend on the readings.
    #[error("The conversation is closed")]
    Closed { status: u16, code: u32 },
    /// A list of invites cannot be read, under some readings.
    #[error("Invites cannot be read")]
    InvitesUnreadable { status: u16 },
    #[error("The conversation has an interaction channel")]
    ChannelExists,
    /// The period until a conversation becomes inactive is under one minute.
    #[error("Inactive timer is too short, expected at least 1 minute")]
    InactiveTimerTooShort,
    /// The period until a conversation is closed is under ten minutes.
    #[error("Closed timer is too short, expected at least 10 minutes")]
    ClosedTimerTooShort,
    /// The identity or address is a participant of the conversation already.
    #[error("Participant already exists")]
    ParticipantExists,
    /// An open conversation uses the pair of addresses already.
    #[error("A binding for this participant and proxy address already exists in Conversation {0}")]
    BindingTaken(Sid),
    #[error("Conversation with provided unique name already exists")]
    ConversationExists,
    #[error("Exceeded maximum number of conversation-scoped webhooks")]
    TooManyWebhooks,
    /// The webhook does not exist. The code depends on a reading.
    #[error("The requested webhook {sid} was not found")]
    WebhookNotFound { sid: String, code: u32 },
    /// A webhook's filter is not an event that scoped webhooks can select.
    #[error("Invalid conversation webhook filter {0}")]
    WebhookFilter(String),
    /// A webhook for events selects none.
    #[error("Conversation webhook filter not provided")]
    WebhookFilterMissing,
    #[error("Webhook URL is too long, at most 512 characters are allowed")]
    WebhookUrlTooLong,
    #[error("Webhook URL is not valid: {0}")]
    WebhookUrl(String),
    /// An invite names an agent who is in the channel already.
    #[error("Participant is already part of the interaction channel")]
    AlreadyInChannel,
    #[error("Document not found")]
    DocumentNotFound,
    #[error("Map not found")]
    MapNotFound,
    #[error("Map item not found")]
    ItemNotFound,
    #[error("Permission not found")]
    PermissionNotFound,
    /// The identity has no permission for a Sync object.
    #[error("Access forbidden for identity")]
    IdentityForbidden,
    #[error("Unique name already exists")]
    UniqueNameTaken,
    #[error("An item with given key already exists in the map")]
    KeyTaken,
    /// `If-Match` names a revision of a Sync document that is not the current one.
    #[error("The revision of the document does not match the expected revision")]
    DocumentRevisionMismatch,
    /// `If-Match` names a revision of a Sync map item that is not the current one.
    #[error("The revision of the map item does not match the expected revision")]
    ItemRevisionMismatch,
    /// `If-Match` names a version of a `TaskRouter` resource that is not the current one.
    #[error("The version of the resource does not match the expected version")]
    VersionMismatch,
    #[error("Data is too large, at most 16 KiB are allowed")]
    DataTooLarge,
    /// A subscription names the sink that is to be deleted.
    #[error("The sink is in use by a subscription")]
    SinkInUse,
    #[error("The subscription has the event type already")]
    AlreadySubscribed,
    /// The status of a reservation or task does not allow the change.
    #[error("{0}")]
    Transition(String),
}

impl Error {
    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound(_)
            | Self::WebhookNotFound { .. }
            | Self::DocumentNotFound
            | Self::MapNotFound
            | Self::ItemNotFound
            | Self::PermissionNotFound => 404,
            Self::IdentityForbidden => 403,
            Self::Closed { status, .. } | Self::InvitesUnreadable { status } => *status,
            Self::ConversationExists
            | Self::ChannelExists
            | Self::ParticipantExists
            | Self::BindingTaken(_)
            | Self::UniqueNameTaken
            | Self::KeyTaken
            | Self::AlreadyInChannel
            | Self::SinkInUse
            | Self::AlreadySubscribed => 409,
            Self::DocumentRevisionMismatch | Self::ItemRevisionMismatch | Self::VersionMismatch => {
                412
            }
            Self::DataTooLarge => 413,
            _ => 400,
        }
    }

    /// Returns Twilio's error code.
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
            Self::ChannelExists | Self::SinkInUse | Self::AlreadySubscribed => 20409,
            Self::InactiveTimerTooShort => 50375,
            Self::ClosedTimerTooShort => 50376,
            Self::ParticipantExists => 50433,
            Self::BindingTaken(_) => 50416,
            Self::ConversationExists => 50353,
            Self::TooManyWebhooks => 50361,
            Self::WebhookUrlTooLong => 50372,
            Self::WebhookUrl(_) => 50388,
            Self::AlreadyInChannel => 80102,
            Self::DocumentNotFound => 54100,
            Self::MapNotFound => 54200,
            Self::ItemNotFound => 54201,
            Self::PermissionNotFound => 54354,
            Self::IdentityForbidden => 54007,
            Self::UniqueNameTaken => 54301,
            Self::KeyTaken => 54208,
            Self::DocumentRevisionMismatch => 54103,
            Self::ItemRevisionMismatch => 54205,
            Self::VersionMismatch => 20412,
            Self::DataTooLarge => 54006,
        }
    }
}

/// The result of a rule.
pub type Result<T> = std::result::Result<T, Error>;
