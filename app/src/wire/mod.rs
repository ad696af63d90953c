//! What pages and server functions say to each other: plain data, the same on both sides. A file has the name of the server
//! functions that answer with it; [`keys`] are on two pages, and [`history`] is what the server's own route answers.

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
