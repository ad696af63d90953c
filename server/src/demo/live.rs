//! The bot that goes on talking: a program of its own as far as the server can tell, with a write key, over HTTP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

use analytics::clock::Clock;
use analytics::nano::Nano;
use http::Request;
use http::header::AUTHORIZATION;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rand::Rng;
use serde_json::{Value, json};
use store::credentials::Secret;

use super::model;
use super::people::Person;
use super::profile::Channel;
use super::year::Year;
use crate::clock::SystemClock;

/// Between two questions in the quietest hour; in the busiest it is half as long.
const LONGEST_PAUSE_MS: u64 = 9_000;
/// Of a hundred questions, so many are the next one of the same person.
const GOES_ON: u32 = 60;

type HttpClient = Client<HttpConnector, Full<axum::body::Bytes>>;

/// Goes on where the year ended.
pub(crate) struct LiveBot {
    year: Year,
    key: Secret,
}

impl LiveBot {
    pub(super) fn new(year: Year, key: Secret) -> Self {
        Self { year, key }
    }

    /// Posts to the server at `address` until it is dropped. A request that fails is one message less.
    pub(crate) async fn run(mut self, address: SocketAddr) {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let url = format!("http://{}/api/v1/events", loopback(address));
        let (mut person, mut channel) = self.year.next_person();
        for number in 0_u64.. {
            if !rand::rng().random_ratio(GOES_ON, 100) {
                (person, channel) = self.year.next_person();
            }
            for direction in ["incoming", "outgoing"] {
                self.post(&client, &url, person, channel, direction, number).await;
                tokio::time::sleep(draw_ms(700..2_000)).await;
            }
            tokio::time::sleep(self.pause()).await;
        }
    }

    async fn post(
        &self,
        client: &HttpClient,
        url: &str,
        person: Person,
        channel: &Channel,
        direction: &str,
        number: u64,
    ) {
        let mut event = json!({
            "id": format!("live-{number:x}-{direction}"),
            "user_id": person.user_id(),
            "channel": channel.name,
            "direction": direction,
        });
        if direction == "outgoing" {
            let used = model::draw_use(&mut rand::rng());
            event["model"] = json!(used.model);
            event["input_tokens"] = json!(used.input_tokens);
            event["output_tokens"] = json!(used.output_tokens);
            event["cost_usd"] = used
                .cost_nano_usd
                .and_then(|nano| Nano::from_nano(nano.into()).to_string().parse().ok())
                .map_or(Value::Null, Value::Number);
            event["latency_ms"] = json!(used.latency_ms);
            event["model_failed"] = json!(used.failed);
        }
        let request = Request::post(url)
            .header(AUTHORIZATION, format!("Bearer {}", self.key.expose()))
            .body(Full::from(event.to_string()));
        let Ok(request) = request else { return };
        match client.request(request).await {
            Ok(response) if response.status().is_success() => {}
            Ok(response) => {
                tracing::warn!(http.status = response.status().as_u16(), "the demo bot was refused")
            }
            Err(error) => tracing::warn!(error = %error, "the demo bot does not reach the server"),
        }
    }

    fn pause(&self) -> Duration {
        let busyness = self.year.busyness(SystemClock.now());
        let longest = LONGEST_PAUSE_MS - LONGEST_PAUSE_MS * busyness / 200;
        draw_ms(longest / 3..longest)
    }
}

fn draw_ms(range: Range<u64>) -> Duration {
    Duration::from_millis(rand::rng().random_range(range))
}

/// Where a server that listens on every interface is reached from here.
fn loopback(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
