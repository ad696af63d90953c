//! Small line pictures as SVG paths: the sparkline of a card, and the chart's outline before the canvas is drawn.

use std::fmt::Write;

/// The box of a picture: lines at the edges are drawn whole.
pub const VIEW_BOX: &str = "0 -40 1000 1080";
const WIDTH: u64 = 1_000;
const HEIGHT: u64 = 1_000;

/// The path of a series in [`VIEW_BOX`], from 0 at the bottom to `highest` at the top, in whole units, which
/// are finer than any screen. A gap interrupts the line; a value between two gaps is a dot, drawn as a line of no length.
pub fn path(values: &[Option<u64>], highest: u64) -> String {
    let last = (values.len() as u64).saturating_sub(1);
    let mut path = String::new();
    let mut is_drawing = false;
    for ((place, value), at) in values.iter().enumerate().zip(0..) {
        let Some(value) = value else {
            is_drawing = false;
            continue;
        };
        let (x, y) = (share(at, last, WIDTH), HEIGHT - share(*value, highest, HEIGHT));
        let command = if is_drawing { 'L' } else { 'M' };
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{x} {y}");
        if !is_drawing && values.get(place + 1).copied().flatten().is_none() {
            path.push_str("h0");
        }
        is_drawing = true;
    }
    path
}

/// The largest value, gaps aside.
pub fn highest(values: &[Option<u64>]) -> u64 {
    values.iter().flatten().copied().max().unwrap_or(0)
}

/// `part / whole` of a length, to the nearest unit; 0 where the whole is nothing.
fn share(part: u64, whole: u64, length: u64) -> u64 {
    let [part, whole, length] = [part, whole, length].map(u128::from);
    let share = (part * length + whole / 2).checked_div(whole).unwrap_or(0).min(length);
    u64::try_from(share).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_from_left_to_right_and_zero_is_at_the_bottom() {
        assert_eq!(path(&[Some(0), Some(5), Some(10)], 10), "M0 1000L500 500L1000 0");
    }

    #[test]
    fn a_point_is_rounded_to_the_nearest_unit() {
        assert_eq!(path(&[Some(1), Some(2), None, Some(3)], 3), "M0 667L333 333M1000 0h0");
    }

    #[test]
    fn a_gap_interrupts_the_line_and_a_lonely_value_is_a_dot() {
        let values = [Some(4), None, Some(2), Some(4), None];
        assert_eq!(path(&values, 4), "M0 0h0M500 500L750 0");
    }

    #[test]
    fn a_series_of_nothing_or_of_one_value_is_drawn_without_dividing_by_zero() {
        assert_eq!(path(&[], 0), "");
        assert_eq!(path(&[Some(0)], 0), "M0 1000h0");
        assert_eq!(path(&[Some(u64::MAX), Some(1)], u64::MAX), "M0 0L1000 1000");
        assert_eq!(highest(&[None, Some(3), Some(1)]), 3);
    }
}
