//! The one component that draws a chart: it keeps one drawing on one element, updates it, and says what a pointer did.

use leptos::ev::PointerEvent;
use leptos::html::Div;
use leptos::prelude::*;

/// A press that moves further is a drag, in pixels.
const DRAG_THRESHOLD: i32 = 6;

/// What a pointer did, in buckets from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gesture {
    /// A click with a mouse or pen.
    Click(usize),
    /// A tap with a finger.
    Tap(usize),
    /// A drag from one bucket to another, the earlier first.
    Drag(usize, usize),
    /// A double click anywhere.
    DoubleClick,
}

/// How the drawing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawingState {
    /// Not drawn yet: what stands in for the chart is shown.
    Waiting,
    /// Drawn.
    Drawn,
    /// The chart library could not be loaded.
    Failed,
}

/// A chart on a canvas, drawn again when its option or the page's theme changes; `tooltip` gives HTML for a bucket. Hidden from screen readers: whoever draws a chart also gives its figures as a table.
#[component]
pub fn ChartCanvas(
    /// ECharts' option as JSON, with names of colours.
    option: Memo<String>,
    /// HTML of a bucket's tooltip.
    tooltip: Callback<usize, String>,
    /// The bucket whose tooltip the keyboard shows.
    focused: Signal<Option<usize>>,
    /// Told of every gesture.
    on_gesture: Callback<Gesture>,
    /// Is told how the drawing stands. Set it to waiting to try again after a failure.
    state: RwSignal<DrawingState>,
) -> impl IntoView {
    let host = NodeRef::<Div>::new();
    let pointer = Pointer { pressed: RwSignal::new(None), brush: RwSignal::new(None) };
    let bucket_at = start_drawing(host, option, tooltip, focused, state);
    let brush = move || pointer.brush.get().map(|(left, width)| format!("left:{left}px;width:{width}px"));

    view! {
        <div
            class="chart-canvas"
            aria-hidden="true"
            on:pointerdown=move |event| pointer.press(&event)
            on:pointermove=move |event| pointer.drag(&event)
            on:pointercancel=move |_| pointer.forget()
            on:pointerup=move |event| {
                if let Some(gesture) = pointer.release(&event, bucket_at) {
                    on_gesture.run(gesture);
                }
            }
            on:dblclick=move |_| on_gesture.run(Gesture::DoubleClick)
        >
            <div class="chart-drawing" node_ref=host></div>
            <div class="chart-brush" class:is-shown=move || brush().is_some() style=brush></div>
        </div>
    }
}

/// Keeps the drawing in step with the signals; gives the bucket at a distance from the left edge.
#[cfg(feature = "hydrate")]
fn start_drawing(
    host: NodeRef<Div>,
    option: Memo<String>,
    tooltip: Callback<usize, String>,
    focused: Signal<Option<usize>>,
    state: RwSignal<DrawingState>,
) -> impl Fn(i32) -> Option<usize> + Copy + 'static {
    use crate::charts::echarts::{Drawing, ThemeWatch, is_loaded, load};

    let drawing = StoredValue::new_local(None::<Drawing>);
    let themed = Trigger::new();
    let watch = StoredValue::new_local(None::<ThemeWatch>);
    let start = move || {
        let element = host.try_get_untracked().flatten();
        let started =
            element.and_then(|element| Drawing::start(element.into(), move |place| tooltip.run(place)));
        let is_started = started.is_some();
        drawing.try_update_value(|drawing| *drawing = started);
        state.try_set(if is_started { DrawingState::Drawn } else { DrawingState::Failed });
    };
    Effect::new(move |_| match state.get() {
        DrawingState::Waiting if host.get().is_none() => {}
        DrawingState::Waiting if is_loaded() => start(),
        DrawingState::Waiting => load(move |went_well| {
            if went_well {
                start();
            } else {
                state.try_set(DrawingState::Failed);
            }
        }),
        DrawingState::Drawn if watch.with_value(Option::is_none) => {
            watch.set_value(ThemeWatch::start(move || themed.notify()));
        }
        DrawingState::Drawn | DrawingState::Failed => {}
    });
    Effect::new(move |_| {
        themed.track();
        if state.get() == DrawingState::Drawn {
            option.with(|option| {
                drawing.with_value(|drawing| drawing.iter().for_each(|drawing| drawing.draw(option)));
            });
        }
    });
    Effect::new(move |_| {
        let place = focused.get();
        drawing.with_value(|drawing| drawing.iter().for_each(|drawing| drawing.point_at(place)));
    });
    move |x| drawing.try_with_value(|drawing| drawing.as_ref()?.bucket_at(x)).flatten()
}

/// The server draws nothing.
#[cfg(not(feature = "hydrate"))]
fn start_drawing(
    _host: NodeRef<Div>,
    _option: Memo<String>,
    _tooltip: Callback<usize, String>,
    _focused: Signal<Option<usize>>,
    _state: RwSignal<DrawingState>,
) -> impl Fn(i32) -> Option<usize> + Copy + 'static {
    |_| None
}

/// Where a press began and what it covers since, in pixels from the element's edge.
#[derive(Clone, Copy)]
struct Pointer {
    pressed: RwSignal<Option<i32>>,
    brush: RwSignal<Option<(i32, i32)>>,
}

impl Pointer {
    fn press(self, event: &PointerEvent) {
        if event.button() == 0 && event.pointer_type() != "touch" {
            self.pressed.set(Some(event.offset_x()));
        }
    }

    fn drag(self, event: &PointerEvent) {
        let Some(from) = self.pressed.get_untracked() else { return };
        let distance = event.offset_x() - from;
        if distance.abs() > DRAG_THRESHOLD || self.brush.get_untracked().is_some() {
            self.brush.set(Some((from + distance.min(0), distance.abs())));
        }
    }

    fn forget(self) {
        self.pressed.set(None);
        self.brush.set(None);
    }

    fn release(self, event: &PointerEvent, bucket_at: impl Fn(i32) -> Option<usize>) -> Option<Gesture> {
        let brush = self.brush.get_untracked();
        self.forget();
        if let Some((left, width)) = brush {
            return Some(Gesture::Drag(bucket_at(left)?, bucket_at(left + width)?));
        }
        let bucket = bucket_at(event.offset_x())?;
        Some(if event.pointer_type() == "touch" { Gesture::Tap(bucket) } else { Gesture::Click(bucket) })
    }
}
