//! Reads a text from its front, a piece at a time.

/// What is left of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub(super) &'a str);

impl Cursor<'_> {
    /// Takes a number of `min` to `max` digits, as many as there are.
    pub(super) fn digits(&mut self, min: usize, max: usize) -> Option<u32> {
        let count = self.0.bytes().take(max).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count >= min)?;
        self.0 = rest;
        digits.parse().ok()
    }

    /// Takes one of these characters, if it is next.
    pub(super) fn any_of(&mut self, characters: &[char]) -> Option<char> {
        let next = self.0.chars().next().filter(|next| characters.contains(next))?;
        self.0 = &self.0[next.len_utf8()..];
        Some(next)
    }

    /// Takes a word if it is next, in capital letters or small ones.
    pub(super) fn word(&mut self, word: &str) -> bool {
        match self.0.split_at_checked(word.len()) {
            Some((next, rest)) if next.eq_ignore_ascii_case(word) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Takes blanks, also the narrow blank before `AM` in newer locales. Tells whether there was one.
    pub(super) fn blanks(&mut self) -> bool {
        let rest = self.0.trim_start();
        let were_there = rest.len() < self.0.len();
        self.0 = rest;
        were_there
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}
