//! Tables for people: columns as wide as they need, nothing that a terminal would obey.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

use crate::text::clean::inert;

/// Rows of text under a header, printed to standard output.
#[derive(Debug, Default)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Longest cell; longer ones are cut with an ellipsis.
const WIDEST_CELL: usize = 72;

impl Table {
    /// A table with these column titles, which are shown in capitals.
    pub fn new(header: &[&str]) -> Self {
        Self {
            header: header.iter().map(|title| title.to_uppercase()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; missing cells are empty.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows
            .push(cells.iter().map(|text| cell_of(text)).collect());
    }

    /// The lines, each without its end.
    pub fn lines(&self) -> Vec<String> {
        let widths: Vec<usize> = (0..self.header.len())
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
                longest.max(self.header[column].chars().count())
            })
            .collect();
        std::iter::once(&self.header)
            .chain(&self.rows)
            .map(|row| join(row, &widths))
            .collect()
    }

    /// Prints the lines; a reader that went away ends it quietly.
    pub fn print(&self) {
        for line in self.lines() {
            print_line(&line);
        }
    }
}

/// Why a line could not be printed, if one could not.
static LOST: OnceLock<std::io::Error> = OnceLock::new();

/// Prints one line to standard output; a closed pipe is not an error, other failures are told at the end.
pub fn print_line(line: &str) {
    note_lost(writeln!(std::io::stdout(), "{line}"));
}

/// Why something that was to be printed is lost; `None` if all was.
pub fn lost_output() -> Option<&'static std::io::Error> {
    note_lost(std::io::stdout().flush());
    LOST.get()
}

fn note_lost(printed: std::io::Result<()>) {
    match printed {
        // Whoever closed the pipe has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => drop(LOST.set(error)),
        _ => {}
    }
}

/// The text on one line, without what commands a terminal or turns the line round.
pub fn printable(text: &str) -> String {
    inert(text).into_owned()
}

/// The same, cut to the widest cell.
fn cell_of(text: &str) -> String {
    let clean = printable(text);
    if clean.chars().count() <= WIDEST_CELL {
        return clean;
    }
    let mut cut: String = clean.chars().take(WIDEST_CELL - 1).collect();
    cut.push('…');
    cut
}

fn join(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(
            ' ',
            width + 2 - cell.chars().count().min(*width),
        ));
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_commands_no_terminal_and_turns_no_line() {
        let mut table = Table::new(&["title"]);
        table.row(vec![
            "a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}b\r\nc\u{200b}".to_owned(),
        ]);
        assert_eq!(table.lines(), ["TITLE", "a]0;x2Jb  c"]);
        assert_eq!(cell_of(&"x".repeat(100)).chars().count(), WIDEST_CELL);
        assert_eq!(printable(&"x".repeat(100)).chars().count(), 100);
    }
}
