//! Documents spoilt at random, the same way each time: for tests and for the long run of
//! `cargo run --release --example mutate`.

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
