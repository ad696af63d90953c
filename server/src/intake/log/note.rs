//! What becomes of one request, from its arrival to its answer.

use std::borrow::Cow;
use std::sync::Arc;
use std::time;

use analytics::ids::BotId;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::USER_AGENT;
use metrics::{counter, histogram};
use store::doors::Door;
use store::intake_log::{IntakeRejection, IntakeRequest, Refusal, RejectionKind, Sample};
use store::sites::Sites;

use super::IntakeLog;
use crate::intake::reply::Reply;
use crate::intake::visitor::{Senders, Visitor};
use crate::problem::Problem;
use crate::state::ServerState;

/// Longest name of a client, in characters.
const MAX_CLIENT: usize = 60;
/// The status of a request whose client did not wait for the answer: the one that nginx has for it.
const CLIENT_GONE: u16 = 499;

/// Marks the answers of the intake.
#[derive(Clone, Copy, Debug)]
pub struct OfIntake;

/// A request of the intake. When it goes, the request is over: the bot's owner and the measures hear of it.
#[derive(Debug)]
pub struct Note {
    log: Arc<IntakeLog>,
    began: time::Instant,
    door: Door,
    bot: Option<BotId>,
    visitor: Visitor,
    request: IntakeRequest,
    rejections: Vec<IntakeRejection>,
}

impl Note {
    /// A request that has come through a door.
    pub fn begin(state: &ServerState, door: Door, headers: &HeaderMap, senders: Senders) -> Self {
        let client = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).map(shorten);
        Self {
            log: state.intake_log.clone(),
            began: time::Instant::now(),
            door,
            bot: None,
            visitor: Visitor::of(headers, senders),
            request: IntakeRequest {
                at: state.context.clock.now(),
                door: Cow::Borrowed(door.word()),
                client,
                status: CLIENT_GONE,
                refusal: None,
                accepted: 0,
                duplicates: 0,
                rejected: 0,
                ignored: 0,
                latency_ms: 0,
                left_out: 0,
            },
            rejections: Vec::new(),
        }
    }

    /// The door that it has come through.
    pub fn door(&self) -> Door {
        self.door
    }

    /// The key that was sent is this bot's. Before that a request belongs to nobody.
    pub fn set_bot(&mut self, bot: BotId) {
        self.bot = Some(bot);
    }

    /// The key names these sites.
    ///
    /// # Errors
    /// 403 when a page of another sends.
    pub fn check_sites(&mut self, sites: &Sites) -> Result<(), Problem> {
        self.visitor.check(sites)
    }

    /// The client has said what it is.
    pub fn set_client(&mut self, client: &str) {
        self.request.client = Some(shorten(client));
    }

    /// What became of its items.
    pub fn add_reply(&mut self, reply: &Reply) {
        self.request.accepted += reply.accepted();
        self.request.duplicates += reply.duplicates();
        for (_, code) in reply.rejections() {
            let sample = || reply.seen().find_sample(code).cloned();
            self.add_rejection(RejectionKind::Rejected, Cow::Borrowed(code.as_str()), 1, sample);
        }
        for (name, items) in reply.seen().ignored() {
            self.add_ignored(name.clone(), *items);
        }
    }

    /// Some of its items are left out, under this name.
    pub fn add_ignored(&mut self, name: impl Into<Cow<'static, str>>, items: u64) {
        self.add_rejection(RejectionKind::Ignored, name.into(), items, || None);
    }

    /// The answer, which shows that it is one of the intake's.
    pub fn end(mut self, answer: Result<impl IntoResponse, Problem>) -> Response {
        if let Err(problem) = &answer {
            let (code, detail) = (problem.code().to_owned(), problem.detail().to_owned());
            self.request.refusal = Some(Refusal { code, detail });
        }
        let mut answer = answer.into_response();
        self.request.status = answer.status().as_u16();
        answer.extensions_mut().insert(OfIntake);
        std::mem::take(&mut self.visitor).allow(&mut answer);
        answer
    }

    fn add_rejection(
        &mut self,
        kind: RejectionKind,
        code: Cow<'static, str>,
        items: u64,
        sample: impl FnOnce() -> Option<Sample>,
    ) {
        match kind {
            RejectionKind::Rejected => self.request.rejected += items,
            RejectionKind::Ignored => self.request.ignored += items,
        }
        let mut known = self.rejections.iter_mut();
        if let Some(known) = known.find(|known| known.kind == kind && known.code == code) {
            known.items += items;
            return;
        }
        let (at, door) = (self.request.at, Cow::Borrowed(self.door.word()));
        let rejection = IntakeRejection { at, door, client: None, kind, code, items, sample: sample() };
        self.rejections.push(rejection);
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        let status = self.request.status.to_string();
        counter!("parlance_intake_requests_total", "door" => self.door.word(), "status" => status)
            .increment(1);
        histogram!("parlance_intake_request_seconds", "door" => self.door.word()).record(took);
        let Some(bot) = self.bot else { return };
        let mut request = self.request.clone();
        request.latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if request.status == CLIENT_GONE {
            request.refusal = Some(client_gone());
        }
        let mut rejections = std::mem::take(&mut self.rejections);
        rejections.iter_mut().for_each(|rejection| rejection.client.clone_from(&request.client));
        self.log.add(bot, request, rejections);
    }
}

fn client_gone() -> Refusal {
    let detail = "The client left before it got the answer. Its items may be stored; sent again with the same ids, \
                  they count once.";
    Refusal { code: "client_gone".to_owned(), detail: detail.to_owned() }
}

fn shorten(client: &str) -> String {
    client.chars().filter(|letter| !letter.is_control()).take(MAX_CLIENT).collect()
}
