//! The keys of a task's attributes by which both sides know its conversation.
//!
//! Flex Conversations writes the first three into every task of an interaction.

/// The conversation.
pub const CONVERSATION: &str = "conversationSid";
/// The interaction that the conversation belongs to.
pub const INTERACTION: &str = "flexInteractionSid";
/// The interaction's channel that carries the conversation.
pub const CHANNEL: &str = "flexInteractionChannelSid";
/// The routing of the parked task. Only tasks that came out of parking have it.
pub const ORIGINAL_ROUTING: &str = "originalRouting";
/// The last park: an object with `at`, `workerSid`, `agentName`, `lastSeenIndex` (the index of the last message that this agent has
/// seen), `reason`, `note`, `until` and `kept` (as far as they are known), `parks` (their number), and `cause`: the reason for which the conversation is back, one of `message`, `time`, `expiry`, `resume`, `owner`.
pub const PARKED: &str = "parked";
