//! Code that sends a bot's messages, to be copied: with this server's address, the bot and, once, its key. What stands
//! here is run as it is printed: the Connect page marks every block with its id (`data-snippet`).

mod chatbots;
mod guide;
mod history;
mod models;
mod native;
mod page;
mod products;

use analytics::ids::BotId;

pub(super) use self::guide::{Block, Group, Guide};

/// Stands for the key where it is not known any more.
pub(super) const KEY_PLACEHOLDER: &str = "YOUR_WRITE_KEY";

/// Every way in, the most used first.
pub(super) const GROUPS: [Group; 6] =
    [native::GROUP, page::GROUP, products::GROUP, models::GROUP, chatbots::GROUP, history::GROUP];

/// What a snippet is filled with.
pub(super) struct Filling<'a> {
    pub(super) base_url: &'a str,
    pub(super) key: Option<&'a str>,
    pub(super) bot: BotId,
}

impl Filling<'_> {
    /// The lines as they are to be pasted.
    pub(super) fn fill(&self, code: &str) -> String {
        let code = code.replace("{url}", self.base_url).replace("{bot}", &self.bot.to_string());
        code.replace("{key}", self.key.unwrap_or(KEY_PLACEHOLDER)).trim().to_owned()
    }
}

/// Name of the language and the code that sends a message, for the first steps of a bot.
pub(super) fn first(filling: &Filling<'_>) -> Vec<(String, String)> {
    let guides = native::GROUP.guides.iter();
    let blocks = guides.filter_map(|guide| Some((guide.title, guide.blocks.first()?)));
    blocks.map(|(title, block)| (title.to_owned(), filling.fill(block.code))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn filling(key: Option<&str>) -> Filling<'_> {
        Filling { base_url: "https://chat.example", key, bot: BotId::from_i64(7) }
    }

    fn all_blocks() -> impl Iterator<Item = &'static Block> {
        GROUPS.iter().flat_map(|group| group.guides).flat_map(|guide| guide.blocks)
    }

    #[test]
    fn every_way_to_send_names_this_server_and_the_key() {
        for guide in GROUPS.iter().filter(|group| group.id != "history").flat_map(|group| group.guides) {
            let code: String =
                guide.blocks.iter().map(|block| filling(Some("pw_abc")).fill(block.code)).collect();
            assert!(code.contains("https://chat.example"), "{}", guide.title);
            assert!(code.contains("pw_abc"), "{}", guide.title);
        }
    }

    #[test]
    fn every_import_names_the_bot() {
        for block in history::GROUP.guides.iter().flat_map(|guide| guide.blocks) {
            let code = filling(None).fill(block.code);
            assert!(code.contains(&BotId::from_i64(7).to_string()), "{code}");
        }
    }

    #[test]
    fn nothing_is_left_to_fill_in_but_the_key() {
        let mut ids = HashSet::new();
        for block in all_blocks() {
            let code = filling(None).fill(block.code);
            assert!(!["{url}", "{key}", "{bot}"].iter().any(|gap| code.contains(gap)), "{code}");
            assert!(ids.insert(block.id), "{} is there twice", block.id);
        }
    }

    #[test]
    fn the_first_steps_send_an_incoming_message_in_three_languages() {
        let steps = first(&filling(None));
        assert_eq!(
            steps.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["curl", "JavaScript", "Python"]
        );
        for (language, code) in steps {
            assert!(code.contains("https://chat.example/api/v1/events"), "{language}");
            assert!(code.contains("Bearer YOUR_WRITE_KEY") && code.contains("incoming"), "{language}");
        }
    }
}
