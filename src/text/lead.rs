//! The beginning of a text, cut where it may end.

/// Cuts a lead at a sentence or word so that it has at most so many characters.
pub fn cut_lede(lead: &str, most: usize) -> String {
    let lead = lead.trim();
    let Some((end, _)) = lead.char_indices().nth(most) else {
        return lead.to_owned();
    };
    let cut = &lead[..end];
    let sentence = cut.rfind(['.', '!', '?', '。', '！', '？', '؟', '।']);
    if let Some(at) = sentence.filter(|at| *at > end / 2) {
        let length = cut[at..].chars().next().map_or(0, char::len_utf8);
        return cut[..at + length].to_owned();
    }
    let shorter = cut
        .char_indices()
        .nth(most.saturating_sub(1))
        .map_or(cut, |(at, _)| &cut[..at]);
    let word = shorter
        .rfind(char::is_whitespace)
        .filter(|at| *at > end / 2);
    format!("{}…", shorter[..word.unwrap_or(shorter.len())].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lede_ends_at_a_sentence_within_three_hundred_characters() {
        let long = format!("{} end. {}", "word ".repeat(50), "more ".repeat(60));
        assert!(cut_lede(&long, 300).ends_with("end."));
        let endless = cut_lede(&"字".repeat(900), 300);
        assert_eq!(endless.chars().count(), 300);
    }
}
