//! Who talks: newcomers, and people who come back. Whoever came often and lately is likelier to come again, which
//! gives the few faithful and the many who came once that every real bot has.

use rand::Rng;

/// A made-up person: a number that counts from 0 in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Person(pub(super) u32);

impl Person {
    /// The opaque id that the bot sends: the same for the same person, without order. The factor is odd, so no two
    /// people share an id.
    pub(super) fn user_id(self) -> String {
        format!("u-{:08x}", self.0.wrapping_mul(0x9e37_79b1))
    }

    /// A number from 0 to 99 that stays with the person.
    pub(super) fn taste(self) -> u32 {
        self.0.wrapping_mul(0x85eb_ca6b).rotate_left(13).wrapping_mul(0xc2b2_ae35) % 100
    }
}

/// Everybody so far.
#[derive(Debug, Default)]
pub(super) struct People {
    visits: Vec<Person>,
    count: u32,
}

impl People {
    /// Who begins the next conversation, if `newcomers` of a hundred are new.
    pub(super) fn next(&mut self, newcomers: u32, random: &mut impl Rng) -> Person {
        let person = if self.visits.is_empty() || random.random_ratio(newcomers, 100) {
            self.count += 1;
            Person(self.count - 1)
        } else {
            // A number below a number: small ones, the latest visits, come most often.
            let bound = random.random_range(0..self.visits.len());
            let back = random.random_range(0..=bound);
            self.visits[self.visits.len() - 1 - back]
        };
        self.visits.push(person);
        person
    }
}
