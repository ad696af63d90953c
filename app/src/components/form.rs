//! Forms that work without a script: they post to a server function and are redirected. Where the script runs, it sends
//! the same request, so that what was typed stays when there is an error. One piece of code serves every form: a
//! typed one per server function costs kilobytes of the client each.

use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use super::error_text::error_text;
use super::error_words::sentence;
use crate::erased::{Content, Erase as _};
use crate::error::AppError;

/// Forms with fields, which show the errors of their last sending themselves.
const FORMS_WITH_FIELDS: [&str; 12] = [
    "/fn/accept_invitation",
    "/fn/change_password",
    "/fn/choose_password",
    "/fn/create_bot",
    "/fn/delete_bot",
    "/fn/invite",
    "/fn/save_bot",
    "/fn/save_openings",
    "/fn/save_sites",
    "/fn/save_timeout",
    "/fn/set_up",
    "/fn/sign_in",
];

/// A form's last error, and whether it is being sent.
#[derive(Clone, Copy)]
pub struct FormState {
    path: &'static str,
    error: RwSignal<Option<AppError>>,
    is_pending: RwSignal<bool>,
    #[cfg(feature = "hydrate")]
    sending: crate::asking::Newest,
}

impl FormState {
    /// The form that posts to the server function at `path`. Without a script its last error is in the page's address.
    pub fn new(path: &'static str) -> Self {
        let url_error = find_url_error(&use_query_map().read_untracked());
        let error = url_error.filter(|(of, _)| of == path).map(|(_, error)| error);
        Self {
            path,
            error: RwSignal::new(error),
            is_pending: RwSignal::new(false),
            #[cfg(feature = "hydrate")]
            sending: crate::asking::Newest::default(),
        }
    }

    /// What is wrong with a field.
    pub(crate) fn field_error(self, name: &str) -> Option<String> {
        self.error.read().as_ref().filter(|error| is_about(error, name)).map(sentence)
    }

    /// What is wrong with none of these fields.
    fn form_error(self, fields: &[&str]) -> Option<AnyView> {
        let is_elsewhere = |error: &&AppError| !fields.iter().any(|name| is_about(error, name));
        self.error.read().as_ref().filter(is_elsewhere).map(error_text)
    }

    pub(crate) fn field_id(self, name: &str) -> String {
        format!("{}-{name}", self.path.trim_start_matches("/fn/"))
    }
}

/// The form's path and error that a page's address holds after a form failed without script.
pub(crate) fn find_url_error(query: &ParamsMap) -> Option<(String, AppError)> {
    let path = query.get("__path")?;
    let error = match ServerFnUrlError::<AppError>::decode_err(query.get_str("__err")?) {
        // Its addresses would be anybody's: only an answer of the server may name some.
        AppError::ForeignOrigin { .. } => AppError::ForeignOrigin { origins: None },
        error => error,
    };
    Some((path, error))
}

/// Whether the form that posts to `path` shows its errors itself.
pub(crate) fn shows_own_errors(path: &str) -> bool {
    FORMS_WITH_FIELDS.contains(&path)
}

/// A form with fields. An error of none of `fields` stands above them.
#[component]
pub fn PostForm(
    /// Its state.
    form: FormState,
    /// The names of its fields.
    fields: &'static [&'static str],
    children: Content,
) -> impl IntoView {
    let send = move |event: leptos::ev::SubmitEvent| {
        #[cfg(feature = "hydrate")]
        browser::send(&event, form);
        #[cfg(not(feature = "hydrate"))]
        drop(event);
    };
    let error = move || {
        form.form_error(fields).map(|error| {
            view! {
                <p class="form-error" role="alert">
                    {error}
                </p>
            }
        })
    };
    view! {
        <form class="form" method="post" action=form.path on:submit=send>
            {error}
            {children.show()}
        </form>
    }
    .erase()
}

