//! SIDs: the same ones in every run, so that a failing test reads the same twice.

use std::collections::BTreeMap;

/// A Twilio identifier as it stands on the wire. The simulator checks its form at the edge, against
/// the published descriptions.
pub type Sid = String;

/// The kinds of resources that the account is set up with: after a reset these have the same SIDs again, as running Functions and pages
/// know them. The others count on, so that late work on what was before a reset finds nothing.
const SET_UP: [&str; 13] = [
    "AC", "IS", "GO", "RL", "WS", "WA", "TC", "WQ", "WW", "WK", "WC", "FU", "US",
];

/// Counts on for each prefix.
#[derive(Debug, Default)]
pub struct Sids {
    counts: BTreeMap<&'static str, u64>,
}

impl Sids {
    /// The SIDs of a world that comes after this one.
    #[must_use]
    pub fn after_reset(&self) -> Self {
        let kept = self
            .counts
            .iter()
            .filter(|(prefix, _)| !SET_UP.contains(prefix));
        Self {
            counts: kept.map(|(prefix, count)| (*prefix, *count)).collect(),
        }
    }

    /// The next SID of the kind that `prefix` names: the prefix and a count in 32 hexadecimal digits.
    pub fn next(&mut self, prefix: &'static str) -> Sid {
        let count = self.counts.entry(prefix).or_insert(0);
        *count += 1;
        numbered(prefix, *count)
    }
}

/// The SID with a given number.
fn numbered(prefix: &str, number: u64) -> Sid {
    format!("{prefix}{number:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_counts_for_itself() {
        let mut sids = Sids::default();
        assert_eq!(sids.next("CH"), "CH00000000000000000000000000000001");
        assert_eq!(sids.next("WT"), "WT00000000000000000000000000000001");
        assert_eq!(sids.next("CH"), "CH00000000000000000000000000000002");
    }

    #[test]
    fn after_a_reset_only_what_the_account_is_set_up_with_begins_anew() {
        let mut sids = Sids::default();
        sids.next("CH");
        sids.next("WK");
        let mut next = sids.after_reset();
        assert_eq!(next.next("CH"), numbered("CH", 2));
        assert_eq!(next.next("WK"), numbered("WK", 1));
    }
}
