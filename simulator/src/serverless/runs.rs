//! The Functions that run for a caller, and those whose caller has hung up.
//!
//! Under one of the readings Twilio ends a Function when its webhook's caller hangs up. The simulator cannot
//! end code in another process, so it refuses the Function's further requests instead. It knows them by the
//! port that only Functions use, and by the conversation that they concern.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use regex::Regex;

use crate::http::request::RestRequest;

/// Matches the SID of a conversation anywhere in a text.
static CONVERSATION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("CH[0-9a-f]{32}").ok());

/// All runs, shared by all handlers.
#[derive(Debug, Clone, Default)]
pub struct Runs(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    runs: Vec<Run>,
    last_id: u64,
}

#[derive(Debug)]
struct Run {
    id: u64,
    /// The conversations that the Function's own request names.
    conversations: BTreeSet<String>,
    ended: bool,
}

impl Runs {
    /// Notes the start of a run, and returns its number.
    pub fn begin(&self, request: &RestRequest) -> u64 {
        let mut inner = self.inner();
        inner.last_id += 1;
        let id = inner.last_id;
        inner.runs.push(Run {
            id,
            conversations: conversations(request),
            ended: false,
        });
        id
    }

    /// Notes the end of a run.
    pub fn finish(&self, id: u64) {
        self.inner().runs.retain(|run| run.id != id);
    }

    /// Marks a run as ended: its further requests are refused.
    pub fn end(&self, id: u64) {
        let mut inner = self.inner();
        if let Some(run) = inner.runs.iter_mut().find(|run| run.id == id) {
            run.ended = true;
        }
    }

    /// Returns the number of runs that can still do something, also those for which nobody waits any more.
    #[must_use]
    pub fn going(&self) -> usize {
        self.inner().runs.iter().filter(|run| !run.ended).count()
    }

    /// Returns true if a request can only come from an ended run: no other run is in progress, or none that
    /// concerns the same conversation. `related` returns the SIDs that belong to a conversation.
    pub fn is_of_ended(
        &self,
        request: &RestRequest,
        related: impl Fn(&str) -> Vec<String>,
    ) -> bool {
        let inner = self.inner();
        let names = |run: &&Run| {
            run.conversations.iter().any(|sid| {
                request.mentions(sid) || related(sid).iter().any(|sid| request.mentions(sid))
            })
        };
        let (ended, going): (Vec<&Run>, Vec<&Run>) = inner.runs.iter().partition(|run| run.ended);
        !ended.is_empty()
            && (going.is_empty() || (ended.iter().any(names) && !going.iter().any(names)))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the conversations that a request names.
fn conversations(request: &RestRequest) -> BTreeSet<String> {
    let body = String::from_utf8_lossy(&request.body);
    let values = request
        .form
        .iter()
        .chain(&request.query)
        .map(|(_, value)| value.as_str());
    let Some(pattern) = CONVERSATION.as_ref() else {
        return BTreeSet::new();
    };
    let all = values.chain(std::iter::once(body.as_ref()));
    all.flat_map(|text| pattern.find_iter(text))
        .map(|found| found.as_str().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method};

    use super::*;

    const ONE: &str = "CH00000000000000000000000000000001";
    const OTHER: &str = "CH00000000000000000000000000000002";

    fn about(text: &str) -> RestRequest {
        RestRequest {
            method: Method::POST,
            host: "example.com".into(),
            path: format!("/v1/{text}"),
            raw_query: None,
            query: Vec::new(),
            form: vec![("ConversationSid".into(), text.into())],
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    fn nothing(_: &str) -> Vec<String> {
        Vec::new()
    }

    #[test]
    fn only_ended_runs_are_refused() {
        let runs = Runs::default();
        let one = runs.begin(&about(ONE));
        assert!(!runs.is_of_ended(&about(ONE), nothing));
        runs.end(one);
        assert!(
            runs.is_of_ended(&about("Services"), nothing),
            "nobody else runs"
        );
        let other = runs.begin(&about(OTHER));
        assert!(runs.is_of_ended(&about(ONE), nothing));
        assert!(!runs.is_of_ended(&about(OTHER), nothing));
        assert!(
            !runs.is_of_ended(&about("Services"), nothing),
            "it may be the other's"
        );
        let again = runs.begin(&about(ONE));
        assert!(
            !runs.is_of_ended(&about(ONE), nothing),
            "it may be the new one's"
        );
        for run in [one, other, again] {
            runs.finish(run);
        }
        assert!(!runs.is_of_ended(&about(ONE), nothing));
    }

    #[test]
    fn requests_are_matched_by_related_sids() {
        let runs = Runs::default();
        let one = runs.begin(&about(ONE));
        runs.end(one);
        runs.begin(&about(OTHER));
        let channel = |sid: &str| vec![if sid == ONE { "UO1" } else { "UO2" }.to_owned()];
        assert!(runs.is_of_ended(&about("UO1"), channel));
        assert!(!runs.is_of_ended(&about("UO2"), channel));
    }
}
