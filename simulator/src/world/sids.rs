//! SIDs, which are the same in every run, so that failing tests are reproducible.

use std::collections::BTreeMap;

/// A Twilio identifier. Its form is checked at the edge, against the published descriptions.
pub type Sid = String;

/// The prefixes of the resources that the account is set up with. After a reset they get the same SIDs again,
/// because running Functions and pages know them. The others count on, so that late requests from before a
/// reset match nothing.
const SET_UP: [&str; 13] = [
    "AC", "IS", "GO", "RL", "WS", "WA", "TC", "WQ", "WW", "WK", "WC", "FU", "US",
];

/// The last number of each prefix.
#[derive(Debug, Default)]
pub struct Sids {
    counts: BTreeMap<&'static str, u64>,
}

impl Sids {
    /// Returns the SIDs for the world after a reset.
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

    /// Returns the next SID with this prefix: the prefix and a number in 32 hexadecimal digits.
    pub fn next(&mut self, prefix: &'static str) -> Sid {
        let count = self.counts.entry(prefix).or_insert(0);
        *count += 1;
        numbered(prefix, *count)
    }
}

/// Returns the SID with this number.
fn numbered(prefix: &str, number: u64) -> Sid {
    format!("{prefix}{number:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_count_separately() {
        let mut sids = Sids::default();
        assert_eq!(sids.next("CH"), "CH00000000000000000000000000000001");
        assert_eq!(sids.next("WT"), "WT00000000000000000000000000000001");
        assert_eq!(sids.next("CH"), "CH00000000000000000000000000000002");
    }

    #[test]
    fn resets_restart_only_setup_sids() {
        let mut sids = Sids::default();
        sids.next("CH");
        sids.next("WK");
        let mut next = sids.after_reset();
        assert_eq!(next.next("CH"), numbered("CH", 2));
        assert_eq!(next.next("WK"), numbered("WK", 1));
    }
}
