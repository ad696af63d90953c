//! Spans of a request, put together by their traces.

use std::collections::{HashMap, HashSet};

use analytics::error::RejectionCode;
use opentelemetry_proto::tonic::trace::v1::Span;
use store::held_spans::{HeldSpan, HeldSpanId};

use super::attributes::Attributes;
use super::decode::SentSpans;
use super::spans::{Form, MAX_NESTING, Named, Parents, Role, SpanPart, has_ids, is_root, write_id};
use crate::intake::item::ItemReader;
use crate::problem::Problem;

/// Flags of a span: it is known whether its parent is in another process, and it is.
const HAS_REMOTE_PARENT: u32 = 0x300;

/// What a request holds.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) traces: Vec<Trace>,
    /// Spans that cannot be taken, by their index.
    pub(super) rejected: Vec<(usize, RejectionCode)>,
    /// How many spans are no calls and name nobody.
    pub(super) ignored: u64,
}

/// What is known of a trace.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) id: String,
    pub(super) parts: Vec<SpanPart>,
    /// The spans of it that waited.
    pub(super) held: Vec<HeldSpanId>,
    /// Those of them of which more was told now.
    pub(super) outdated: Vec<HeldSpanId>,
    end: End,
}

/// Whether more is to be expected. Spans are sent when they end, so what is above comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    #[default]
    Open,
    /// The first span of this process is there; what is above it ends elsewhere, and may never be sent here.
    OfProcess,
    /// The root is there.
    Root,
}

impl Sent {
    /// Reads spans: those that matter, and how the others tie them together.
    ///
    /// # Errors
    /// Those of [`SentSpans::decode`].
    pub(super) fn read(spans: &SentSpans<'_>, reader: ItemReader) -> Result<Self, Problem> {
        let mut sent = Self::default();
        let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut parents: Vec<Parents> = Vec::new();
        let mut processes = Processes::default();
        for index in 0..spans.len() {
            let span = &spans.decode(index)?;
            let part = SpanPart::read(index, span, processes.find(spans, index), reader);
            if !has_ids(span) {
                match part {
                    Some(_) => sent.rejected.push((index, RejectionCode::IdInvalid)),
                    None => sent.ignored += 1,
                }
                continue;
            }
            let place = *places.entry(span.trace_id.clone()).or_insert_with(|| {
                sent.traces.push(Trace::open(write_id(&span.trace_id)));
                parents.push(Parents::default());
                parents.len() - 1
            });
            parents[place].note(span);
            let trace = &mut sent.traces[place];
            trace.end = trace.end.max(End::of(span));
            match part.map(|part| (part.check(reader), part)) {
                Some((Ok(()), part)) => trace.parts.push(part),
                Some((Err(code), _)) => sent.rejected.push((index, code)),
                None => sent.ignored += 1,
            }
        }
        sent.traces.iter_mut().zip(&parents).for_each(|(trace, parents)| trace.tie(parents));
        Ok(sent)
    }
}

/// What the processes of a request name, each read once.
#[derive(Debug, Default)]
struct Processes {
    by_place: HashMap<usize, Named>,
    nobody: Named,
}

impl Processes {
    fn find(&mut self, spans: &SentSpans<'_>, index: usize) -> &Named {
        let Some(place) = spans.resource_of(index) else { return &self.nobody };
        self.by_place.entry(place).or_insert_with(|| {
            let attributes = spans.decode_resource(place);
            Named::read(&Attributes::new(&attributes)).if_taken()
        })
    }
}

impl End {
    fn of(span: &Span) -> Self {
        if is_root(span) {
            Self::Root
        } else if span.flags & HAS_REMOTE_PARENT == HAS_REMOTE_PARENT {
            Self::OfProcess
        } else {
            Self::Open
        }
    }
}

impl Trace {
    /// A trace of which nothing is known yet.
    pub(super) fn open(id: String) -> Self {
        Self { id, ..Self::default() }
    }

    /// A trace of which nothing more is awaited.
    pub(super) fn of_held(id: String, held: Vec<HeldSpan>) -> Self {
        let mut trace = Self::open(id);
        trace.join(held);
        trace
    }

