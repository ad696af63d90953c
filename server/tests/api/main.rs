//! The doors from outside: the real router on a port of its own, with a clock that stands still and a fresh database.
#![expect(clippy::unwrap_used, reason = "a helper of tests that cannot do its part fails the test")]

mod access;
mod bodies;
mod cli;
mod fields;
mod health;
mod pages;
mod people;
mod reading;
mod support;
mod uses;
