//! The ⓘ of a card: what its figure means.

use analytics::metric::Metric;
use leptos::prelude::*;

use crate::erased::Erase as _;
use crate::format;

/// The ⓘ of a card and the panel that it opens, with `text`, the server's HTML, in it.
pub fn definition(metric: Metric, text: String) -> AnyView {
    let name = format::metric_name(metric);
    let id = format!("about-{}", metric.word());
    let title_id = format!("{id}-title");
    view! {
        <button
            type="button"
            class="about"
            popovertarget=id.clone()
            aria-label=format!("About {}", name.to_ascii_lowercase())
        >
            <span aria-hidden="true">"i"</span>
        </button>
        <div id=id.clone() popover="auto" class="pop panel" role="dialog" aria-labelledby=title_id.clone()>
            <header>
                <h2 id=title_id.clone()>{name}</h2>
                <button
                    type="button"
                    class="step"
                    autofocus
                    popovertarget=id.clone()
                    popovertargetaction="hide"
                    aria-label="Close"
                >
                    <span aria-hidden="true">"×"</span>
                </button>
            </header>
            <div class="definition" inner_html=text></div>
        </div>
    }
    .erase()
}
