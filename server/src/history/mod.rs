//! Histories: what was said before, in our form or in that of another product. A file is opened (`source`), recognised
//! (`format`) and read by the code of its format, which gives every row to the `sink`: there it becomes a fact or the
//! reason why not, through the same item reader as the intake. The command line and the pages import by `import`.

mod bot_framework;
mod botpress_v12;
mod bson;
mod chat;
mod copilot_studio;
mod decode;
mod discord;
mod files;
pub mod format;
#[cfg(test)]
mod fuzz;
pub mod import;
mod json;
mod kind;
mod lines;
mod names;
mod native;
pub mod open;
pub mod options;
mod products;
mod rasa;
mod rasa_tracker;
pub mod sink;
mod slack;
pub mod source;
pub mod summary;
mod table;
mod telegram;
pub mod usage;
mod whatsapp;
mod words;
