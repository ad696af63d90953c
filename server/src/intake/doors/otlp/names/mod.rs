//! The names under which instrumentations write the same thing, best first. docs/INTAKE.md has the same tables; a test
//! compares them.

mod kinds;
mod numbers;
mod people;

pub(super) use self::kinds::*;
pub(super) use self::numbers::*;
pub(super) use self::people::*;
