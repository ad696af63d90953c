//! How a bot is connected: every way in, with the lines to paste.

use analytics::ids::BotId;
use leptos::prelude::*;

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
    crate::wire::connect::{ConnectView, Lines, Way, WayGroup},
    analytics::names,
};

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
