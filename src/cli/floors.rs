//! What a simple method reaches on well-known sets: TF-IDF of title and lead with average linkage,
//! its threshold tuned on each set's other half. Whoever is below has built worse than that.

/// A set and what the simple method reaches on it: B-cubed and pairwise F1.
pub struct Floor {
    /// How the names of its files begin.
    prefix: &'static str,
    /// The level that is scored: `event` or `storyline`.
    level: &'static str,
    b3: f64,
    pairwise: f64,
}

const FLOORS: &[Floor] = &[
    floor("alaska2025", "event", 0.64, 0.35),
    floor("allsides_2021", "event", 0.79, 0.55),
    floor("allsides.", "event", 0.82, 0.63),
    floor("ecbplus", "event", 0.85, 0.78),
    floor("galaxy_wikinews", "event", 0.74, 0.40),
    floor("uci", "storyline", 0.77, 0.78),
];

const fn floor(prefix: &'static str, level: &'static str, b3: f64, pairwise: f64) -> Floor {
    Floor {
        prefix,
        level,
        b3,
        pairwise,
    }
}

/// A line that sets figures beside the floor of a set; `None` for a set or level without one.
pub fn beside_floor(file_name: &str, level: &str, b3: f64, pairwise: f64) -> Option<String> {
    let mut known = FLOORS.iter();
    let floor = known.find(|floor| file_name.starts_with(floor.prefix) && floor.level == level)?;
    Some(format!(
        "{level:9} floor      B3 F={:.2} ({:+.3})  pair F={:.2} ({:+.3})",
        floor.b3,
        b3 - floor.b3,
        floor.pairwise,
        pairwise - floor.pairwise
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_set_is_set_beside_its_floor() {
        let line = beside_floor("allsides_2021.dev.jsonl", "event", 0.9, 0.5);
        let line = line.expect("the set is known");
        assert!(line.contains("0.79 (+0.110)") && line.contains("0.55 (-0.050)"));
        assert_eq!(beside_floor("desk.jsonl", "event", 0.9, 0.5), None);
        assert_eq!(beside_floor("uci.dev.jsonl", "event", 0.9, 0.5), None);
    }
}
