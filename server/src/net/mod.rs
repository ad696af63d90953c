//! Connections: how many may be open, how long a client may be silent, and how they end when the server stops. A
//! request that reaches the router has come through here.

mod activity;
mod admission;
mod counted;
mod descriptors;
mod timed_body;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use self::activity::Activity;
pub use self::activity::{Pace, Patience, Unread};
use self::admission::{Admission, Place};
use self::counted::Counted;
pub use self::timed_body::BodyTooSlow;
use self::timed_body::TimedBody;
use crate::guarded_body::GuardedBody;

/// Longest request line with all headers, in bytes. It is also what a connection buffers of a body.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Most of an answer that the kernel keeps for one connection, in bytes; Linux doubles it. By itself the buffer grows to
/// megabytes, which no limit of memory knows of, and which hide for minutes that a slow client is reading.
const SEND_BUFFER_BYTES: usize = 128 * 1024;
/// Pause after an error of `accept`, which is mostly a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many connections may be open, and how long clients may be silent.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Most open connections; `None` is as many as the process may have file descriptors for, up to 4,096.
    pub connections: Option<usize>,
    /// How long each state of a connection may last.
    pub patience: Patience,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { connections: None, patience: Patience::DEFAULT }
    }
}

/// Accepts connections until `stop` is done, then lets requests that are under way finish.
///
/// `is_proxy` says whether an address is that of a trusted proxy: many clients come from it, so its share is not limited.
pub async fn serve_connections(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    is_proxy: impl Fn(std::net::IpAddr) -> bool,
    stop: impl Future<Output = ()>,
) {
    let most = limits.connections.unwrap_or_else(descriptors::most_connections);
    let admission = Admission::new(most);
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = tokio::select! {
            place = admission.wait_for_place() => place,
            () = &mut stop => break,
        };
        let (connection, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // A client beyond its share is told nothing: its connection is closed.
        let Some(place) = place.share_with(peer.ip(), is_proxy(peer.ip())) else { continue };
        let serving = Serving { router: router.clone(), peer, patience: limits.patience };
        tokio::spawn(serving.serve(connection, place, graceful.watcher()));
    }
    drop(listener);
    graceful.shutdown().await;
}

/// An error of one connection is its own affair; others last, and are worth a word in the log.
async fn pause_after(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::error!(error = error as &dyn std::error::Error, "no connection can be accepted");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}

/// What serves one connection.
struct Serving {
    router: Router,
    peer: SocketAddr,
    patience: Patience,
}

impl Serving {
    async fn serve(self, connection: TcpStream, place: Place, watcher: Watcher) {
        if let Err(error) = prepare(&connection) {
            tracing::debug!(error = %error, "a connection keeps the settings of the system");
        }
        let activity = Arc::new(Activity::default());
        let patience = self.patience;
        let service = {
            let activity = activity.clone();
            service_fn(move |request| {
                answer(self.router.clone(), self.peer, patience, activity.clone(), request)
            })
        };
        let connection = TokioIo::new(Counted::new(connection, activity.clone()));
        let serving =
            http1::Builder::new().max_buf_size(MAX_HEAD_BYTES).serve_connection(connection, service);
        tokio::select! {
            ended = watcher.watch(serving) => {
                if let Err(error) = ended {
                    tracing::debug!(error = %error, "a connection broke");
                }
            }
            silence = activity.watch(patience) => {
                tracing::debug!(silence = ?silence, "a connection was closed");
            }
        }
        drop(place);
    }
}

fn prepare(connection: &TcpStream) -> std::io::Result<()> {
    // Small answers go out at once instead of waiting for more to send.
    connection.set_nodelay(true)?;
    Ok(sockopt::set_socket_send_buffer_size(connection, SEND_BUFFER_BYTES)?)
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    patience: Patience,
    activity: Arc<Activity>,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let under_way = activity.begin_request();
    let (parts, body) = request.into_parts();
    let body = TimedBody::new(body, &parts.headers, patience);
    let mut request = Request::from_parts(parts, Body::new(body));
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| GuardedBody::wrap(body, under_way)))
}
