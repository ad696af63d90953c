//! Ways in of one kind, one at a time: chosen by radio buttons, so that it works without a script.

use leptos::prelude::*;

use crate::components::CopyButton;
use crate::erased::Erase as _;
use crate::wire::connect::{Lines, Way, WayGroup};

/// A card of ways in.
#[component]
pub fn WayCard(group: WayGroup) -> impl IntoView {
    let WayGroup { id, title, intro, ways } = group;
    let title_id = format!("{id}-title");
    let (labelled_by, legend) = (title_id.clone(), title.clone());
    let choices = ways.into_iter().enumerate().map(|(place, way)| choice(&id, place, way));
    view! {
        <section class="card" id=id.clone() aria-labelledby=labelled_by>
            <h2 id=title_id>{title}</h2>
            <p>{intro}</p>
            <fieldset class="snippets">
                <legend class="visually-hidden">{legend}</legend>
                {choices.collect_view()}
            </fieldset>
        </section>
    }
    .erase()
}

fn choice(group: &str, place: usize, way: Way) -> AnyView {
    let id = format!("{group}-{place}");
    let Way { title, note, blocks } = way;
    let blocks: Vec<_> = blocks.into_iter().map(|block| lines(&title, block)).collect();
    view! {
        <input type="radio" name=format!("{group}-way") id=id.clone() checked=place == 0 />
        <label for=id>{title.clone()}</label>
        <div class="snippet way">
            <p>{note}</p>
            {blocks}
        </div>
    }
    .erase()
}

fn lines(way: &str, lines: Lines) -> AnyView {
    let Lines { id, place, code } = lines;
    let what = format!("{place} of {way}");
    view! {
        <figure class="lines">
            <figcaption>
                <span>{place.clone()}</span>
                <CopyButton text=code.clone() what=what.clone() />
            </figcaption>
            <pre tabindex="0" role="group" aria-label=what data-snippet=id data-place=place>
                <code>{code}</code>
            </pre>
        </figure>
    }
    .erase()
}
