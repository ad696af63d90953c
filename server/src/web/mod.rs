//! What stands between the network and the doors: who asks, from where, with which right, and what goes along with
//! every answer.

pub mod answers;
pub mod bearer;
pub mod client_address;
mod foreign;
pub mod headers;
pub mod health;
pub mod import_history;
pub mod local;
pub mod measures;
pub mod origin;
pub mod pages;
mod place;
pub mod site;
pub mod trace;
