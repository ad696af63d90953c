//! Who is who in a workspace: its members, its bots, and its channels.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use anyhow::bail;

use crate::history::chat::is_named;
use crate::intake::doors::sent::Sent;

/// How many bots a message names.
const SHOWN_BOTS: usize = 20;

/// A bot, by all of its ids and names.
#[derive(Clone, Debug, Default)]
pub(super) struct Bot {
    ids: HashSet<String>,
    names: Vec<String>,
    /// Other members that are bots.
    others: HashSet<String>,
    /// Members that are people.
    people: HashSet<String>,
}

impl Bot {
    pub(super) fn is_id(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Whether the bot wrote a message, in whichever of the shapes that its messages have.
    pub(super) fn wrote(&self, message: &Sent<'_>) -> bool {
        let user = message.id("user");
        if user.as_deref().is_some_and(|user| self.people.contains(user)) {
            return false;
        }
        let profile = message.object("bot_profile").unwrap_or_default();
        let ids = [user, message.id("bot_id"), message.id("app_id"), profile.id("id"), profile.id("app_id")];
        let names = [message.text("username"), profile.text("name")];
        let is_named_so = |name: &Cow<'_, str>| self.names.iter().any(|known| *known == **name);
        ids.iter().flatten().any(|id| self.is_id(id))
            || (message.id("bot_id").is_some() && names.iter().flatten().any(is_named_so))
    }

    /// Whether some other program wrote a message.
    pub(super) fn is_of_another(&self, message: &Sent<'_>) -> bool {
        match message.id("user") {
            Some(user) => self.others.contains(&*user) || user == "USLACKBOT",
            None => true,
        }
    }

    pub(super) fn is_mentioned(&self, text: &str) -> bool {
        self.ids.iter().any(|id| text.contains(&format!("<@{id}>")) || text.contains(&format!("<@{id}|")))
    }
}

/// The members of a workspace.
#[derive(Debug, Default)]
pub(super) struct Members {
    bots: Vec<Bot>,
    people: HashSet<String>,
}

impl Members {
    /// Adds a member, as JSON.
    pub(super) fn add(&mut self, json: &[u8]) {
        let Some(member) = Sent::parse(json) else { return };
        let Some(id) = member.id("id").map(Cow::into_owned) else { return };
        if member.flag("is_bot") != Some(true) {
            self.people.insert(id);
            return;
        }
        let profile = member.object("profile").unwrap_or_default();
        let other_ids = [profile.id("bot_id"), profile.id("api_app_id")];
        let names = [
            member.text("name"),
            member.text("real_name"),
            profile.text("display_name"),
            profile.text("real_name"),
        ];
        let names = names.into_iter().flatten().map(Cow::into_owned).filter(|name| !name.is_empty());
        let ids =
            other_ids.into_iter().flatten().map(Cow::into_owned).chain([id]).filter(|id| !id.is_empty());
        self.bots.push(Bot { ids: ids.collect(), names: names.collect(), ..Bot::default() });
    }

    /// The bot that is meant: the one that is named, or the only one.
    ///
    /// # Errors
    /// In words, when there is none or more than one.
    pub(super) fn find_bot(&self, told: &[String]) -> anyhow::Result<Bot> {
        let is_meant = |bot: &&Bot| {
            let all: Vec<_> = bot.ids.iter().chain(&bot.names).map(|name| Some(name.as_str())).collect();
            told.is_empty() || is_named(told, &all)
        };
        let meant: Vec<_> = self.bots.iter().filter(is_meant).collect();
        let [bot] = meant.as_slice() else {
            let names: Vec<_> =
                self.bots.iter().take(SHOWN_BOTS).filter_map(|bot| bot.names.first().cloned()).collect();
            bail!("it is not clear which bot to import: give --bot-name; there are: {}", names.join(", "));
        };
        let others =
            self.bots.iter().filter(|other| other.ids != bot.ids).flat_map(|other| other.ids.iter().cloned());
        Ok(Bot { others: others.collect(), people: self.people.clone(), ..(*bot).clone() })
    }
}

/// The channels of a workspace, by the names of their folders.
#[derive(Debug, Default)]
pub(super) struct Channels(HashMap<String, (String, Vec<String>)>);

impl Channels {
    /// Adds a channel, as JSON. Direct messages have no name: their folder is called by their id.
    pub(super) fn add(&mut self, json: &[u8]) {
        let Some(channel) = Sent::parse(json) else { return };
        let Some(id) = channel.id("id").map(Cow::into_owned) else { return };
        let members = channel.array("members").unwrap_or_default();
        let members: Vec<_> = members
            .iter()
            .filter_map(|member| crate::intake::json::read_text(member))
            .map(Cow::into_owned)
            .collect();
        let name = channel.text("name").map_or_else(|| id.clone(), Cow::into_owned);
        self.0.insert(name, (id, members));
    }

    /// The id of a folder's channel, and whether the bot is one of two in it.
    pub(super) fn find(&self, folder: &str, bot: &Bot) -> (String, bool) {
        match self.0.get(folder) {
            Some((id, members)) => {
                let has_bot = members.iter().any(|member| bot.is_id(member));
                (id.clone(), has_bot && members.len() <= 2 && id.starts_with('D'))
            }
            None => (folder.to_owned(), false),
        }
    }
}
