//! Customers: people outside the contact centre who write by web chat, SMS or `WhatsApp`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::conversations::{
    Binding, ConversationState, Message, NewConversation, NewMedia, NewMessage, NewParticipant,
    Source, TimerChange, TimersChange, WebhookConfiguration,
};
use crate::readings::{BotParticipant, EntryWebhook, OwnerTimers};
use crate::world::error::{Error, Result};
use crate::world::sids::Sid;
use crate::world::World;

/// The Studio flow that receives customers, under some readings.
const ENTRY_FLOW_SID: &str = "FW00000000000000000000000000000001";
/// The chat identity of the bot that some readings add.
const BOT: &str = "bot";
/// The contact centre's phone number, to which customers write.
const SMS_NUMBER: &str = "+15550100";
const WHATSAPP_NUMBER: &str = "whatsapp:+15550200";

/// A customer.
#[derive(Debug, Clone, Serialize)]
pub struct Customer {
    /// The name in control endpoints and pages, such as `charlie`.
    pub id: String,
    pub name: String,
    pub channel: Medium,
    /// The chat identity or address.
    pub address: String,
    /// The conversation in which the customer wrote last.
    pub conversation_sid: Option<Sid>,
}

/// The medium by which a customer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Medium {
    Web,
    Sms,
    Whatsapp,
}

impl Medium {
    /// Returns Flex's name for it, as in `channelType`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Web => Source::Sdk,
            Self::Sms => Source::Sms,
            Self::Whatsapp => Source::Whatsapp,
        }
    }

    fn proxy_address(self) -> Option<&'static str> {
        match self {
            Self::Web => None,
            Self::Sms => Some(SMS_NUMBER),
            Self::Whatsapp => Some(WHATSAPP_NUMBER),
        }
    }
}

impl World {
    /// Returns the customer with this id.
    pub fn customer(&self, id: &str) -> Result<&Customer> {
        self.customers
            .iter()
            .find(|customer| customer.id == id)
            .ok_or_else(|| Error::NotFound(format!("/customers/{id}")))
    }

    /// Adds a customer. Without `address`, the customer gets one that no other customer has.
    pub fn create_customer(
        &mut self,
        id: &str,
        name: &str,
        channel: Medium,
        address: Option<String>,
    ) -> Result<Customer> {
        if self.customer(id).is_ok() {
            return Err(Error::Invalid {
                name: "id",
                expected: "an unused id".into(),
            });
        }
        let number = 1000 + self.customers.len();
        let customer = Customer {
            id: id.into(),
            name: name.into(),
            channel,
            address: address.unwrap_or_else(|| match channel {
                Medium::Web => format!("customer-{id}"),
                Medium::Sms => format!("+1555030{number}"),
                Medium::Whatsapp => format!("whatsapp:+1555040{number}"),
            }),
            conversation_sid: None,
        };
        self.customers.push(customer.clone());
        Ok(customer)
    }

    /// Writes a message as a customer. Without an open conversation this creates one, with an interaction and a
    /// task by the first workflow, as an inbound address of Flex does.
    pub fn post_as_customer(
        &mut self,
        id: &str,
        body: &str,
        attributes: Option<String>,
    ) -> Result<Message> {
        self.post_files_as_customer(id, body, attributes, Vec::new())
    }

    /// Writes a message with files as a customer.
    pub fn post_files_as_customer(
        &mut self,
        id: &str,
        body: &str,
        attributes: Option<String>,
        files: Vec<NewMedia>,
    ) -> Result<Message> {
        let customer = self.customer(id)?.clone();
        let open = customer
            .conversation_sid
            .as_deref()
            .and_then(|sid| self.conversation(sid).ok())
            .filter(|conversation| conversation.state != ConversationState::Closed)
            .map(|conversation| conversation.sid.clone());
        let conversation_sid = match open {
            Some(sid) => sid,
            None => self.start_contact(&customer)?,
        };
        let files = files.into_iter();
        let media = files.map(|file| self.add_media(&customer.address, file));
        let post = NewMessage {
            content_sid: None,
            media: media.collect(),
            author: customer.address,
            body: body.into(),
            attributes,
            source: customer.channel.source(),
            webhooks: true,
        };
        self.post_message(&conversation_sid, post)
    }

