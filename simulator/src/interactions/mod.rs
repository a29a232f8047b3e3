//! Twilio Flex's interactions: channels that connect a customer's conversation with the agents' tasks.

pub mod browser;
mod channels;
mod invites;
pub mod leaving;
mod participants;
pub mod rest;
#[cfg(test)]
mod tests;
pub mod transfers;

pub use channels::{Channel, ChannelStatus};
pub use invites::Invite;
use invites::RoutingProperties;
pub use participants::ChannelParticipant;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::conversations::ConversationState;
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// An interaction: one contact of a customer.
#[derive(Debug, Clone, Serialize)]
pub struct Interaction {
    /// `KD…`
    pub sid: Sid,
    /// The parameter `Channel`, as given.
    pub channel: Value,
    /// The parameter `Routing` of the first invite, as given.
    pub routing: Value,
    pub date_created: Timestamp,
}

impl World {
    /// Returns the interaction with this SID.
    pub fn interaction(&self, sid: &str) -> Result<&Interaction> {
        self.interactions
            .get(sid)
            .ok_or_else(|| not_found("Interactions", sid))
    }

    /// Creates an interaction around an existing conversation, with a first invite if `routing` is given.
    pub fn create_interaction(
        &mut self,
        kind: &str,
        conversation: &str,
        channel: Value,
        routing: Value,
    ) -> Result<Interaction> {
        let conversation = self.conversation(conversation)?;
        if conversation.state == ConversationState::Closed {
            return Err(self.closed_to_invites());
        }
        let conversation_sid = conversation.sid.clone();
        let carried = self.channel_of_conversation(&conversation_sid);
        if carried.is_some_and(|channel| channel.status != ChannelStatus::Closed) {
            return Err(Error::ChannelExists);
        }
        let customers: Vec<Sid> = conversation
            .participants
            .iter()
            .map(|p| p.sid.clone())
            .collect();
        let properties = if routing.is_null() {
            None
        } else {
            Some(RoutingProperties::parse(&routing)?)
        };
        let interaction = Interaction {
            sid: self.sids.next("KD"),
            channel,
            routing: routing.clone(),
            date_created: self.now(),
        };
        let participants = customers
            .into_iter()
            .map(|sid| ChannelParticipant {
                sid: self.sids.next("UT"),
                kind: "customer".into(),
                conversation_participant_sid: Some(sid),
                routing: None,
                wrapping: false,
            })
            .collect();
        let channel = Channel {
            sid: self.sids.next("UO"),
            interaction_sid: interaction.sid.clone(),
            kind: kind.into(),
            status: ChannelStatus::Active,
            conversation_sid,
            participants,
            former_participants: Vec::new(),
            invites: Vec::new(),
            transfers: Vec::new(),
            last_agent: None,
            date_updated: self.now(),
        };
        let channel_sid = channel.sid.clone();
        self.interactions
            .insert(interaction.sid.clone(), interaction.clone());
        self.channels.insert(channel_sid.clone(), channel);
        if properties.is_some() {
            let initiated_by = interaction.channel.get("initiated_by");
            let initiated_by = initiated_by.and_then(Value::as_str).unwrap_or("api");
            self.ask(&interaction.sid, &channel_sid, routing, Some(initiated_by))?;
        }
        Ok(interaction)
    }
}

fn not_found(kind: &str, sid: &str) -> Error {
    Error::NotFound(format!("/{kind}/{sid}"))
}
