//! A history in a file: looked at first, then stored.

mod rows;
mod told;

use analytics::ids::BotId;
use leptos::prelude::*;

use self::rows::{preview, summary};
use self::told::TOLD;
use crate::erased::Erase as _;
use crate::wire::history::{FORMATS, Line};

/// The id of the form with the file and all that is told with it.
const FORM: &str = "import-form";

/// What the server has said.
#[derive(Clone, Copy)]
struct Told {
    /// The latest line.
    line: RwSignal<Line>,
    /// Whether a file is on its way or being read.
    is_busy: RwSignal<bool>,
    /// Whether a script runs: without one, a file cannot be sent.
    is_ready: RwSignal<bool>,
}

/// Takes a file, shows its first rows, and stores it.
#[component]
pub fn ImportCard(bot_id: BotId) -> impl IntoView {
    let told = Told {
        line: RwSignal::new(Line::default()),
        is_busy: RwSignal::new(false),
        is_ready: RwSignal::new(false),
    };
    #[cfg(feature = "hydrate")]
    Effect::new(move || told.is_ready.set(true));
    let is_waiting = move || told.is_busy.get() || !told.is_ready.get();
    let look = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send(bot_id, "look", told);
    };
    view! {
        <section class="card" id="import" aria-labelledby="import-title">
            <h2 id="import-title">"Import a file"</h2>
            <p>
                "Import earlier messages from a file: a table, or an export of a messenger or another product. "
                "Choose it or drop it here, look at its first rows, then store it. A message counts once, however often it is imported. "
                "Import files above 256 MiB and databases on the command line: see History."
            </p>
            <form class="form" id=FORM on:submit=look>
                <div class="field">
                    <label for="import-file">"File"</label>
                    <input type="file" id="import-file" required />
                </div>
                {options()}
                <button type="submit" class="button primary" disabled=is_waiting>
                    "Show the first rows"
                </button>
            </form>
            <div aria-live="polite">{move || answer(bot_id, told)}</div>
        </section>
    }
    .erase()
}

/// What a file may not say itself.
fn options() -> AnyView {
    let formats = FORMATS.into_iter().map(|(word, title)| view! { <option value=word>{title}</option> });
    let fields = TOLD.into_iter().map(|field| field.show());
    view! {
        <details>
            <summary>"Options"</summary>
            <div class="field">
                <label for="import-format">"Format"</label>
                <select id="import-format" name="format">
                    <option value="">"Automatic"</option>
                    {formats.collect_view()}
                </select>
            </div>
            {fields.collect_view()}
            <div class="field">
                <label for="import-columns">"Columns with other names"</label>
                <textarea
                    id="import-columns"
                    name="columns"
                    rows="3"
                    aria-describedby="import-columns-hint"
                ></textarea>
                <p class="hint" id="import-columns-hint">
                    "One a line: user_id=Sender, at=Date, direction=Role"
                </p>
            </div>
        </details>
    }
    .erase()
}

fn answer(bot_id: BotId, told: Told) -> AnyView {
    let line = told.line.get();
    if told.is_busy.get() {
        return progress(&line);
    }
    if let Some(error) = line.error.as_ref().or(line.detail.as_ref()).filter(|_| line.summary.is_none()) {
        return view! {
            <p class="form-error" role="alert">
                {error.clone()}
            </p>
        }
        .erase();
    }
    let title = line.format.map(|format| format.title).unwrap_or_default();
    match (line.preview, line.summary) {
        (Some(shown), _) => {
            let store = move |_| send(bot_id, "store", told);
            view! {
                <h3>{title}</h3>
                {preview(shown)}
                <button type="button" class="button primary" on:click=store>
                    "Import all rows"
                </button>
            }
            .erase()
        }
        (None, Some(done)) => summary(done, line.error),
        (None, None) => ().erase(),
    }
}

fn progress(line: &Line) -> AnyView {
    let Some(progress) = &line.progress else {
        return view! { <p>"The file is being sent …"</p> }.erase();
    };
    let total = progress.total.unwrap_or_default();
    let bar = (total > 0).then(|| {
        view! {
            <progress
                max=total.to_string()
                value=progress.bytes.min(total).to_string()
                aria-label="How much of the file is read"
            ></progress>
        }
    });
    view! { <p>{format!("{} rows so far", progress.read)} {bar}</p> }.erase()
}

/// Sends the chosen file with all that is told.
fn send(bot_id: BotId, aim: &'static str, told: Told) {
    #[cfg(feature = "hydrate")]
    browser::send(bot_id, aim, told);
    #[cfg(not(feature = "hydrate"))]
    let _ = (bot_id, aim, told.line);
}

#[cfg(feature = "hydrate")]
mod browser {
    use analytics::ids::BotId;
    use leptos::prelude::{Set, document};
    use wasm_bindgen::JsCast;
    use web_sys::{File, FormData, HtmlFormElement, HtmlInputElement, UrlSearchParams};

    use crate::pages::bot_connect::import::{FORM, Told};
    use crate::transport::post_file;
    use crate::wire::history::{Line, PATH};

    pub(super) fn send(bot_id: BotId, aim: &str, told: Told) {
        let (Some(file), Some(fields)) = (find_file(), read_fields()) else { return };
        told.line.set(Line::default());
        told.is_busy.set(true);
        fields.append("bot_id", &bot_id.to_string());
        fields.append("aim", aim);
        fields.append("name", &file.name());
        let address = format!("{PATH}?{}", String::from(fields.to_string()));
        post_file(address, file, move |line| match line {
            Some(line) => told.line.set(Line::parse(line)),
            None => told.is_busy.set(false),
        });
    }

    fn find_file() -> Option<File> {
        let input = document().get_element_by_id("import-file")?;
        input.dyn_into::<HtmlInputElement>().ok()?.files()?.get(0)
    }

    /// The file has no name in the form, so it is none of the fields.
    fn read_fields() -> Option<UrlSearchParams> {
        let form = document().get_element_by_id(FORM)?.dyn_into::<HtmlFormElement>().ok()?;
        let fields = FormData::new_with_form(&form).ok()?;
        UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()
    }
}
