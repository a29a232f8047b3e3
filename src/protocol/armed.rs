//! The webhooks of a conversation that bring it back, found by their targets.

use crate::guardian::Guardian;
use crate::request::path;
use crate::sid::WebhookSid;
use crate::twilio::calls::{ArmedWebhook, Target};

/// A webhook that brings the conversation back.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ArmedGuardian {
    pub webhook: WebhookSid,
    /// The content of its address.
    pub guardian: Guardian,
    /// True if it calls our function, false if it calls one at another domain.
    pub is_ours: bool,
}

/// The address of a webhook that calls a wake function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WakeAddress<'a> {
    /// The whole address.
    pub url: &'a str,
    /// The query in it. Empty: it has none.
    pub query: &'a str,
}

/// Returns the webhooks whose address has a guardian. `wake_url` is the address of our function.
pub(crate) fn guardians<'a>(
    webhooks: impl Iterator<Item = &'a ArmedWebhook> + 'a,
    wake_url: &'a str,
) -> impl Iterator<Item = ArmedGuardian> + 'a {
    webhooks.filter_map(move |webhook| {
        let WakeAddress { url, query } = wake_query(webhook)?;
        Some(ArmedGuardian {
            webhook: webhook.sid.clone(),
            guardian: Guardian::from_query(query)?,
            is_ours: is_at(url, wake_url),
        })
    })
}

/// Returns the newest guardian. One that calls our function comes before one that calls another domain.
pub(crate) fn newest(guardians: impl Iterator<Item = ArmedGuardian>) -> Option<ArmedGuardian> {
    guardians.max_by_key(|armed| (armed.is_ours, armed.guardian.parked_at))
}

/// Returns the address of a webhook, if it calls a wake function: of this product or of the template's feature.
pub(crate) fn wake_query(webhook: &ArmedWebhook) -> Option<WakeAddress<'_>> {
    let Some(Target::Url(url)) = &webhook.target else {
        return None;
    };
    let host_and_path = url.strip_prefix("https://")?;
    let slash = host_and_path.find('/')?;
    let rest = host_and_path.get(slash..)?.strip_prefix(path::WAKE)?;
    match rest.strip_prefix('?') {
        Some(query) => Some(WakeAddress { url, query }),
        None => rest.is_empty().then_some(WakeAddress { url, query: "" }),
    }
}

/// Returns true if `url` is `address`, with any query.
pub(crate) fn is_at(url: &str, address: &str) -> bool {
    url.strip_prefix(address)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
}

/// Returns true if a webhook's address looks like the unpark function of another plugin.
pub(crate) fn is_another_unpark(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    last.to_ascii_lowercase().contains("unpark")
}
