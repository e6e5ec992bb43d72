//! A small generator for random histories, so that a history is the same each time.

/// Xorshift, from a seed that is not 0.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    /// One of a list; `None` of an empty one.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.roll(from.len())].clone())
    }

    /// Parts a list in two.
    pub fn some<T: Clone>(&mut self, from: &[T]) -> (Vec<T>, Vec<T>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for one in from {
            match self.roll(2) {
                0 => left.push(one.clone()),
                _ => right.push(one.clone()),
            }
        }
        (left, right)
    }
}
