//! The beginning of a text, without what pages put around it, cut where it may end.

/// What publishing software puts behind a lead; the first has the title within.
const TAILS: [&str; 9] = [
    "continue reading",
    "read more",
    "read the full story",
    "read full story",
    "read the full article",
    "keep reading",
    "weiterlesen",
    "lire la suite",
    "leer más",
];
/// What it puts before one, or in its place.
const HEADS: [&str; 5] = [
    "please use chrome browser for a more accessible video player",
    "advertisement",
    "this video can not be played",
    "to play this video you need to enable javascript in your browser.",
    "watch live:",
];

/// A lead without what publishing software puts around it: `The post … appeared first on …`, `Continue reading...`,
/// `Please use Chrome browser …`. Empty if there is nothing else.
pub fn without_boilerplate(lead: &str) -> &str {
    let mut rest = lead.trim();
    while let Some(shorter) = without_head(rest) {
        rest = shorter;
    }
    if let Some(at) = rest.rfind("The post ")
        && rest[at..].contains(" appeared first on ")
    {
        rest = rest[..at].trim_end();
    }
    let bare = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
    let tail = TAILS.iter().find_map(|tail| {
        let from = bare.len().checked_sub(tail.len())?;
        let end = bare.get(from..)?;
        // In a sentence of its own.
        let begins = bare[..from].trim_end_matches([' ', '\n', '[', '(', '→', '»', '|']);
        let is_own = begins.is_empty()
            || begins.ends_with(['.', '!', '?', '…', '"', '”', ':'])
            || ['…', '→', '»']
                .iter()
                .any(|sign| rest[bare.len()..].contains(*sign))
            || rest[bare.len()..].contains("..");
        (is_own && end.eq_ignore_ascii_case(tail)).then_some(from)
    });
    match tail {
        Some(from) => bare[..from].trim_end_matches([' ', '[', '(', '→', '»', '|', '\n']),
        None => rest,
    }
}

fn without_head(lead: &str) -> Option<&str> {
    HEADS.iter().find_map(|head| {
        let begin = lead.get(..head.len())?;
        let rest = &lead[head.len()..];
        let is_whole = !rest.starts_with(char::is_alphanumeric) && !rest.starts_with(" of");
        (begin.eq_ignore_ascii_case(head) && is_whole).then(|| rest.trim_start())
    })
}

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
    fn what_pages_put_around_a_lead_is_no_lead() {
        let cases = [
            (
                "Gusts reach 140km/h. Continue reading...",
                "Gusts reach 140km/h.",
            ),
            (
                "Gusts reach 140km/h Continue reading...",
                "Gusts reach 140km/h",
            ),
            ("The post Bypass approved appeared first on Gazette.", ""),
            (
                "Rain fell. The post Rain appeared first on Gazette.",
                "Rain fell.",
            ),
            (
                "Please use Chrome browser for a more accessible video player",
                "",
            ),
            (
                "Advertisement\n\nA fire destroyed a bakery.",
                "A fire destroyed a bakery.",
            ),
            (
                "Advertisement of the year: a bank won.",
                "Advertisement of the year: a bank won.",
            ),
            ("The post office closes.", "The post office closes."),
            (
                "He said so. She could not read more.",
                "He said so. She could not read more.",
            ),
            ("雨が降った。", "雨が降った。"),
        ];
        for (lead, told) in cases {
            assert_eq!(without_boilerplate(lead), told, "{lead}");
        }
    }

    #[test]
    fn a_lede_ends_at_a_sentence_within_three_hundred_characters() {
        let long = format!("{} end. {}", "word ".repeat(50), "more ".repeat(60));
        assert!(cut_lede(&long, 300).ends_with("end."));
        let endless = cut_lede(&"字".repeat(900), 300);
        assert_eq!(endless.chars().count(), 300);
    }
}
