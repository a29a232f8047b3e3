//! Tables for people at a terminal.

/// The side of its column at which a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Returns rows as lines, each column as wide as its longest cell.
pub(super) fn aligned<const N: usize>(rows: &[[String; N]], columns: [Align; N]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.to_vec()).collect();
    lines(&rows, |column| {
        columns.get(column).copied().unwrap_or(Align::Left)
    })
}

/// Returns rows as lines like [`aligned`], each cell at the left of its column.
pub(super) fn aligned_left(rows: &[Vec<String>]) -> String {
    lines(rows, |_| Align::Left)
}

fn lines(rows: &[Vec<String>], align: impl Fn(usize) -> Align) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| printable(cell)).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let padded: Vec<String> = cells
            .map(|(column, (cell, width))| match align(column) {
                Align::Left => format!("{cell:width$}"),
                Align::Right => format!("{cell:>width$}"),
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a text in which control characters are replaced. Any agent's browser can write attributes, and a terminal obeys control
/// characters.
pub(super) fn printable(text: &str) -> String {
    let steers = |char: char| {
        char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(steers, "\u{fffd}")
}

/// Returns a text of at most `length` characters. A longer one ends with an ellipsis.
pub(super) fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let kept: String = text.chars().take(length.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [["agent", "parked"], ["Jürgen", "7"], ["x", "10"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(
            aligned(&rows, [Align::Left, Align::Right]),
            "agent   parked\nJürgen       7\nx           10"
        );
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let rows = [["a\u{1b}[2Jb\nc\u{202e}".to_owned()]];
        let text = aligned(&rows, [Align::Left]);
        assert_eq!(text, "a\u{fffd}[2Jb\u{fffd}c\u{fffd}");
    }

    #[test]
    fn long_texts_are_shortened() {
        assert_eq!(shortened("Übergabe", 8), "Übergabe");
        assert_eq!(shortened("Übergaben", 8), "Übergab…");
    }
}
