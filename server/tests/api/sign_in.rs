//! Sign-in while somebody guesses passwords: the owner still gets in, and everybody gets an answer.

use std::net::Ipv4Addr;

use app::limits::{TRIES_OF_STRANGERS, TRIES_PER_HOUSEHOLD, TRIES_PER_NAME};
use store::accounts::STRANGERS;

use crate::support::{Answer, NOW, PASSWORD, TestServer, instant, login_of, sign_in_form};

const ANN: &str = "ann@example.org";
/// Where the owner is.
const HOME: &str = "198.51.100.7";

async fn start() -> TestServer {
    let server =
        TestServer::start_with(|state| state.with_trusted_proxies(vec!["127.0.0.0/8".parse().unwrap()]))
            .await;
    server.create_account(ANN).await;
    server
}

async fn attempt(server: &TestServer, password: &str, from: &str, cookie: &str) -> Answer {
    let call = server.call("sign_in", &sign_in_form(ANN, password)).header("x-forwarded-for", from);
    let call = if cookie.is_empty() { call } else { call.cookie(cookie) };
    call.send().await
}

/// Wrong passwords for Ann from 12 networks, five from each: what was seen to lock her out.
async fn attack(server: &TestServer) -> u32 {
    let mut refused = 0;
    for n in 0..60_u32 {
        let from = Ipv4Addr::from_bits(0x0a00_0001 + (n % 12) * 256);
        refused += u32::from(attempt(server, "wrong", &from.to_string(), "").await.status == 429);
    }
    refused
}

#[tokio::test]
async fn the_owner_gets_in_with_a_known_browser_from_anywhere_while_others_guess() {
    let server = start().await;
    let before = attempt(&server, PASSWORD, HOME, "").await;
    assert_eq!(before.status, 200, "{}", before.text());
    let device = before.cookie("parlance_device");
    assert!(device.starts_with("parlance_device=pd_"), "{device}");
    assert!(attack(&server).await > 0);
    // Even from where the attackers are.
    let signed_in = attempt(&server, PASSWORD, "10.0.0.1", &device).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    assert_eq!(signed_in.cookie("parlance_device"), device, "the browser keeps its token");
    assert_eq!(attempt(&server, PASSWORD, "10.0.0.1", "").await.status, 429);
    server.stop().await;
}

#[tokio::test]
async fn the_owner_gets_in_with_a_new_browser_from_where_nobody_guessed() {
    let server = start().await;
    assert!(attack(&server).await > 0);
    let signed_in = attempt(&server, PASSWORD, HOME, "").await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    server.stop().await;
}

