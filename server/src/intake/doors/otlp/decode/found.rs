//! The pieces of a body, before any of them is decoded, and the limits that they keep to.

use crate::problem::{Problem, ProblemCode};

/// Most attributes, events and links of one span, with all that they are made of. Exporters keep to a few hundred.
pub(super) const MAX_MEMBERS: usize = 50_000;

/// Pieces of a body.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    /// Spans, each with the place of its resource.
    pub(super) spans: Vec<(&'a [u8], Option<usize>)>,
    /// Resources that have spans: what is said of a process.
    pub(super) resources: Vec<&'a [u8]>,
}

impl<'a> Found<'a> {
    /// Adds a span.
    ///
    /// # Errors
    /// 413 above [`MAX_EVENTS`](crate::intake::MAX_EVENTS).
    pub(super) fn push(&mut self, span: &'a [u8]) -> Result<(), Problem> {
        if self.spans.len() >= crate::intake::MAX_EVENTS {
            return Err(Problem::too_many_items());
        }
        self.spans.push((span, None));
        Ok(())
    }

    /// The spans from this place on come from a process of which this is said.
    pub(super) fn set_resource(&mut self, first: usize, resource: Option<&'a [u8]>) {
        let (Some(resource), Some(spans)) = (resource, self.spans.get_mut(first..)) else { return };
        if !spans.is_empty() {
            spans.iter_mut().for_each(|(_, place)| *place = Some(self.resources.len()));
            self.resources.push(resource);
        }
    }
}

pub(super) fn not_readable() -> Problem {
    let detail = "The body is not an ExportTraceServiceRequest of OTLP in protobuf or JSON.";
    Problem::new(ProblemCode::OtlpInvalid, detail)
}

pub(super) fn too_many_members() -> Problem {
    let detail =
        "A span has at most 50,000 attributes, events and links. Lower the limits of the exporter's SDK.";
    Problem::new(ProblemCode::SpanTooLarge, detail)
}
