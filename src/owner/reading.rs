//! The state of a parked conversation, as its webhooks, its attributes and `TaskRouter`'s log show it.

use serde::Serialize;

use crate::guardian::Guardian;
use crate::protocol::armed::ArmedGuardian;
use crate::record::ParkedRecord;
use crate::sid::{ConversationSid, FlowSid};
use crate::twilio::calls::ArmedWebhook;

use super::appointment::Appointment;

/// The state of one conversation.
pub(super) struct Reading {
    pub conversation: ConversationSid,
    pub record: Option<ParkedRecord>,
    pub webhooks: Vec<ArmedWebhook>,
    /// The newest webhook with an address of ours.
    pub newest: Option<ArmedGuardian>,
    /// The place where it is parked, for certain: by the webhook's address, or by `TaskRouter`'s log.
    pub guardian: Option<Guardian>,
    /// True if `TaskRouter`'s log holds anything of the parked task.
    pub has_log: bool,
    pub parked_with: ParkedWith,
    pub webhook: Guarded,
    pub appointment: Option<Appointment>,
}

/// The product that parked a conversation.
#[derive(Debug, Clone, Copy, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) enum ParkedWith {
    ThisProduct,
    /// The flex-project-template's feature.
    Template,
    AnotherPlugin,
}

/// The receiver of the customer's next message.
#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(tag = "calls", rename_all = "camelCase")]
pub(super) enum Guarded {
    /// Our function.
    Function,
    /// A Studio flow.
    #[serde(rename_all = "camelCase")]
    Flow { flow_sid: FlowSid },
    /// Another address: the template's functions, ours at a former domain, or those of another parking plugin.
    Elsewhere { url: String },
    /// Nothing: there is no webhook.
    Nothing,
}

impl Guarded {
    /// Returns the host that receives the next message, if that is not ours.
    pub fn other_host(&self) -> Option<&str> {
        match self {
            Self::Elsewhere { url } => Some(host(url)),
            _ => None,
        }
    }
}

/// Returns the host of an address.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}
