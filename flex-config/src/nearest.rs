//! Suggestions for names that nobody knows.

/// Returns the edit distance of two names. The spellings `showList`, `show-list` and `show_list` are the same.
pub fn distance(one: &str, other: &str) -> usize {
    strsim::damerau_levenshtein(&plain(one), &plain(other))
}

/// The least letters of a beginning that stands for the whole name.
const SHORTEST_BEGINNING: usize = 3;

/// Returns the known name that was probably meant, if one is near enough or begins like this.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(name);
    let is_beginning = |known: &str| {
        plain.chars().count() >= SHORTEST_BEGINNING && self::plain(known).starts_with(&plain)
    };
    known
        .into_iter()
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| distance * 3 <= known.chars().count() || is_beginning(known))
        .min()
        .map(|(_, known)| known)
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '-', ' '], "")
}

/// Returns a question such as ` Did you mean `a`?`, or nothing.
pub fn suggestion<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map_or_else(String::new, |near| format!(" Did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_similar_name_is_suggested() {
        let known = ["show_list", "reasons"];
        assert_eq!(nearest("show-lst", known), Some("show_list"));
        assert_eq!(nearest("Reason", known), Some("reasons"));
        assert_eq!(nearest("volume", known), None);
        assert_eq!(suggestion("volume", known), "");
    }

    #[test]
    fn a_beginning_is_enough() {
        let known = ["list_ttl_hours", "reasons", "reason_required", "max_parked"];
        assert_eq!(nearest("listttl", known), Some("list_ttl_hours"));
        assert_eq!(nearest("rea", known), Some("reasons"));
        assert_eq!(nearest("ma", known), None);
        assert_eq!(nearest("", known), None);
    }
}
