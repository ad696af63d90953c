//! The doors from outside: the real router on a port of its own, with a clock that stands still and a fresh database.

mod access;
mod bodies;
mod cli;
mod fields;
mod health;
mod pages;
mod reading;
mod support;