    /// Writes a message as an agent in the desktop.
    pub fn post_as_agent(&mut self, conversation: &str, identity: &str, body: &str) -> Result<()> {
        if self
            .conversation(conversation)?
            .participant_with_identity(identity)
            .is_none()
        {
            return Err(Error::NotFound(format!("/Participants/{identity}")));
        }
        let post = NewMessage {
            content_sid: None,
            author: identity.into(),
            body: body.into(),
            source: Source::Sdk,
            webhooks: true,
            ..NewMessage::default()
        };
        self.post_message(conversation, post).map(drop)
    }

    fn start_contact(&mut self, customer: &Customer) -> Result<Sid> {
        let workflow = self
            .taskrouter
            .workflows
            .first()
            .map(|workflow| workflow.sid.clone())
            .ok_or_else(|| Error::NotFound("/Workflows".into()))?;
        let attributes = match customer.channel {
            Medium::Web => {
                json!({"pre_engagement_data": {"friendlyName": customer.name, "question": ""}})
            }
            Medium::Sms | Medium::Whatsapp => json!({}),
        };
        let conversation = self.create_conversation(NewConversation {
            friendly_name: Some(customer.name.clone()),
            attributes: Some(attributes.to_string()),
            timers: self.owner_timers(),
            ..NewConversation::default()
        })?;
        let binding = customer
            .channel
            .proxy_address()
            .map(|proxy_address| Binding {
                kind: customer.channel.name().into(),
                address: customer.address.clone(),
                proxy_address: proxy_address.into(),
            });
        let identity = binding.is_none().then(|| customer.address.clone());
        self.add_participant(
            &conversation.sid,
            NewParticipant {
                identity,
                binding,
                attributes: None,
            },
            true,
        )?;
        if customer.channel == Medium::Web {
            self.user(&customer.address).friendly_name = Some(customer.name.clone());
        }
        if let Some(known) = self
            .customers
            .iter_mut()
            .find(|known| known.id == customer.id)
        {
            known.conversation_sid = Some(conversation.sid.clone());
        }
        let channel = json!({"type": customer.channel.name(), "initiated_by": "customer"});
        let routing = json!({"properties": {
            "workspace_sid": self.taskrouter.workspace_sid,
            "workflow_sid": workflow,
            "task_channel_unique_name": "chat",
            "attributes": task_attributes(customer),
        }});
        self.add_entry_webhook(&conversation.sid)?;
        self.create_interaction(customer.channel.name(), &conversation.sid, channel, routing)?;
        self.add_bot(&conversation.sid)?;
        Ok(conversation.sid)
    }

    /// Returns the timers that the account's owner sets on a conversation that a customer begins, under some
    /// readings.
    fn owner_timers(&self) -> TimersChange {
        let set = |seconds| TimerChange::Set(Duration::from_secs(seconds));
        match self.readings.owner_timers {
            OwnerTimers::None => TimersChange::default(),
            OwnerTimers::Inactive => TimersChange {
                inactive: set(3600),
                ..TimersChange::default()
            },
            OwnerTimers::Closed => TimersChange {
                closed: set(86_400),
                ..TimersChange::default()
            },
        }
    }

    /// Keeps the webhook of the Studio flow that received the customer, under some readings.
    fn add_entry_webhook(&mut self, conversation_sid: &str) -> Result<()> {
        if self.readings.entry_webhook == EntryWebhook::Armed {
            let configuration = WebhookConfiguration {
                flow_sid: Some(ENTRY_FLOW_SID.into()),
                filters: Some(vec!["onMessageAdded".into()]),
                ..WebhookConfiguration::default()
            };
            self.add_webhook(conversation_sid, "studio", configuration)?;
        }
        Ok(())
    }

    /// Adds a bot that is not a participant of the interaction, under some readings.
    fn add_bot(&mut self, conversation_sid: &str) -> Result<()> {
        if self.readings.bot_participant == BotParticipant::Present {
            let bot = NewParticipant {
                identity: Some(BOT.into()),
                ..NewParticipant::default()
            };
            self.add_participant(conversation_sid, bot, false)?;
        }
        Ok(())
    }
}

/// Returns the attributes that Flex writes into the task of an inbound message.
fn task_attributes(customer: &Customer) -> Value {
    json!({
        "channelType": customer.channel.name(),
        "direction": "inbound",
        "initiatedBy": "customer",
        "from": customer.name,
        "name": customer.name,
        "customerName": customer.name,
        "customerAddress": customer.address,
        "customers": {"name": customer.name, "phone": customer.address},
    })
}
