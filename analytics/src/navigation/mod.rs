//! From one period to another: the arrows, opening a bar, dragging over some, the way back out, typed dates, the
//! calendar's months. Dates and given local times only, without zone rules: this runs in the browser.

mod arrows;
mod breadcrumb;
mod drill;
mod horizon;
mod month_grid;
mod typed;

pub use arrows::{next_period, previous_period};
pub use breadcrumb::{Crumb, CrumbKind, breadcrumb, zoom_out};
pub use drill::{brush, drill};
pub use horizon::Horizon;
pub use month_grid::{month_grid, weekdays};
pub use typed::{TypedError, parse_typed};
