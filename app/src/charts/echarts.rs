//! The browser's side of a chart: bindings to ECharts, and one drawing on one element. ECharts is a global that the
//! page's own server delivers; nothing is ever evaluated from text.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{Array, Function, JSON, Object, Reflect};
use leptos::leptos_dom::helpers::{document, set_timeout};
use leptos::logging::warn;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

use crate::charts::palette;
use crate::format;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type ECharts;

    #[wasm_bindgen(js_namespace = echarts, catch)]
    fn init(element: &Element) -> Result<ECharts, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setOption)]
    fn set_option(this: &ECharts, option: &JsValue, settings: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    fn resize(this: &ECharts);
    #[wasm_bindgen(method)]
    fn dispose(this: &ECharts);
    #[wasm_bindgen(method, js_name = dispatchAction)]
    fn dispatch_action(this: &ECharts, action: &JsValue);
    #[wasm_bindgen(method, js_name = convertFromPixel)]
    fn convert_from_pixel(this: &ECharts, finder: &JsValue, x: f64) -> JsValue;
}

type TooltipFormatter = Closure<dyn Fn(JsValue) -> String>;
type LabelFormatter = Closure<dyn Fn(f64) -> String>;

/// One chart on one element, from the first `setOption` until it is dropped.
pub(super) struct Drawing {
    chart: ECharts,
    element: HtmlElement,
    tooltip: TooltipFormatter,
    label: LabelFormatter,
    /// How many series and places the latest drawing has.
    shape: Cell<(u32, u32)>,
    _resized: Closure<dyn Fn()>,
    observer: web_sys::ResizeObserver,
}

impl Drawing {
    /// Starts a drawing; `tooltip` gives the HTML for a bucket. `None` when ECharts is not there.
    pub(super) fn start(element: HtmlElement, tooltip: impl Fn(usize) -> String + 'static) -> Option<Self> {
        let chart = init(&element).ok()?;
        let resized = Closure::new({
            let chart = chart.clone();
            move || chart.resize()
        });
        let observer = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()).ok()?;
        observer.observe(&element);
        let tooltip =
            Closure::new(move |points: JsValue| first_index(&points).map(&tooltip).unwrap_or_default());
        Some(Self {
            chart,
            element,
            tooltip,
            label: Closure::new(axis_label),
            shape: Cell::default(),
            _resized: resized,
            observer,
        })
    }

    /// Draws an option, replacing the series of what was drawn before.
    pub(super) fn draw(&self, option: &str) {
        let Ok(option) = JSON::parse(&palette::fill_in(option, |name| self.color(name))) else { return };
        set(&option, "animation", &(!prefers_reduced_motion() && !is_printed()).into());
        set(&option, "textStyle", &object(&[("fontFamily", &computed(&self.element, "font-family").into())]));
        self.dress_tooltip(&get(&option, "tooltip"));
        for axis in Array::from(&get(&option, "yAxis")).iter() {
            set(&get(&axis, "axisLabel"), "formatter", self.label.as_ref());
        }
        self.forget_tooltip_of_other_shape(&option);
        let settings = object(&[("replaceMerge", &Array::of1(&"series".into()))]);
        if self.chart.set_option(&option, &settings).is_err() {
            warn!("the chart could not be drawn");
        }
    }

    /// Shows the tooltip of a bucket, or none.
    pub(super) fn point_at(&self, place: Option<usize>) {
        let action = match place.and_then(|place| u32::try_from(place).ok()) {
            Some(place) => object(&[
                ("type", &"showTip".into()),
                ("seriesIndex", &0.into()),
                ("dataIndex", &place.into()),
            ]),
            None => object(&[("type", &"hideTip".into())]),
        };
        self.chart.dispatch_action(&action);
        if place.is_none() {
            let leave = object(&[("type", &"updateAxisPointer".into()), ("currTrigger", &"leave".into())]);
            self.chart.dispatch_action(&leave);
        }
    }

    /// The bucket nearest to a distance from the element's left edge, in pixels.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index; the cast saturates"
    )]
    pub(super) fn bucket_at(&self, x: i32) -> Option<usize> {
        let finder = object(&[("xAxisIndex", &0.into())]);
        let place = self.chart.convert_from_pixel(&finder, x.into()).as_f64()?;
        Some(place.round() as usize)
    }

    /// A colour of the page as it is at this moment, in this scheme. A custom property reads back as it was written; a
    /// colour reads back as the canvas can take it.
    fn color(&self, name: &str) -> String {
        let style = self.element.style();
        let _ = style.set_property("color", &format!("var({name})"));
        let color = computed(&self.element, "color");
        let _ = style.remove_property("color");
        color
    }

    /// ECharts shows its tooltip again after drawing, by the series and places of before: they must still exist.
    fn forget_tooltip_of_other_shape(&self, option: &JsValue) {
        let length = |list: JsValue| Array::from(&list).length();
        let shape = (length(get(option, "series")), length(get(&get(option, "xAxis"), "data")));
        if self.shape.replace(shape) != shape {
            self.point_at(None);
        }
    }

    fn dress_tooltip(&self, tooltip: &JsValue) {
        let shade = object(&[("color", &self.color(palette::LINE).into()), ("opacity", &0.5.into())]);
        set(&get(tooltip, "axisPointer"), "shadowStyle", &shade);
        set(tooltip, "formatter", self.tooltip.as_ref());
        set(tooltip, "confine", &true.into());
        set(tooltip, "transitionDuration", &0.into());
        set(tooltip, "backgroundColor", &"transparent".into());
        set(tooltip, "extraCssText", &"box-shadow:none".into());
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.observer.disconnect();
        self.chart.dispose();
    }
}

