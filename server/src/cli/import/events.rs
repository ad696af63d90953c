//! Our own form, line by line: nothing to translate.

use super::lines::Line;
use crate::intake::doors::{Part, Translation};

#[derive(Debug)]
pub(super) struct Events;

impl Line for Events {
    fn add(&mut self, number: usize, line: &[u8], translation: &mut Translation) -> anyhow::Result<()> {
        translation.parts.push((number, Part::Item(line.to_owned())));
        Ok(())
    }
}
