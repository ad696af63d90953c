//! The doors from outside: the real router on a port of its own, with a clock that stands still and a fresh database.
#![expect(clippy::unwrap_used, reason = "a helper of tests that cannot do its part fails the test")]

mod access;
mod accounts;
mod bodies;
mod botpress;
mod cli;
mod connections;
mod derived_ids;
mod doors_cases;
mod doors_chatwoot;
mod doors_dashbot;
mod doors_langfuse;
mod doors_otlp;
mod doors_posthog;
mod doors_rasa;
mod doors_replay;
mod doors_segment;
mod doors_table;
mod fields;
mod fuzz;
mod health;
mod hostile_names;
mod import_formats;
mod import_histories;
mod import_page;
mod import_tables;
mod intake_log;
mod memory;
mod openapi;
mod pages;
mod people;
mod reading;
mod sign_in;
mod support;
mod trace_cases;
mod uses;
