//! Entry points of the product: the command line, the HTTP doors, the pages. It decides who may do what and parses
//! what comes in; what figures mean is `analytics`, where they are kept is `store`.

pub mod cli;
pub mod clock;
pub mod config;
mod demo;
#[cfg(test)]
mod fuzzing;
pub mod guarded_body;
pub mod history;
pub mod intake;
pub mod memory;
pub mod net;
pub mod openapi;
pub mod problem;
pub mod read;
pub mod router;
pub mod serve;
pub mod state;
pub mod web;
