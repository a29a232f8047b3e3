//! Suggestions for names that nobody knows.

/// Returns the edit distance of two names. The spellings `showList`, `show-list` and `show_list` are the same.
pub fn distance(one: &str, other: &str) -> usize {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    strsim::damerau_levenshtein(&plain(one), &plain(other))
}

/// Returns the known name that was probably meant, if one is near enough.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, near) = known
        .into_iter()
        .map(|known| (distance(name, known), known))
        .min()?;
    (distance * 3 <= near.chars().count()).then_some(near)
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
}
