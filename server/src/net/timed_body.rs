//! The body of a request, which has to keep a pace, and is taken from the client also where nobody reads it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use http::HeaderMap;
use http::header::EXPECT;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::activity::{Pace, Patience, Unread};

/// A body that came more slowly than anybody sends.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
pub struct BodyTooSlow;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that ends in [`BodyTooSlow`] when it falls behind its pace. Time counts only while somebody waits for it.
///
/// What is left of it when it is dropped is taken and thrown away, within limits. A client that still sends does not read
/// the answer, and a connection that is closed with unread bytes is reset: the reset overtakes the answer.
pub(super) struct TimedBody {
    /// `None` when it has ended or failed.
    body: Option<Incoming>,
    patience: Patience,
    stretch: Option<Stretch>,
    /// Asked with `Expect: 100-continue`: the client sends nothing before somebody reads.
    is_held_back: bool,
}

/// The stretch of time that is running.
struct Stretch {
    end: Pin<Box<Sleep>>,
    bytes: u64,
}

impl TimedBody {
    /// The body of a request with these headers.
    pub(super) fn new(body: Incoming, headers: &HeaderMap, patience: Patience) -> Self {
        Self { body: Some(body), patience, stretch: None, is_held_back: headers.contains_key(EXPECT) }
    }

    fn note(&mut self, frame: &Frame<Bytes>) {
        if let Some(stretch) = &mut self.stretch {
            stretch.bytes += length_of(frame);
        }
    }

    /// Ready when the running stretch is over and has brought too little.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Pace { within, bytes } = self.patience.body;
        let begin = || Stretch { end: Box::pin(sleep_until(Instant::now() + within)), bytes: 0 };
        let stretch = self.stretch.get_or_insert_with(begin);
        while stretch.end.as_mut().poll(cx).is_ready() {
            if stretch.bytes < bytes {
                return Poll::Ready(());
            }
            *stretch = begin();
        }
        Poll::Pending
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.is_held_back = false;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = match Pin::new(body).poll_frame(cx) {
            Poll::Ready(frame) => Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from))),
            Poll::Pending => self.poll_late(cx).map(|()| Some(Err(BodyTooSlow.into()))),
        };
        match &polled {
            Poll::Ready(Some(Ok(frame))) => self.note(frame),
            Poll::Ready(_) => self.body = None,
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for TimedBody {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !self.is_held_back && !body.is_end_stream());
        // Without a runtime the process is ending.
        if let (Some(body), Ok(runtime)) = (unread, Handle::try_current()) {
            let Unread { within, bytes } = self.patience.unread;
            runtime.spawn(timeout(within, throw_away(body, bytes)));
        }
    }
}

async fn throw_away(mut body: Incoming, most: u64) {
    let mut taken = 0;
    while taken < most {
        let Some(Ok(frame)) = body.frame().await else { break };
        taken += length_of(&frame);
    }
}

fn length_of(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, Bytes::len) as u64
}
