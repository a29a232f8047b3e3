//! The first line of a message, as a row shows it, and the names of its author.

/// The author of a row's last message: the agent who parked.
pub const BY_AGENT: &str = "agent";
/// The author of a row's last message: anybody else.
pub const BY_CUSTOMER: &str = "customer";

/// The most characters of a row's last line.
pub const LONGEST_LINE: usize = 120;

/// Returns the first line of a message that is not blank, cut to [`LONGEST_LINE`] characters. `None`: the message has no text.
#[must_use]
pub fn first_line(text: &str) -> Option<String> {
    let text = text.trim();
    let mut places = text.char_indices().enumerate();
    let end = places.find(|(count, (_, one))| *one == '\n' || *count == LONGEST_LINE);
    let line = end.map_or(text, |(_, (at, _))| text.get(..at).unwrap_or_default());
    (!line.is_empty()).then(|| line.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_message_is_short() {
        let long = "ö".repeat(LONGEST_LINE + 1);
        for (text, line) in [
            ("Here it is", Some("Here it is")),
            (" \r\n\n\tHere it is \r\nthe number", Some("Here it is")),
            (&long, Some(&long[..2 * LONGEST_LINE])),
            ("", None),
            (" \n ", None),
        ] {
            assert_eq!(first_line(text).as_deref(), line, "{text:?}");
        }
    }
}
