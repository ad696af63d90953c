//! What every request of one server shares.

use std::num::NonZeroU32;
use std::sync::Arc;

use app::context::ServerContext;
use axum::extract::FromRef;
use ipnet::IpNet;
use tokio::sync::Semaphore;

use crate::intake::limit::IntakeLimit;
use crate::intake::log::IntakeLog;
use crate::memory::Memory;
use crate::net::ConnectionLimits;

/// Histories that pages import at once: each has a file on disk.
const IMPORTS: usize = 2;

/// What the router's handlers and layers work with; cheap to clone.
#[derive(Clone)]
pub struct ServerState {
    /// What pages and server functions get as well.
    pub context: ServerContext,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// How often a write key may be used.
    pub intake_limit: Arc<IntakeLimit>,
    /// What the bots' owners are to hear of their requests.
    pub intake_log: Arc<IntakeLog>,
    /// Who may read `/metrics`.
    pub metrics_from: Arc<[IpNet]>,
    /// The memory that requests share.
    pub memory: Arc<Memory>,
    /// How many histories pages may import at once.
    pub imports: Arc<Semaphore>,
    /// How many connections may be open, and how long clients may be silent.
    pub connections: ConnectionLimits,
}

impl ServerState {
    /// The state of a server without proxies and limits.
    pub fn new(context: ServerContext) -> Self {
        Self {
            context,
            trusted_proxies: Arc::from([]),
            intake_limit: Arc::new(IntakeLimit::new(None)),
            intake_log: Arc::default(),
            metrics_from: Arc::from([]),
            memory: Arc::default(),
            imports: Arc::new(Semaphore::new(IMPORTS)),
            connections: ConnectionLimits::default(),
        }
    }

    /// Believes these proxies.
    pub fn with_trusted_proxies(self, proxies: Vec<IpNet>) -> Self {
        Self { trusted_proxies: proxies.into(), ..self }
    }

    /// Shows `/metrics` to these networks.
    pub fn with_metrics_from(self, networks: Vec<IpNet>) -> Self {
        Self { metrics_from: networks.into(), ..self }
    }

    /// Lets each write key make so many requests a second.
    pub fn with_intake_limit(self, per_second: Option<NonZeroU32>) -> Self {
        Self { intake_limit: Arc::new(IntakeLimit::new(per_second)), ..self }
    }
}

impl FromRef<ServerState> for ServerContext {
    fn from_ref(state: &ServerState) -> Self {
        state.context.clone()
    }
}
