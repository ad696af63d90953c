//! The WebAssembly entry point: takes over the page that the server has rendered, and nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the server-rendered page interactive. The page's shell calls it once this module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
