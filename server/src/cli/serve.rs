//! `parlance serve`: the server, on a real database or as a demo.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use analytics::clock::Clock;
use anyhow::Context;
use app::context::{DemoSignIn, ServerContext};
use app::limits::Limits;
use store::Store;
use tokio::net::{TcpListener, TcpSocket};

use super::common::{Common, open};
use super::output::tell;
use crate::clock::SystemClock;
use crate::config::{BaseUrl, ServeSettings};
use crate::demo::Demo;
use crate::history::usage::UsageError;
use crate::serve::{serve, watch_stop_signals};
use crate::state::ServerState;
use crate::web::site;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

pub(super) async fn run(common: Common, settings: ServeSettings) -> anyhow::Result<ExitCode> {
    settings.check_demo().map_err(UsageError)?;
    let stop = watch_stop_signals()?;
    if settings.demo {
        Box::pin(run_demo(settings, stop)).await?;
    } else {
        let store = open(&common).await?;
        let listener = TcpListener::bind(settings.addr).await.with_context(|| cannot_listen(&settings))?;
        let state = make_state(store, &settings, listener.local_addr()?, None);
        offer_set_up(&state).await?;
        tell(&format!("Parlance listens on {}", state.context.base_url));
        serve(listener, state, stop).await;
    }
    Ok(ExitCode::SUCCESS)
}

/// The address is taken at the start, so that a taken one is known at once; it is opened when everything is there.
async fn run_demo(
    settings: ServeSettings,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let socket = take_address(settings.addr).with_context(|| cannot_listen(&settings))?;
    let mut stop = Box::pin(stop);
    let demo = tokio::select! {
        demo = Demo::prepare(SystemClock.now(), |progress| tell(&progress)) => demo?,
        () = &mut stop => return Ok(()),
    };
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    let Demo { store, sign_in, live, folder } = demo;
    let state = make_state(store, &settings, address, Some(sign_in.clone()));
    tell(&format!(
        "\nParlance's demo is ready.\n\n  Address   {}\n  E-mail    {}\n  Password  {}\n\nStop it with Ctrl-C: it leaves no files behind.\n",
        state.context.base_url, sign_in.email, sign_in.password
    ));
    if !address.ip().to_canonical().is_loopback() {
        tell(
            "WARNING: other machines can reach this demo, and its password is public: anybody can sign in as its admin.\n",
        );
    }
    let live = tokio::spawn(live.run(address));
    serve(listener, state, stop).await;
    live.abort();
    folder.close()?;
    Ok(())
}

fn make_state(
    store: Store,
    settings: &ServeSettings,
    address: SocketAddr,
    demo_sign_in: Option<DemoSignIn>,
) -> ServerState {
    site::warn_if_missing();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let base_url = settings.base_url.clone().unwrap_or_else(|| BaseUrl::of_address(address));
    let context = ServerContext {
        store,
        limits: Arc::new(Limits::new(clock.clone())),
        clock,
        base_url: base_url.as_str().into(),
        site_path: site::path,
        demo_sign_in: demo_sign_in.map(Arc::new),
    };
    ServerState::new(context)
        .with_trusted_proxies(settings.trusted_proxies.clone())
        .with_intake_limit(settings.intake_limit)
        .with_metrics_from(settings.metrics_from.clone())
}

/// Whoever reads this terminal may create the first account.
async fn offer_set_up(state: &ServerState) -> anyhow::Result<()> {
    let context = &state.context;
    if let Some(token) = context.store.create_set_up_token(context.clock.now()).await? {
        let url = format!("{}/set-up?token={}", context.base_url, token.expose());
        tell(&format!("Nobody can sign in yet. Create the first account at\n\n  {url}\n"));
    }
    Ok(())
}

fn take_address(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn cannot_listen(settings: &ServeSettings) -> String {
    format!("cannot listen on {}: choose another address with --addr (PARLANCE_ADDR)", settings.addr)
}