    /// Adds spans that have waited. A span that cannot be read any more is larger than spans may be, or another version
    /// wrote it in another form.
    pub(super) fn join(&mut self, held: Vec<HeldSpan>) {
        let known = self.parts.iter().enumerate().map(|(place, part)| (part.span_id.clone(), place));
        let known: HashMap<String, usize> = known.collect();
        for span in held {
            let id = span.id();
            let newer = known.get(&span.span_id).and_then(|place| self.parts.get_mut(*place));
            self.held.push(id.clone());
            if newer.as_ref().is_some_and(|part| part.form == Form::Whole) {
                continue;
            }
            match (newer, serde_json::from_str::<SpanPart>(&span.span)) {
                (None, Ok(part)) => self.parts.push(SpanPart { span_id: span.span_id, ..part }),
                (Some(newer), Ok(older)) => {
                    newer.add_older(older);
                    self.outdated.push(id);
                }
                (_, Err(error)) => {
                    tracing::error!(error = %error, "a waiting span cannot be read and is dropped")
                }
            }
        }
    }

    /// Bytes of it that waited.
    pub(super) fn held_bytes(&self) -> u64 {
        self.held.iter().map(|span| span.bytes).sum()
    }

    /// Whether it can be counted now: it has calls, and what names its user has come, or will not.
    pub(super) fn is_complete(&self) -> bool {
        let is_whole = match self.end {
            End::Open => false,
            End::OfProcess => self.names_user(),
            End::Root => true,
        };
        is_whole && self.has_calls()
    }

    pub(super) fn has_calls(&self) -> bool {
        self.parts.iter().any(|part| part.call.is_some())
    }

    pub(super) fn has_turns(&self) -> bool {
        self.parts.iter().any(|part| part.role == Role::Turn)
    }

    pub(super) fn names_user(&self) -> bool {
        self.user().is_some()
    }

    /// The user that the earliest span names which names any, or else its process.
    pub(super) fn user(&self) -> Option<&str> {
        self.find_earliest(|part| part.named.user_id.as_deref())
            .or_else(|| self.find_earliest(|part| part.of_process.user_id.as_deref()))
    }

    /// What the earliest span says that says any. Between a call and the span that names its user may be others that came
    /// in another request, and tie nothing.
    pub(super) fn find_earliest<'t>(
        &'t self,
        name: impl Fn(&'t SpanPart) -> Option<&'t str>,
    ) -> Option<&'t str> {
        let named = self.parts.iter().filter_map(|part| Some((part, name(part)?)));
        named.min_by_key(|(part, _)| (part.started_at, part.span_id.as_str())).map(|(_, name)| name)
    }

    /// The calls in order of their start. A call above others only wraps them.
    pub(super) fn calls(&self) -> Vec<&SpanPart> {
        let by_id = self.by_id();
        let calls = || self.parts.iter().filter(|part| part.call.is_some());
        let wrapping: HashSet<&str> =
            calls().flat_map(|call| above(&by_id, call)).map(|part| part.span_id.as_str()).collect();
        let mut calls: Vec<&SpanPart> =
            calls().filter(|call| !wrapping.contains(call.span_id.as_str())).collect();
        calls.sort_by_key(|call| (call.started_at, call.span_id.as_str()));
        calls
    }

    pub(super) fn by_id(&self) -> HashMap<&str, &SpanPart> {
        self.parts.iter().map(|part| (part.span_id.as_str(), part)).collect()
    }

    /// Leaves out of the ties what does not matter.
    fn tie(&mut self, parents: &Parents) {
        let matter: HashSet<String> = self.parts.iter().map(|part| part.span_id.clone()).collect();
        for part in &mut self.parts {
            part.parent_id = parents.find_above(part, |id| matter.contains(id));
        }
    }
}

/// The parts above one, the nearest first; one that is above itself goes in a circle.
pub(super) fn above<'a>(
    by_id: &HashMap<&'a str, &'a SpanPart>,
    part: &'a SpanPart,
) -> impl Iterator<Item = &'a SpanPart> {
    let parent = |part: &&'a SpanPart| by_id.get(part.parent_id.as_deref()?).copied();
    let above = std::iter::successors(Some(part), parent).skip(1).take(MAX_NESTING);
    above.take_while(|above| above.span_id != part.span_id)
}
