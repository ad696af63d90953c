//! All bots that the viewer may see.

pub mod card;

use std::time::Duration;

use analytics::names;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;

use crate::api::bots::load_bots;
use crate::asking::Answer;
use crate::components::{Field, FormState, PostForm, StaleNotice, SubmitButton, TimeZoneField, kept};
use crate::erased::Erase as _;
use crate::error::AppError;
use crate::wire::bots::{BotList, BotSort, PAGE_BOTS};
use card::Card;

/// How often the list looks for newer figures.
const REFRESH: Duration = Duration::from_secs(15);

/// From how many bots on searching and sorting help.
const MANY: u64 = 2;

/// What the page's address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BotsQuery {
    sort: BotSort,
    search: String,
    /// Pages that come before.
    page: u64,
}

/// `/`.
#[component]
pub fn BotsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        let page = query.get_str("page").and_then(|page| page.parse::<u64>().ok());
        BotsQuery {
            sort: BotSort::from_word(query.get_str("sort").unwrap_or_default()),
            search: query.get("search").unwrap_or_default(),
            // People count pages from one.
            page: page.unwrap_or(1).max(1) - 1,
        }
    };
    let bots = Answer::new(asked, |asked| load_bots(asked.sort, asked.search, asked.page));
    bots.keep_fresh(REFRESH);
    let list = kept(bots, move |list: BotList, failure| {
        view! {
            <Title text="Bots" />
            <Bots list=list asked=asked() failure=failure />
        }
        .erase()
    });
    view! {
        {list}
        <Transition>
            <NewBot bots=bots />
        </Transition>
    }
    .erase()
}

#[component]
fn Bots(list: BotList, asked: BotsQuery, failure: Option<AppError>) -> impl IntoView {
    let finder =
        (list.total >= MANY).then(|| view! { <Finder sort=asked.sort search=asked.search.clone() /> });
    let nothing = (list.total > 0 && list.cards.is_empty()).then(|| {
        let text = format!("No bot's name has “{}”.", names::show(&asked.search));
        view! { <p class="empty">{text}" "<a href="/">"Show all"</a></p> }
    });
    let card = |bot| {
        view! {
            <li>
                <Card bot=bot />
            </li>
        }
    };
    view! {
        <div class="page-heading">
            <h1>"Bots"</h1>
            {finder}
        </div>
        {failure.map(|_| view! { <StaleNotice /> })}
        {nothing}
        <Pager asked=asked page=list.page shown=list.cards.len() as u64 found=list.found />
        <ul class="bot-cards">{list.cards.into_iter().map(card).collect_view()}</ul>
    }
    .erase()
}

/// The way to the other pages; nothing where there are none.
#[component]
fn Pager(asked: BotsQuery, page: u64, shown: u64, found: u64) -> impl IntoView {
    let link = |name: &'static str, page: Option<u64>| {
        page.map(|page| {
            let href = address(&BotsQuery { page, ..asked.clone() });
            view! {
                <a class="button small" href=href>
                    {name}
                </a>
            }
        })
    };
    let (before, last) = (page * PAGE_BOTS, page * PAGE_BOTS + shown);
    let previous = link("Previous", page.checked_sub(1));
    let next = link("Next", (last < found).then_some(page + 1));
    (found > PAGE_BOTS).then(|| {
        view! {
            <nav class="pages-nav" aria-label="Pages of bots">
                <span>{format!("{} to {last} of {found} bots", before + 1)}</span>
                {previous}
                {next}
            </nav>
        }
        .erase()
    })
}

fn address(asked: &BotsQuery) -> String {
    let sort = BotSort::ALL.iter().find(|(sort, ..)| *sort == asked.sort).map_or("", |(_, word, _)| word);
    format!("/?sort={sort}&search={}&page={}", Url::escape(&asked.search), asked.page + 1)
}

/// How a bot is made: it stays as it is, with what somebody types there, when the list is loaded again.
#[component]
fn NewBot(bots: Answer) -> impl IntoView {
    let has_bots = move || match bots.get() {
        Some(Ok(json)) => json.parse::<BotList>().ok().map(|list| list.total > 0),
        _ => None,
    };
    let known = Memo::new(move |before: Option<&Option<bool>>| has_bots().or(before.copied().flatten()));
    move || {
        // On the server the answer comes on another thread: the memo is first read when it is there.
        if cfg!(feature = "ssr") && bots.get().is_none() {
            return ().erase();
        }
        match known.get() {
            Some(true) => view! {
                <details class="card new-bot">
                    <summary>
                        <span class="button">"New bot"</span>
                    </summary>
                    <NewBotForm />
                </details>
            }
            .erase(),
            Some(false) => view! { <FirstBot /> }.erase(),
            None => ().erase(),
        }
    }
}

#[component]
fn FirstBot() -> impl IntoView {
    view! {
        <section class="card first-bot">
            <h2>"Start with your first bot"</h2>
            <p>
                "A bot in Parlance is one of your chatbots. Give it a name, and it gets a key to send its messages with. After the first message you see its users, sessions and messages here."
            </p>
            <NewBotForm />
        </section>
    }
    .erase()
}

#[component]
fn NewBotForm() -> impl IntoView {
    let form = FormState::new("/fn/create_bot");
    view! {
        <PostForm form=form fields=&["name", "time_zone"]>
            <Field form=form name="name" label="Name" hint="Up to 100 characters. You can change it later." />
            <TimeZoneField form=form value=None />
            <label class="check">
                <input type="checkbox" name="activate" value="true" checked=true />
                <span>"Activate it at once, so that it can send"</span>
            </label>
            <SubmitButton form=form label="Create bot" />
        </PostForm>
    }
    .erase()
}

#[component]
fn Finder(sort: BotSort, search: String) -> impl IntoView {
    let choices = BotSort::ALL.map(|(choice, word, name)| {
        view! {
            <option value=word selected=choice == sort>
                {name}
            </option>
        }
    });
    view! {
        <form class="finder" method="get" action="/" role="search">
            <label class="visually-hidden" for="bot-search">
                "Search by name"
            </label>
            <input id="bot-search" type="search" name="search" value=search placeholder="Search by name" />
            <label class="visually-hidden" for="bot-sort">
                "Sort by"
            </label>
            <select id="bot-sort" name="sort">
                {choices.into_iter().collect_view()}
            </select>
            <button type="submit" class="button">
                "Show"
            </button>
        </form>
    }
    .erase()
}
