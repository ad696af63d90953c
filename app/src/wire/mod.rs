//! What pages and server functions say to each other: plain data, the same on both sides. One file per page, beside the
//! server functions of the same name that answer with it.

pub mod account;
pub mod accounts;
pub mod analytics;
pub mod bot;
pub mod bots;
pub mod connect;
pub mod history;
pub mod intake;
pub mod keys;
pub mod settings;
pub mod sign_in;
pub mod viewer;
