//! Listening, answering, and stopping so that nobody who was promised an answer goes without it.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::intake::doors::otlp::release_in_background;
use crate::net::serve_connections;
use crate::router::router;
use crate::state::ServerState;

/// How long requests that are under way may take once the server stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves until `stop` is done, lets requests finish, commits what waits and closes the database.
pub async fn serve(
    listener: TcpListener,
    state: ServerState,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    crate::web::measures::start();
    let store = state.context.store.clone();
    let (stopping, has_stopped) = oneshot::channel();
    let stop = async move {
        stop.await;
        tracing::info!("stopping");
        // The receiver lives until this function ends.
        stopping.send(()).unwrap_or_default();
    };
    let background = tokio::spawn({
        let (store, clock) = (store.clone(), state.context.clock.clone());
        async move { store.work_in_background(&*clock).await }
    });
    let releasing = tokio::spawn(release_in_background(state.clone()));
    let keeping_up = tokio::spawn(crate::web::measures::keep_up());
    let (stop_logging, log_stops) = oneshot::channel::<()>();
    let logging = tokio::spawn({
        let (log, store) = (state.intake_log.clone(), store.clone());
        async move { log.flush_until(store, log_stops).await }
    });
    let proxies = state.trusted_proxies.clone();
    let is_proxy =
        move |address: IpAddr| proxies.iter().any(|network| network.contains(&address.to_canonical()));
    let connections = state.connections;
    let server = serve_connections(listener, router(state), connections, is_proxy, stop);
    let deadline = async {
        if has_stopped.await.is_ok() {
            tokio::time::sleep(DRAIN_TIMEOUT).await;
        }
    };
    tokio::select! {
        () = server => {}
        () = deadline => tracing::warn!("some requests did not finish in time"),
    }
    background.abort();
    releasing.abort();
    keeping_up.abort();
    drop(stop_logging);
    if let Err(error) = logging.await {
        tracing::error!(error = %error, "the end of the intake log is lost");
    }
    store.close().await;
}

/// Done when the process is asked to stop: by Ctrl-C or by SIGTERM.
///
/// # Errors
/// When the signals cannot be watched.
pub fn watch_stop_signals() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
