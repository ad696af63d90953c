//! The body of a request, which has to keep a pace.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Pace;

/// A body that came more slowly than anybody sends.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
pub struct BodyTooSlow;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that ends in [`BodyTooSlow`] when it falls behind its pace. Time counts only while somebody waits for it.
pub(super) struct TimedBody {
    body: Incoming,
    pace: Pace,
    stretch: Option<Stretch>,
}

/// The stretch of time that is running.
struct Stretch {
    end: Pin<Box<Sleep>>,
    bytes: u64,
}

impl TimedBody {
    pub(super) fn new(body: Incoming, pace: Pace) -> Self {
        Self { body, pace, stretch: None }
    }

    /// Ready when the running stretch is over and has brought too little.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Pace { within, bytes } = self.pace;
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
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let bytes =
                    frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
                if let Some(stretch) = &mut self.stretch {
                    stretch.bytes += bytes as u64;
                }
                Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)))
            }
            Poll::Pending => self.poll_late(cx).map(|()| Some(Err(BodyTooSlow.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
