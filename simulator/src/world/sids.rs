//! Makes SIDs: the same ones in every run, so that a failing test reads the same twice.

use std::collections::BTreeMap;

/// A Twilio identifier as it stands on the wire. The simulator checks its form at the edge, against
/// the published descriptions.
pub type Sid = String;

/// Counts on for each prefix.
#[derive(Debug, Default)]
pub struct Sids {
    counts: BTreeMap<&'static str, u64>,
}

impl Sids {
    /// The next SID of the kind that `prefix` names: the prefix and a count in 32 hexadecimal digits.
    pub fn next(&mut self, prefix: &'static str) -> Sid {
        let count = self.counts.entry(prefix).or_insert(0);
        *count += 1;
        numbered(prefix, *count)
    }
}

/// The SID with a given number.
#[must_use]
pub fn numbered(prefix: &str, number: u64) -> Sid {
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
}