#[tokio::test]
async fn a_known_browser_has_a_limit_of_its_own() {
    let server = start().await;
    let device = attempt(&server, PASSWORD, HOME, "").await.cookie("parlance_device");
    for _ in 0..TRIES_PER_NAME.get() {
        assert_eq!(attempt(&server, "wrong", HOME, &device).await.status, 400);
    }
    let refused = attempt(&server, PASSWORD, HOME, &device).await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 60);
    server.clock.set(instant(NOW).plus_ms(61_000));
    assert_eq!(attempt(&server, PASSWORD, HOME, &device).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_browser_is_known_to_the_account_that_signed_in_there_only() {
    let server = start().await;
    server.create_account("eve@example.org").await;
    let eves = server.call("sign_in", &sign_in_form("eve@example.org", PASSWORD)).send().await;
    let eves = eves.cookie("parlance_device");
    for device in [eves.as_str(), "parlance_device=pd_forged", "parlance_device="] {
        let tries = TRIES_PER_NAME.get() + 1;
        let mut last = 0;
        for _ in 0..tries {
            last = attempt(&server, "wrong", "203.0.113.9", device).await.status;
        }
        assert_eq!(last, 429, "{device}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_email_that_everybody_tries_is_slow_for_those_who_tried_it() {
    let server = start().await;
    let mut admitted = 0;
    for round in 0..2_u32 {
        for network in 0..40_u32 {
            let from = Ipv4Addr::from_bits(0x0a00_0001 + network * 256 + round).to_string();
            admitted += u32::from(attempt(&server, "wrong", &from, "").await.status == 400);
        }
    }
    assert!(TRIES_OF_STRANGERS.get() < 40);
    assert_eq!(admitted, 40, "one for each /24");
    server.stop().await;
}

#[tokio::test]
async fn a_household_counts_once_however_many_networks_it_has() {
    let server = start().await;
    let mut refused = 0;
    for n in 0..TRIES_PER_HOUSEHOLD.get() + 7 {
        let form = sign_in_form(&format!("u{n}@example.org"), "wrong");
        let from = format!("2001:db8:0:{n:x}::1");
        let answer = server.call("sign_in", &form).header("x-forwarded-for", &from).send().await;
        refused += u32::from(answer.status == 429);
    }
    assert_eq!(refused, 7);
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_an_address_is_answered_as_a_wrong_password_and_counted() {
    let server = start().await;
    let wrong = attempt(&server, "wrong", HOME, "").await;
    let long = format!("{}@example.org", "a".repeat(60_000));
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let answer = server
            .call("sign_in", &sign_in_form(&long, PASSWORD))
            .header("x-forwarded-for", HOME)
            .send()
            .await;
        statuses.push(answer.status);
        if answer.status == 400 {
            assert_eq!(answer.text(), wrong.text());
        }
    }
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 1, "{statuses:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_answered_at_once_and_keeps_no_known_browser_out() {
    let server = start().await;
    let device = attempt(&server, PASSWORD, HOME, "").await.cookie("parlance_device");
    let held = server.store.hold_passwords().await;
    let flood: Vec<_> = (0..STRANGERS + 10)
        .map(|n| {
            let from = Ipv4Addr::from_bits(0x0b00_0001 + u32::try_from(n).unwrap() * 256).to_string();
            let form = sign_in_form(&format!("u{n}@example.org"), "wrong");
            tokio::spawn(server.call("sign_in", &form).header("x-forwarded-for", &from).send())
        })
        .collect();
    // Nobody else is answered while passwords are held: only those who have no place to wait in.
    while flood.iter().filter(|answer| answer.is_finished()).count() < 10 {
        tokio::task::yield_now().await;
    }
    let form = sign_in_form(ANN, PASSWORD);
    let owner = server.call("sign_in", &form).header("x-forwarded-for", HOME).cookie(&device).send();
    let owner = tokio::spawn(owner);
    drop(held);
    let mut busy = 0;
    for answer in flood {
        let answer = answer.await.unwrap();
        match answer.status {
            400 => {}
            503 => {
                busy += 1;
                assert_eq!(answer.header("retry-after"), "2");
                assert!(answer.text().contains("busy"), "{}", answer.text());
            }
            other => panic!("{other}: {}", answer.text()),
        }
    }
    assert_eq!(busy, 10);
    let owner = owner.await.unwrap();
    assert_eq!(owner.status, 200, "{}", owner.text());
    server.stop().await;
}

#[tokio::test]
async fn a_disabled_account_is_told_what_a_wrong_password_is_told() {
    let server = start().await;
    server.create_admin("root@example.org").await;
    let signed_in = attempt(&server, PASSWORD, HOME, "").await;
    let (login, device) = (login_of(&signed_in), signed_in.cookie("parlance_device"));
    let ann = server.store.list_accounts().await.unwrap().remove(0).id;
    let wrong = attempt(&server, "wrong", HOME, "").await;
    server.store.disable_account(ann, instant(NOW)).await.unwrap();
    for cookie in ["", device.as_str()] {
        let refused = attempt(&server, PASSWORD, HOME, cookie).await;
        assert_eq!((refused.status, refused.text()), (wrong.status, wrong.text()));
        assert_eq!(refused.header("set-cookie"), "");
    }
    assert_eq!(server.get("/api/v1/bots").cookie(&login).send().await.status, 401);
    server.stop().await;
}
