//! How a bot is connected: every way in, with the lines to paste.

use analytics::ids::BotId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::encoding::Answer;
use crate::error::AppError;
use crate::json::Json;
use crate::transport::Transport;

#[cfg(feature = "ssr")]
use {
    super::authorise::{server_context, visible_bot},
    super::flash::{self, Flash},
    super::refusal::internal,
    super::settings::may_add_key,
    super::snippets::{self, Filling},
    analytics::names,
};

/// A bot's ways in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectView {
    /// The bot's name.
    pub name: String,
    /// Whether what it sends is stored.
    pub is_activated: bool,
    /// A write key that was just made, shown this once; the lines hold it too.
    pub new_key: Option<String>,
    /// First characters of the write keys that live.
    pub key_prefixes: Vec<String>,
    /// Whether another key can be made.
    pub may_add_key: bool,
    /// What the lines hold in place of a key.
    pub placeholder: String,
    /// The ways in, by their kind.
    pub groups: Vec<WayGroup>,
}

/// Ways in of one kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WayGroup {
    /// A word for addresses.
    pub id: String,
    /// What they have in common.
    pub title: String,
    /// For whom they are.
    pub intro: String,
    /// Each of them.
    pub ways: Vec<Way>,
}

/// One way in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Way {
    /// The client or program.
    pub title: String,
    /// What the lines do.
    pub note: String,
    /// The lines, in order.
    pub blocks: Vec<Lines>,
}

/// Lines to paste in one place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lines {
    /// Names them for programs.
    pub id: String,
    /// Where they go.
    pub place: String,
    /// The text.
    pub code: String,
}

/// How to connect a bot that the viewer may see: a [`ConnectView`].
#[server(prefix = "/fn", endpoint = "load_connect", output = Answer, client = Transport)]
pub async fn load_connect(bot_id: BotId) -> Result<Json, AppError> {
    let bot = visible_bot(bot_id).await?;
    let context = server_context()?;
    let keys = context.store.list_write_keys(bot_id).await.map_err(internal)?;
    let new_key = flash::take(&context, |flash| match flash {
        Flash::WriteKey(of, key) if of == bot_id => Some(key.expose().to_owned()),
        _ => None,
    });
    let filling = Filling { base_url: &context.base_url, key: new_key.as_deref(), bot: bot_id };
    Json::new(&ConnectView {
        groups: snippets::GROUPS.iter().map(|group| write_group(group, &filling)).collect(),
        name: names::show(&bot.name).into_owned(),
        is_activated: bot.is_activated,
        may_add_key: may_add_key(&keys, None),
        key_prefixes: keys.into_iter().map(|key| key.prefix).collect(),
        placeholder: snippets::KEY_PLACEHOLDER.to_owned(),
        new_key,
    })
}

#[cfg(feature = "ssr")]
fn write_group(group: &snippets::Group, filling: &Filling<'_>) -> WayGroup {
    let lines = |block: &snippets::Block| Lines {
        id: block.id.to_owned(),
        place: block.place.to_owned(),
        code: filling.fill(block.code),
    };
    let way = |guide: &snippets::Guide| Way {
        title: guide.title.to_owned(),
        note: guide.note.to_owned(),
        blocks: guide.blocks.iter().map(lines).collect(),
    };
    WayGroup {
        id: group.id.to_owned(),
        title: group.title.to_owned(),
        intro: group.intro.to_owned(),
        ways: group.guides.iter().map(way).collect(),
    }
}