/// A labelled input with its hint and its error.
#[component]
pub fn Field(
    /// The form it belongs to.
    form: FormState,
    /// The server function's argument.
    name: &'static str,
    /// What people read.
    label: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it starts with.
    #[prop(optional)]
    value: String,
    /// A sentence of help.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// The id of a list of suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// Fewest characters.
    #[prop(optional)]
    min_length: Option<&'static str>,
) -> impl IntoView {
    let id = form.field_id(name);
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let error = Memo::new(move |_| form.field_error(name));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                list=list
                minlength=min_length
                required
                aria-describedby=format!("{hint_id} {error_id}")
                aria-invalid=move || error.read().is_some().then_some("true")
            />
            <p class="hint" id=hint_id>
                {hint}
            </p>
            <p class="field-error" id=error_id role="alert">
                {move || error.get()}
            </p>
        </div>
    }
    .erase()
}

/// A value that a form sends along.
#[component]
pub fn Hidden(
    /// The server function's argument.
    name: &'static str,
    /// Its value.
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value /> }
}

/// Sends the form; rests while it is being sent. It is not `disabled` then, which would take the keyboard away from it.
#[component]
pub fn SubmitButton(
    /// The form it belongs to.
    form: FormState,
    /// What it does.
    label: &'static str,
    /// `primary` unless the step is a dangerous one.
    #[prop(default = "button primary")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <button type="submit" class=class aria-disabled=move || form.is_pending.get().then_some("true")>
            {label}
        </button>
    }
    .erase()
}

/// A form that is one button: a plain one, whose error stands above the page.
#[component]
pub fn ButtonForm(
    /// The server function's path.
    path: &'static str,
    /// What it does.
    label: &'static str,
    /// The button's looks.
    #[prop(default = "button")]
    class: &'static str,
    /// What it is about, where the label alone does not tell: "Revoke the key pw_abc".
    #[prop(optional)]
    name: Option<String>,
    /// Hidden inputs.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <form method="post" action=path class="button-form">
            {children.map(|children| children())}
            <button type="submit" class=class aria-label=name>
                {label}
            </button>
        </form>
    }
    .erase()
}

fn is_about(error: &AppError, name: &str) -> bool {
    matches!(error, AppError::Invalid { field, .. } if field == name)
}

/// Sending by script.
#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev::SubmitEvent;
    use leptos::prelude::{FromServerFnError, GetUntracked, Set};
    use leptos::server_fn::Decodes as _;
    use wasm_bindgen::JsCast;
    use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

    use super::FormState;
    use crate::api::FORM_ACCEPT;
    use crate::api::encoding::JsonText;
    use crate::components::go_to::leave_for;
    use crate::error::AppError;
    use crate::transport::{Request, ask};

    /// Sends the form in place of the browser, and goes where the answer says.
    pub(super) fn send(event: &SubmitEvent, form: FormState) {
        let Some(body) = read(event) else { return };
        event.prevent_default();
        if form.is_pending.get_untracked() {
            return;
        }
        form.is_pending.set(true);
        form.error.set(None);
        form.sending.run(async move {
            match post(form.path, body).await {
                Ok(path) => leave_for(&path),
                Err(error) => {
                    form.error.set(Some(error));
                    form.is_pending.set(false);
                }
            }
        });
    }

    fn read(event: &SubmitEvent) -> Option<String> {
        let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
        let fields = FormData::new_with_form(&form).ok()?;
        let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
        fields.to_string().as_string()
    }

    async fn post(path: &str, body: String) -> Result<String, AppError> {
        let request = Request {
            address: path.to_owned(),
            accept: FORM_ACCEPT.to_owned(),
            body: Some(("application/x-www-form-urlencoded".to_owned(), body)),
        };
        let response = ask(&request).await.map_err(|_| AppError::Unanswered)?;
        // A path of ours begins with a slash, and no error does.
        match JsonText::decode(response.body.clone().into()) {
            Ok::<String, _>(path) if path.starts_with('/') => Ok(path),
            _ => Err(AppError::de(response.body.into())),
        }
    }
}
