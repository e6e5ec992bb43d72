//! The fingerprint that finds re-posted copy: 64 bits of simhash over folded words.
//!
//! Near fingerprints are only candidates: texts of one template are near too, so `cluster`
//! verifies every find on the words.

/// The fingerprint of a sequence of folded words; 0 for none. Single words and neighbours both
/// count, so that the order matters.
pub fn fingerprint(words: &[String]) -> u64 {
    let neighbours: Vec<String> = words
        .windows(2)
        .map(|pair| format!("{} {}", pair[0], pair[1]))
        .collect();
    simhash::simhash_stream(words.iter().chain(&neighbours).map(String::as_str))
}

/// How many of the 64 bits differ.
pub fn distance(a: u64, b: u64) -> u32 {
    simhash::hamming_distance(a, b)
}

/// Parts of a fingerprint by which others are looked up.
pub const BANDS: usize = 4;
/// Values that one part can have.
pub const KEYS: usize = 1 << 16;

/// The keys under which a fingerprint is filed, below [`BANDS`] × [`KEYS`]: any two that differ in
/// at most three bits share one.
pub fn bands(fingerprint: u64) -> [u32; BANDS] {
    [0, 1, 2, 3].map(|band| ((fingerprint >> (band * 16)) as u32 & 0xffff) | ((band as u32) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> u64 {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        fingerprint(&words)
    }

    #[test]
    fn near_texts_have_near_fingerprints() {
        let long = "the two presidents met in the northern city on friday and spoke for three hours about the war";
        let near = long.replace("friday", "saturday");
        assert!(distance(of(long), of(&near)) <= 12);
        assert!(distance(of(long), of("a storm closed the port and the airport")) > 16);
        assert_eq!(of(""), fingerprint(&[String::new()]));
    }

    #[test]
    fn fingerprints_three_bits_apart_share_a_band() {
        let a = 0x0123_4567_89ab_cdef_u64;
        let b = a ^ 1 ^ (1 << 20) ^ (1 << 40);
        assert!(bands(a).iter().any(|key| bands(b).contains(key)));
    }
}
