//! Searches in texts, without regard to case and accents.

use crate::plugin::json::Json;

/// Functions of the browser, which would need tables in Wasm.
#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// Folds a text: texts that differ only in case, accents or width become the same.
    pub fold: fn(&str) -> String,
    /// Reads JSON; `Json::Null` for other text.
    pub parse: fn(&str) -> Json,
}

/// Returns true for an accent that stands apart from its letter, as folding leaves it.
#[must_use]
pub fn is_accent(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// Folded texts to search in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Searchable(String);

impl Searchable {
    /// Adds a folded text. A number is found with and without the characters between its digits.
    pub fn add(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
        if let Some(number) = number(text) {
            self.0.push_str(&number);
            self.0.push('\n');
        }
    }
}

/// The words of a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Search(Vec<String>);

impl Search {
    /// Takes the words of a folded text. All of them must be found, in any order.
    #[must_use]
    pub fn new(folded: &str) -> Self {
        Self(
            folded
                .split_whitespace()
                .map(|word| number(word).unwrap_or_else(|| word.into()))
                .collect(),
        )
    }

    /// Returns true if `texts` hold all the words.
    #[must_use]
    pub fn finds(&self, texts: &Searchable) -> bool {
        self.0.iter().all(|word| holds(&texts.0, word))
    }
}

/// Returns true if `text` contains `word`. The standard library's search would be too large for texts as short as these.
fn holds(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    word.is_empty() || text.windows(word.len()).any(|part| part == word)
}

/// Returns the digits of a number such as `+1 (555) 010-0`; `None` for any other text.
fn number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let only_number = text.bytes().all(|byte| {
        matches!(
            byte,
            b'0'..=b'9' | b'+' | b'-' | b'(' | b')' | b'.' | b'/' | b' '
        )
    });
    (only_number && !digits.is_empty()).then_some(digits)
}
