//! Inputs spoilt at random, the same way each time: for tests and for the long run of
//! `cargo run --release --example mutate`; and what they are made from.

/// Makes spoilt copies of documents. The generator is Marsaglia's xorshift64.
pub struct Mutator {
    documents: Vec<Vec<u8>>,
    state: u64,
}

const PIECES: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"\"",
    b"'",
    b"=",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<item>",
    b"</item>",
    b"<entry>",
    b"</entry>",
    b"</title>",
    b"<title type=\"xhtml\">",
    b"<description>",
    b"&#x",
    b"&#99999999;",
    b"&amp;amp;",
    b"\0",
    b"\xff\xfe",
    b"\xc3",
    b"\xf0\x9f\x98",
    b"encoding=\"utf-16\"",
    b"<!DOCTYPE a [<!ENTITY b \"c\">",
    b"]>",
    b" xml:base=\"x\"",
    b"</div>",
    b"<div>",
    b"99999999999999999999",
    b"@\xc3\xbc",
];

impl Mutator {
    /// From documents (at least one) and a seed other than 0.
    pub fn new(documents: Vec<Vec<u8>>, seed: u64) -> Self {
        Self {
            documents,
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        }
    }

    fn random(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % below.max(1) as u64).expect("below a usize")
    }

    /// The next spoilt document.
    pub fn next(&mut self) -> Vec<u8> {
        let at = self.random(self.documents.len());
        let mut bytes = self.documents[at].clone();
        for _ in 0..=self.random(6) {
            self.spoil(&mut bytes);
        }
        bytes
    }

    fn spoil(&mut self, bytes: &mut Vec<u8>) {
        let at = self.random(bytes.len() + 1);
        let end = (at + 1 + self.random(40)).min(bytes.len());
        match self.random(7) {
            0 => drop(bytes.drain(at.min(end)..end)),
            1 => {
                let piece = PIECES[self.random(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            2 if at < bytes.len() => bytes[at] = self.random(256).to_le_bytes()[0],
            3 => {
                let copy = bytes[at.min(end)..end].to_vec();
                let to = self.random(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            4 if self.random(4) == 0 => bytes.truncate(at),
            5 => {
                let other = self.random(self.documents.len());
                let other = &self.documents[other];
                let from = at.min(other.len());
                let piece = other[from..(from + 60).min(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ if at < bytes.len() => bytes[at] ^= 1 << self.random(8),
            _ => {}
        }
    }
}

fn lines(text: &str) -> Vec<Vec<u8>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.as_bytes().to_vec()).collect()
}

/// Dates of many forms.
pub fn date_seeds() -> Vec<Vec<u8>> {
    lines(
        "Fri, 15 Aug 2025 10:30:00 GMT\n2025-08-15T12:30:00.123+02:00\n20250815T103000Z\n\
         2025-227T10:30:00Z\n2025-W33-5\nFri Aug 15 10:30:00 CEST 2025\n15. August 2025, 10:30 Uhr\n\
         2025년 08월 15일  19:30:00\n2025-08-15 오후 7:30:00\nΠαρ, 15 Αυγ 2025 12:30:00 +0200\n\
         2025-augusztus-15T12:30+02:00\n8/15/2025 10:30:00 AM\n1755253800000\n031231\n\
         Fri Aug 15 2025 12:30:00 GMT+0200 (Central European Summer Time)\n15 Aug 25 1:2:3 EDT\n\
         ١٥ أغسطس ٢٠٢٥ 10:30\n2025年8月15日 上午10:30:00\nFri, 15 Aug 2025 12:30 Europe/Berlin",
    )
}

/// Lists of feeds.
pub fn opml_seeds() -> Vec<Vec<u8>> {
    let list = "<?xml version=\"1.0\"?><opml version=\"2.0\"><head><title>t</title></head><body>\
         <outline text=\"News &amp; more\"><outline type=\"rss\" text=\"A\" title=\"A\" \
         xmlUrl=\"https://example.org/a?x=1&amp;y=2\" htmlUrl=\"https://example.org/\"/></outline>\
         <outline type=\"rss\" text=\"B\" xmlUrl=\"http://user:secret@example.net/b\"/></body></opml>";
    vec![
        list.into(),
        list.to_uppercase().into_bytes(),
        "https://example.org/a\nhttps://example.net/b\n".into(),
    ]
}

/// Titles with the tags of agencies, and leads with datelines and notes.
pub fn wire_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = include_str!("../fixtures/wire_conventions.txt")
        .lines()
        .filter_map(|line| line.split(" | ").nth(2))
        .map(|title| title.as_bytes().to_vec())
        .collect();
    for lead in [
        "PARIS, Jan 5 (Reuters) - The strike ended.",
        "(Adds quotes in paragraph 3) ROSCOE, South Dakota (AP) _ The prairie is going.",
        "^Eds: Restores reference. Adds video link.\nSEOUL/BUSAN, Jan. 5 (Yonhap) -- The court ruled.",
        "МОСКВА, 5 января. /ТАСС/. Переговоры завершены.",
        "(서울=연합뉴스) 홍길동 기자 = 법원이 판결했다.",
        "Please kill the story Senate-Bill, V9991. A kill is mandatory.",
    ] {
        seeds.push(format!("UPDATE 2-Talks end - BBC News\n{lead}").into_bytes());
    }
    seeds
}

/// Links with parameters, fragments, credentials and odd hosts.
pub fn link_seeds() -> Vec<Vec<u8>> {
    lines(
        "https://example.org/news/1?utm_source=rss&id=2#top\nhttp://user:pw@EXAMPLE.org:80/a/../b?ref=rss\n\
         https://xn--exmple-cua.org/%7Ea?fbclid=1&fbclid=2\nhttps://[::1]/a?x=%zz#!/b\n//example.org/1\n\
         mailto:a@example.org\nhttps://example.org/?at_medium=RSS&at_campaign=KARANGA&page=3",
    )
}
