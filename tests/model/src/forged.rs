//! Forged data of an agent's browser: a record and a row that name resources of other conversations.

use memory_twilio::sids::{
    channel, interaction, participant, queue, task, webhook, worker, workflow,
};
use memory_twilio::{MemoryTwilio, MemoryWebhook, BEN};
use park_interaction::attributes::Attributes;
use park_interaction::record::OWN_KEY;
use park_interaction::sid::WebhookSid;
use park_interaction::twilio::calls::{ArmedWebhook, Target, WebhookEvents};
use park_interaction::twilio::time::Millis;

/// The number of all resources of another conversation.
const FOREIGN: u32 = 77;

const FAR_FUTURE: Millis = 4_000_000_000_000;

/// The webhook of another program, which has to stay.
pub fn webhook_of_others() -> MemoryWebhook {
    MemoryWebhook {
        armed: ArmedWebhook {
            sid: their_webhook(),
            target: Some(Target::Url("https://example.com/crm".into())),
        },
        events: WebhookEvents::State,
    }
}

/// Returns the SID of that webhook.
pub fn their_webhook() -> WebhookSid {
    webhook(FOREIGN)
}

/// Writes SIDs of others and another agent into record and row.
pub fn forge(twilio: &mut MemoryTwilio) {
    let Ok(mut forged) = Attributes::parse(&twilio.attributes) else {
        return;
    };
    name_others(&mut forged);
    forged.set("mapItemKey", "../../../Documents/PayrollApprovals");
    if let Some(mut own) = forged.get::<Attributes>(OWN_KEY) {
        own.set("parkedAt", &FAR_FUTURE);
        own.set("heard", &u32::MAX);
        forged.set(OWN_KEY, &own);
    }
    twilio.attributes = forged.text().into();
    for row in twilio.items.values_mut() {
        if let Ok(mut data) = Attributes::parse(&row.data) {
            name_others(&mut data);
            data.set("flexInteractionChannelSid", &channel(FOREIGN));
            row.data = data.text().into();
        }
    }
}

fn name_others(attributes: &mut Attributes) {
    attributes.set("interactionSid", &interaction(FOREIGN));
    attributes.set("channelSid", &channel(FOREIGN));
    attributes.set("participantSid", &participant(FOREIGN));
    attributes.set("taskSid", &task(FOREIGN));
    attributes.set("workflowSid", &workflow(FOREIGN));
    attributes.set("queueSid", &queue(FOREIGN));
    attributes.set("workerSid", &worker(BEN));
    attributes.set("webhookSid", &their_webhook());
}
