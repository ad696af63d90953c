//! All bots that the viewer may see.

pub mod card;

use analytics::names;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::bots::{BotList, BotSort, load_bots};
use crate::components::{Field, FormState, PostForm, SubmitButton, TimeZoneField, loaded};
use crate::erased::Erase as _;
use card::Card;

/// From how many bots on searching and sorting help.
const MANY: u64 = 2;

/// `/`.
#[component]
pub fn BotsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        (
            BotSort::from_word(query.get_str("sort").unwrap_or_default()),
            query.get("search").unwrap_or_default(),
        )
    };
    let bots = Resource::new(asked, |(sort, search)| load_bots(sort, search));
    loaded(bots, move |list: BotList| {
        let (sort, search) = asked();
        view! {
            <Title text="Bots" />
            <div class="page-heading">
                <h1>"Bots"</h1>
                {(list.total >= MANY).then(|| view! { <Finder sort=sort search=search.clone() /> })}
            </div>
            <Bots list=list search=search />
        }
        .erase()
    })
}

#[component]
fn Bots(list: BotList, search: String) -> impl IntoView {
    if list.total == 0 {
        return view! { <FirstBot /> }.erase();
    }
    let nothing = list.cards.is_empty().then(|| {
        view! {
            <p class="empty">
                {format!("No bot's name holds “{}”.", names::show(&search))}" "<a href="/">"Show all"</a>
            </p>
        }
    });
    view! {
        {nothing}
        <ul class="bot-cards">
            {list
                .cards
                .into_iter()
                .map(|bot| {
                    view! {
                        <li>
                            <Card bot=bot />
                        </li>
                    }
                })
                .collect_view()}
        </ul>
        <details class="card new-bot">
            <summary>
                <span class="button">"New bot"</span>
            </summary>
            <NewBotForm />
        </details>
    }
    .erase()
}

#[component]
fn FirstBot() -> impl IntoView {
    view! {
        <section class="card first-bot">
            <h2>"Start with your first bot"</h2>
            <p>
                "A bot in Parlance stands for one of your chatbots. Give it a name, and it gets a key to send its messages with; from the first message on you see its users, sessions and messages here."
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
            <Field
                form=form
                name="name"
                label="Name"
                hint="What you call it: up to 100 characters. It can be changed later."
            />
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