/// Whether ECharts is there.
pub(super) fn is_loaded() -> bool {
    !get(&js_sys::global(), "echarts").is_undefined()
}

/// How long ECharts may take before people are told. On a slow line it may still come, and is drawn then.
const PATIENCE: Duration = Duration::from_secs(20);

/// Loads ECharts from the folder of this build's client files; says afterwards whether that went well.
pub(super) fn load(done: impl Fn(bool) + Clone + 'static) {
    let Some(script) = script_address().and_then(|address| append_script(&address)) else {
        done(false);
        return;
    };
    let late = done.clone();
    let tell_if_late = move || {
        if !is_loaded() {
            late(false);
        }
    };
    set_timeout(tell_if_late, PATIENCE);
    for (event, went_well) in [("load", true), ("error", false)] {
        let done = done.clone();
        let closure = Closure::once_into_js(move || done(went_well));
        let _ = script.add_event_listener_with_callback(event, closure.unchecked_ref::<Function>());
    }
}

/// Calls back when the scheme of the system or the theme of the page changes, until it is dropped.
pub(super) struct ThemeWatch {
    observer: web_sys::MutationObserver,
    query: Option<web_sys::MediaQueryList>,
    changed: Closure<dyn Fn()>,
}

impl ThemeWatch {
    pub(super) fn start(changed: impl Fn() + 'static) -> Option<Self> {
        let changed: Closure<dyn Fn()> = Closure::new(changed);
        let callback = changed.as_ref().unchecked_ref::<Function>();
        let observer = web_sys::MutationObserver::new(callback).ok()?;
        let options = web_sys::MutationObserverInit::new();
        options.set_attributes(true);
        observer.observe_with_options(&document().document_element()?.into(), &options).ok()?;
        let query = web_sys::window()?.match_media("(prefers-color-scheme: dark)").ok()?;
        if let Some(query) = &query {
            let _ = query.add_event_listener_with_callback("change", callback);
        }
        Some(Self { observer, query, changed })
    }
}

impl Drop for ThemeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
        if let Some(query) = &self.query {
            let callback = self.changed.as_ref().unchecked_ref();
            let _ = query.remove_event_listener_with_callback("change", callback);
        }
    }
}

/// Where ECharts is; under another address for each further try, since browsers let a request wait for an earlier one of
/// the same address, however silent that is.
fn script_address() -> Option<String> {
    let tries = document().query_selector_all("script[src*='/echarts.js']").ok()?.length();
    let query = if tries == 0 { String::new() } else { format!("?{tries}") };
    Some(format!("{}/echarts.js{query}", site_path()?))
}

fn site_path() -> Option<String> {
    document().query_selector("meta[name=parlance-site]").ok()??.get_attribute("content")
}

fn append_script(address: &str) -> Option<Element> {
    let script = document().create_element("script").ok()?;
    script.set_attribute("src", address).ok()?;
    document().head()?.append_child(&script).ok()?;
    Some(script)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index; the cast saturates")]
fn first_index(points: &JsValue) -> Option<usize> {
    let first = Array::from(points).get(0);
    get(&first, "dataIndex").as_f64().map(|place| place as usize)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count; the cast saturates")]
fn axis_label(value: f64) -> String {
    format::short_count(value as u64)
}

fn prefers_reduced_motion() -> bool {
    let query =
        web_sys::window().and_then(|window| window.match_media("(prefers-reduced-motion)").ok().flatten());
    query.is_some_and(|query| query.matches())
}

/// Whether the page is being printed: the first frame is the one that counts.
fn is_printed() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-print"))
}

fn computed(element: &Element, property: &str) -> String {
    let style = web_sys::window().and_then(|window| window.get_computed_style(element).ok().flatten());
    style.and_then(|style| style.get_property_value(property).ok()).unwrap_or_default()
}

fn object(members: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new().into();
    for (key, value) in members {
        set(&object, key, value);
    }
    object
}

fn get(target: &JsValue, key: &str) -> JsValue {
    Reflect::get(target, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn set(target: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(target, &key.into(), value);
}
