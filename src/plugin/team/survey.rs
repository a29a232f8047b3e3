//! The numbers about all rows: of each filter's values, of those that need attention, of each agent.

use super::alerts::{self, Counts};
use super::saved::ON;
use super::view::{AgentSum, Chosen, FacetValue, Facets, FlagCounts, TeamView, Totals};
use super::Team;
use crate::plugin::channel;
use crate::plugin::list::entry::Entry;
use crate::plugin::list::filter::{value, Filter};
use crate::plugin::list::time;

/// What is counted in one look over all rows.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub totals: Totals,
    pub facets: Facets,
    pub counts: FlagCounts,
    /// The number of rows that need attention.
    pub alerts: u32,
}

impl Team {
    /// Looks over the rows of the scope. The day ends at `today_ends`.
    pub(super) fn survey(&self, now: f64, today_ends: f64) -> Survey {
        let mut survey = Survey::default();
        let Survey {
            totals,
            facets,
            counts,
            alerts,
        } = &mut survey;
        let mut by_owner = vec![0; self.agents.all().len()];
        let filters = self.rows.filters();
        for chosen in [
            (&mut facets.queue, &filters.queue),
            (&mut facets.channel, &filters.channel),
            (&mut facets.reason, &filters.reason),
        ] {
            if let (values, Some(chosen)) = chosen {
                add(values, chosen, 0);
            }
        }
        for entry in self.rows.all() {
            let Some(misses) = filters.misses(entry) else {
                continue;
            };
            totals.parked += 1;
            totals.unheard += u32::from(entry.is_unheard());
            totals.overdue += u32::from(entry.overdue.get());
            totals.due_today += u32::from(is_due_today(entry, now, today_ends));
            *alerts += u32::from(self.is_alerting(entry, now));
            // A filter's values are counted among the rows that match the other ones.
            let matches_but = |filter: Filter| misses & !filter.bit() == 0;
            if matches_but(Filter::Owner) {
                if let Some(count) = by_owner.get_mut(entry.owner) {
                    *count += 1;
                }
            }
            if matches_but(Filter::Queue) {
                add(&mut facets.queue, value(entry.data.queue_name.as_ref()), 1);
            }
            if matches_but(Filter::Channel) {
                add(&mut facets.channel, &entry.channel, 1);
            }
            if matches_but(Filter::Reason) {
                add(&mut facets.reason, value(entry.data.reason.as_ref()), 1);
            }
            counts.overdue += u32::from(matches_but(Filter::Overdue) && entry.overdue.get());
            counts.unanswered += u32::from(matches_but(Filter::Unheard) && entry.is_unheard());
        }
        for channel in &mut facets.channel {
            channel.label = channel::label(&channel.value);
        }
        for (place, agent) in self.agents.listed() {
            let count = by_owner.get(place).copied().unwrap_or_default();
            if count > 0 || filters.owner == Some(place) {
                facets.agent.push(FacetValue {
                    value: agent.listed.sid.to_string(),
                    name: Some(agent.listed.name.clone()),
                    label: None,
                    count,
                });
            }
        }
        if let Some(sid) = &self.choices.agent {
            if !facets.agent.iter().any(|one| one.value == sid.as_str()) {
                facets.agent.push(FacetValue {
                    value: sid.to_string(),
                    ..FacetValue::default()
                });
            }
        }
        survey
    }

    /// Counts the rows that need attention, by kind.
    pub(super) fn alert_counts(&self, now: f64) -> Counts {
        let mut counts = Counts::default();
        for entry in self.rows.all() {
            if self.rows.filters().misses(entry).is_some() {
                alerts::count(&mut counts, &self.limits.of(entry), now);
            }
        }
        counts
    }

    /// Returns everything but the rows. The day ends at `today_ends`.
    #[must_use]
    pub fn view(&self, now: f64, today_ends: f64) -> TeamView {
        let survey = self.survey(now, today_ends);
        let choices = &self.choices;
        let on = |is_on: bool| is_on.then_some(ON);
        TeamView {
            status: self.reading.status(),
            failure: self.reading.failure(),
            reading: self.is_reading(),
            scope: self.scope(),
            scopes: self.scopes(),
            no_team: self.has_no_team(),
            lists: self.lists(),
            total: survey.totals.parked,
            matching: self.rows.matching().len(),
            unheard: survey.totals.unheard,
            alerts: survey.alerts,
            totals: survey.totals,
            facets: survey.facets,
            counts: survey.counts,
            filters: Chosen {
                agent: choices.agent.as_ref().map(ToString::to_string),
                queue: choices.queue.clone(),
                channel: choices.channel.clone(),
                reason: choices.reason.clone(),
                overdue: on(choices.overdue),
                unanswered: on(choices.unanswered),
            },
            search: choices.search.clone(),
            sort: choices.sort,
            announcement: self.announcer.said(),
        }
    }

    /// Returns the agents whom the supervisor sees, by name, each with the sum of their list. The day ends at `today_ends`.
    #[must_use]
    pub fn agent_sums(&mut self, now: f64, today_ends: f64) -> Vec<AgentSum> {
        let mut sums: Vec<AgentSum> = Vec::new();
        // The place of each agent's sum.
        let mut places = vec![usize::MAX; self.agents.all().len()];
        for (owner, agent) in self.agents.listed() {
            if let Some(place) = places.get_mut(owner) {
                *place = sums.len();
            }
            let listed = &agent.listed;
            sums.push(AgentSum {
                worker_sid: listed.sid.clone(),
                name: listed.name.clone(),
                is_mine: listed.is_mine,
                is_available: listed.is_available,
                activity: listed.activity.clone(),
                is_read: agent.source.is_known(),
                count: 0,
                oldest_at: None,
                oldest_ago: None,
                due_today: 0,
                overdue: 0,
                unheard: 0,
            });
        }
        for entry in self.rows.all() {
            let place = places.get(entry.owner).copied().unwrap_or(usize::MAX);
            let Some(sum) = sums.get_mut(place) else {
                continue;
            };
            sum.count += 1;
            sum.overdue += u32::from(entry.overdue.get());
            sum.unheard += u32::from(entry.is_unheard());
            sum.due_today += u32::from(is_due_today(entry, now, today_ends));
            let times = [sum.oldest_at, entry.data.park.parked_at];
            sum.oldest_at = times.into_iter().flatten().reduce(f64::min);
        }
        for sum in &mut sums {
            sum.oldest_ago = sum.oldest_at.map(|at| time::ago(at, now));
            if sum.oldest_at.is_some() {
                self.told = Some(now);
            }
        }
        sums
    }
}

/// Returns true if the conversation comes back by itself before the day ends.
fn is_due_today(entry: &Entry, now: f64, today_ends: f64) -> bool {
    let at = entry.returns_at();
    at.is_some_and(|at| at > now && at < today_ends)
}

/// Adds to the number of a value, which has its place by its text.
fn add(values: &mut Vec<FacetValue>, value: &str, count: u32) {
    let place = values.binary_search_by(|known| known.value.as_str().cmp(value));
    let place = place.unwrap_or_else(|place| {
        let new = FacetValue {
            value: value.into(),
            ..FacetValue::default()
        };
        values.insert(place, new);
        place
    });
    if let Some(known) = values.get_mut(place) {
        known.count += count;
    }
}
