//! A time zone by its IANA name, with the browser's own list to search in.

use leptos::prelude::*;

use super::form::{Field, FormState};
use crate::erased::Erase as _;

/// Stands in the field until the browser has told its own zone, and where it tells none.
const UNSET: &str = "UTC";

/// A text field that offers every zone the browser knows. Where no zone is given, it starts as the browser's own.
#[component]
pub fn TimeZoneField(
    /// The form it belongs to.
    form: FormState,
    /// The present zone; the browser's own when absent.
    #[prop(optional_no_strip)]
    value: Option<String>,
) -> impl IntoView {
    let zones = RwSignal::new(Vec::<String>::new());
    #[cfg(feature = "hydrate")]
    {
        let is_open = value.is_none();
        Effect::new(move || {
            zones.set(browser::zones());
            if is_open {
                browser::fill_in_own_zone(&form.field_id("time_zone"));
            }
        });
    }
    view! {
        <Field
            form=form
            name="time_zone"
            label="Time zone"
            value=value.unwrap_or_else(|| UNSET.to_owned())
            list="time-zones"
            hint="Days, weeks and months begin in this zone. Type to search: Europe/Berlin, America/New_York, UTC."
        />
        <datalist id="time-zones">
            {move || {
                zones.get().into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()
            }}
        </datalist>
    }
    .erase()
}

/// What the browser's `Intl` tells.
#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Array, Function, Intl, Object, Reflect};
    use leptos::prelude::document;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::HtmlInputElement;

    use crate::components::time_zone_field::UNSET;

    /// Writes the zone of the browser's clock into the field, unless somebody has typed in it already.
    pub(super) fn fill_in_own_zone(id: &str) {
        let field =
            document().get_element_by_id(id).and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        let untouched = field.filter(|field| field.value() == UNSET);
        if let (Some(field), Some(zone)) = (untouched, own_zone()) {
            field.set_value(&zone);
        }
    }

    fn own_zone() -> Option<String> {
        let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
        Reflect::get(&format.resolved_options(), &JsValue::from_str("timeZone")).ok()?.as_string()
    }

    /// Every zone that the browser knows, and UTC; none in a browser that tells none.
    pub(super) fn zones() -> Vec<String> {
        known_zones()
            .map(|zones| zones.iter().filter_map(|zone| zone.as_string()).collect())
            .unwrap_or_default()
    }

    fn known_zones() -> Option<Array> {
        let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
        let list = Reflect::get(&intl, &JsValue::from_str("supportedValuesOf")).ok()?;
        let zones: Array =
            list.dyn_into::<Function>().ok()?.call1(&intl, &JsValue::from_str("timeZone")).ok()?.into();
        zones.push(&JsValue::from_str("UTC"));
        Some(zones)
    }
}
