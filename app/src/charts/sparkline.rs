//! Small line pictures as SVG paths: the sparkline of a card, and the chart's outline before the canvas is drawn.

use std::fmt::Write;

/// Width of the coordinate system.
pub const WIDTH: f64 = 100.0;
/// Height of the coordinate system.
pub const HEIGHT: f64 = 100.0;

/// The path of a series over [`WIDTH`] × [`HEIGHT`], from 0 at the bottom to `highest` at the top. A gap interrupts
/// the line; a value between two gaps is a dot, drawn as a line of no length.
#[expect(clippy::cast_precision_loss, reason = "a picture of 100 units has no more than that")]
pub fn path(values: &[Option<u64>], highest: u64) -> String {
    let step = WIDTH / values.len().saturating_sub(1).max(1) as f64;
    let scale = HEIGHT / highest.max(1) as f64;
    let mut path = String::new();
    let mut is_drawing = false;
    for (place, value) in values.iter().enumerate() {
        let Some(value) = value else {
            is_drawing = false;
            continue;
        };
        let (x, y) = (place as f64 * step, HEIGHT - *value as f64 * scale);
        let command = if is_drawing { 'L' } else { 'M' };
        // Writing to a String cannot fail.
        let _ = write!(path, "{command}{x:.1} {y:.1}");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_from_left_to_right_and_zero_is_at_the_bottom() {
        assert_eq!(path(&[Some(0), Some(5), Some(10)], 10), "M0.0 100.0L50.0 50.0L100.0 0.0");
    }

    #[test]
    fn a_gap_interrupts_the_line_and_a_lonely_value_is_a_dot() {
        let values = [Some(4), None, Some(2), Some(4), None];
        assert_eq!(path(&values, 4), "M0.0 0.0h0M50.0 50.0L75.0 0.0");
    }

    #[test]
    fn a_series_of_nothing_or_of_one_value_is_drawn_without_dividing_by_zero() {
        assert_eq!(path(&[], 0), "");
        assert_eq!(path(&[Some(0)], 0), "M0.0 100.0h0");
        assert_eq!(highest(&[None, Some(3), Some(1)]), 3);
    }
}
