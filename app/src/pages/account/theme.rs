//! Light, dark, or as the system has it.

use leptos::prelude::*;

use crate::erased::Erase as _;

/// One button for each theme.
#[component]
pub fn ThemeChoice(
    /// The present one's word.
    theme: String,
) -> impl IntoView {
    let choices = [("system", "System"), ("light", "Light"), ("dark", "Dark")].map(|(word, label)| {
        let is_present = word == theme;
        view! {
            <button type="submit" class="segment" name="theme" value=word aria-pressed=is_present.to_string()>
                {label}
            </button>
        }
    });
    view! {
        <section class="card" id="theme" aria-labelledby="theme-title">
            <h2 id="theme-title">"Theme"</h2>
            <form method="post" action="/fn/choose_theme" class="segments">
                {choices.into_iter().collect_view()}
            </form>
            <p class="hint">"This setting applies to this browser only."</p>
        </section>
    }
    .erase()
}
