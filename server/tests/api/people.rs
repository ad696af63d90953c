//! People through the server functions: signing in and out, limits, and whose bot is whose.

use app::limits::{TRIES_PER_LINE, TRIES_PER_NAME};

use crate::support::{NOW, PASSWORD, TestServer, instant, login_of, sign_in_form};

#[tokio::test]
async fn whoever_has_the_password_signs_in_and_out_again() {
    let server = TestServer::start().await;
    server.create_account("ann@example.org").await;
    let answer = server.call("sign_in", &sign_in_form("ann@example.org", PASSWORD)).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (cookie, attributes) = answer.header("set-cookie").split_once(';').unwrap();
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
    assert_eq!(server.get("/api/v1/bots").cookie(cookie).send().await.status, 200);
    assert_eq!(server.call("sign_out", "").cookie(cookie).send().await.status, 200);
    server.get("/api/v1/bots").cookie(cookie).send().await.assert_problem(401, "unauthorized");
    server.stop().await;
}

#[tokio::test]
async fn nobody_learns_whether_an_address_has_an_account() {
    let server = TestServer::start().await;
    server.create_account("ann@example.org").await;
    let known = server.call("sign_in", &sign_in_form("ann@example.org", "wrong")).send().await;
    let unknown = server.call("sign_in", &sign_in_form("bob@example.org", "wrong")).send().await;
    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
    assert_eq!((known.status, known.header("set-cookie")), (400, ""));
    server.stop().await;
}

#[tokio::test]
async fn an_address_may_be_tried_five_times_a_minute() {
    let server = TestServer::start().await;
    server.create_account("ann@example.org").await;
    let attempt = || server.call("sign_in", &sign_in_form("ann@example.org", "wrong")).send();
    for _ in 0..TRIES_PER_NAME.get() {
        assert_eq!(attempt().await.status, 400);
    }
    let refused = attempt().await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 60);
    server.clock.set(instant(NOW).plus_ms(61_000));
    assert_eq!(server.call("sign_in", &sign_in_form("ann@example.org", PASSWORD)).send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_client_may_try_twenty_times_a_minute_whatever_it_calls_itself() {
    let server = TestServer::start().await;
    let attempt = |n: u32| {
        let form = sign_in_form(&format!("u{n}@example.org"), "wrong");
        server.call("sign_in", &form).header("x-forwarded-for", &format!("198.51.100.{n}")).send()
    };
    for n in 0..TRIES_PER_LINE.get() {
        assert_eq!(attempt(n).await.status, 400);
    }
    assert_eq!(attempt(99).await.status, 429);
    server.stop().await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_is_counted_alone() {
    let server =
        TestServer::start_with(|state| state.with_trusted_proxies(vec!["127.0.0.0/8".parse().unwrap()]))
            .await;
    let attempt = |n: u32, from: &str| {
        let form = sign_in_form(&format!("u{n}@example.org"), "wrong");
        server.call("sign_in", &form).header("x-forwarded-for", from).send()
    };
    for n in 0..TRIES_PER_LINE.get() {
        assert_eq!(attempt(n, "198.51.100.1").await.status, 400);
    }
    assert_eq!(attempt(98, "198.51.100.1").await.status, 429);
    assert_eq!(attempt(99, "198.51.100.2").await.status, 400);
    server.stop().await;
}

#[tokio::test]
async fn the_set_up_token_makes_one_account_and_dies() {
    let server = TestServer::start().await;
    let token = server.store.create_set_up_token(instant(NOW)).await.unwrap().unwrap();
    let form = |token: &str, email: &str| format!("token={token}&{}", sign_in_form(email, PASSWORD));
    let wrong = server.call("set_up", &form("ps_wrong", "eve@example.org")).send().await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (400, ""));
    let made = server.call("set_up", &form(token.expose(), "ann@example.org")).send().await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(server.get("/api/v1/bots").cookie(&login_of(&made)).send().await.status, 200);
    let again = server.call("set_up", &form(token.expose(), "eve@example.org")).send().await;
    assert_eq!((again.status, again.header("set-cookie")), (400, ""));
    server.stop().await;
}

#[tokio::test]
async fn set_up_may_be_tried_twenty_times_a_minute() {
    let server = TestServer::start().await;
    let attempt =
        || server.call("set_up", &format!("token=x&{}", sign_in_form("a@example.org", PASSWORD))).send();
    for _ in 0..TRIES_PER_LINE.get() {
        assert_eq!(attempt().await.status, 400);
    }
    assert_eq!(attempt().await.status, 429);
    server.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_every_other_login() {
    let server = TestServer::start().await;
    let account = server.create_account("ann@example.org").await;
    let (here, elsewhere) = (server.login_cookie(account).await, server.login_cookie(account).await);
    let token = server.create_read_token(account, None).await;
    let form = format!("current={}&password=another+long+passphrase", PASSWORD.replace(' ', "+"));
    let changed = server.call("change_password", &form).cookie(&here).send().await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(server.get("/api/v1/bots").cookie(&here).send().await.status, 200);
    assert_eq!(server.get("/api/v1/bots").cookie(&elsewhere).send().await.status, 401);
    assert_eq!(server.get("/api/v1/bots").bearer(&token).send().await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_the_read_tokens_too_if_the_form_says_so() {
    let server = TestServer::start().await;
    let account = server.create_account("ann@example.org").await;
    let cookie = server.login_cookie(account).await;
    let token = server.create_read_token(account, None).await;
    let reads = async || server.get("/api/v1/bots").bearer(&token).send().await.status;
    let form = |current: &str| format!("current={current}&password=another+long+passphrase&end_tokens=true");
    assert_eq!(server.call("change_password", &form("wrong")).cookie(&cookie).send().await.status, 400);
    assert_eq!(reads().await, 200);
    let form = form(&PASSWORD.replace(' ', "+"));
    assert_eq!(server.call("change_password", &form).cookie(&cookie).send().await.status, 200);
    assert_eq!(reads().await, 401);
    server.stop().await;
}

#[tokio::test]
async fn a_password_may_be_tried_five_times_a_minute_by_whoever_is_signed_in() {
    let server = TestServer::start().await;
    let account = server.create_account("ann@example.org").await;
    let cookie = server.login_cookie(account).await;
    let attempt = || {
        server
            .call("change_password", "current=wrong&password=another+long+passphrase")
            .cookie(&cookie)
            .send()
    };
    for _ in 0..TRIES_PER_NAME.get() {
        assert_eq!(attempt().await.status, 400);
    }
    assert_eq!(attempt().await.status, 429);
    server.stop().await;
}

/// Another host of the same domain may set a cookie: people would paste the key that it holds.
#[tokio::test]
async fn a_secret_that_the_server_has_not_left_is_shown_nowhere() {
    let server = TestServer::start().await;
    let bot = server.create_bot("forged").await;
    let cookie = server.login_cookie(bot.owner).await;
    let pages =
        [format!("/bots/{}/connect", bot.id), format!("/bots/{}/settings", bot.id), "/account".to_owned()];
    let other = server.create_bot("other").await;
    let made = server.call("create_write_key", &format!("bot_id={}", other.id));
    let made = made.cookie(&server.login_cookie(other.owner).await).send().await;
    let of_another =
        made.header("set-cookie").split(';').next().unwrap().split_once('=').unwrap().1.to_owned();
    let now = instant(NOW).as_ms();
    for forged in [
        format!("key.{}.{}", bot.id, bot.write_key),
        format!("{now}.key.{}.{}.{}", bot.id, bot.write_key, "0".repeat(52)),
        of_another,
        format!("token.{}", bot.read_token),
        "done.password".to_owned(),
    ] {
        for page in &pages {
            let page = server.get(page).cookie(&format!("{cookie}; parlance_flash={forged}")).send().await;
            assert_eq!(page.status, 200);
            let text = page.text();
            let secrets = [&bot.write_key[..], &bot.read_token, "Your new", "password is changed"];
            assert!(!secrets.iter().any(|secret| text.contains(secret)), "{forged}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_name_with_a_hidden_character_is_refused() {
    let server = TestServer::start().await;
    let bot = server.create_bot("plain").await;
    let cookie = server.login_cookie(bot.owner).await;
    for name in ["abc%E2%80%AEgnp.exe", "a%00b", "a%E2%80%8Bb", "a%0Ab"] {
        let save = format!("bot_id={}&name={name}&time_zone=UTC&week_start=monday", bot.id);
        let create = format!("name={name}&time_zone=UTC");
        for (function, form) in [("save_bot", save), ("create_bot", create)] {
            let refused = server.call(function, &form).cookie(&cookie).send().await;
            assert_eq!(refused.status, 400, "{name}");
            assert!(refused.text().contains(r#""field":"name","code":"hidden""#), "{}", refused.text());
        }
    }
    server.stop().await;
}

/// Server functions about a bot, with all that they need but the right to call them.
const BOT_FUNCTIONS: [(&str, &str); 15] = [
    ("load_bot", ""),
    ("load_connect", ""),
    ("load_intake", ""),
    ("has_messages", ""),
    ("load_settings", ""),
    ("set_activation", "&activate=false"),
    ("send_test_message", ""),
    ("save_bot", "&name=x&time_zone=UTC&week_start=monday"),
    ("save_timeout", "&timeout_min=5"),
    ("save_text_storage", "&store_text=true"),
    ("save_sites", "&key_id=1&sites="),
    ("save_openings", "&openings=x"),
    ("create_write_key", ""),
    ("revoke_write_key", "&key_id=1"),
    ("delete_bot", "&confirmation=theirs"),
];

#[tokio::test]
async fn no_server_function_shows_or_changes_anothers_bot() {
    let server = TestServer::start().await;
    let (mine, theirs) = (server.create_bot("mine").await, server.create_bot("theirs").await);
    let cookie = server.login_cookie(mine.owner).await;
    for (name, rest) in BOT_FUNCTIONS {
        let form = format!("bot_id={}{rest}", theirs.id);
        let foreign = server.call(name, &form).cookie(&cookie).send().await;
        assert_eq!(foreign.status, 404, "{name}: {}", foreign.text());
        let absent = server.call(name, &format!("bot_id=0000000000000{rest}")).cookie(&cookie).send().await;
        assert_eq!((absent.status, absent.text()), (foreign.status, foreign.text()), "{name}");
        let signed_out = server.call(name, &form).send().await;
        assert_eq!(signed_out.status, 401, "{name}: {}", signed_out.text());
    }
    let report = |path: String| server.get(&path).header("accept", "application/json");
    let path = format!("/fn/load_report?bot_id={}&query=", theirs.id);
    assert_eq!(report(path.clone()).cookie(&cookie).send().await.status, 404);
    assert_eq!(report(path).send().await.status, 401);
    let untouched = server.store.find_bot(store::bots::BotScope::All, theirs.id).await.unwrap().unwrap();
    assert!(untouched.is_activated && untouched.name == "theirs" && !untouched.stores_text);
    server.stop().await;
}

#[tokio::test]
async fn no_server_function_about_an_account_works_signed_out() {
    let server = TestServer::start().await;
    for (name, form) in [
        ("load_account", ""),
        ("change_password", "current=a&password=another+long+passphrase"),
        ("revoke_login", "login_id=1"),
        ("create_read_token", ""),
        ("revoke_read_token", "token_id=1"),
        ("load_bots", "sort=Name"),
        ("create_bot", "name=x&time_zone=UTC"),
        ("load_accounts", ""),
        ("invite", "email=eve@example.org&role=admin"),
        ("withdraw_invitation", "invitation_id=1"),
        ("make_password_link", "account_id=1"),
        ("disable_account", "account_id=1"),
        ("enable_account", "account_id=1"),
        ("change_role", "account_id=1&role=admin"),
    ] {
        let answer = server.call(name, form).send().await;
        assert_eq!(answer.status, 401, "{name}: {}", answer.text());
    }
    server.stop().await;
}

#[tokio::test]
async fn another_persons_pages_are_not_found_and_signed_out_leads_to_the_sign_in() {
    let server = TestServer::start().await;
    let (mine, theirs) = (server.create_bot("mine").await, server.create_bot("theirs").await);
    let cookie = server.login_cookie(mine.owner).await;
    for page in ["/analytics", "/settings"] {
        let own = server.get(&format!("/bots/{}{page}", mine.id)).cookie(&cookie).send().await;
        assert_eq!(own.status, 200, "{page}: {}", own.text());
        for id in [theirs.id.to_string(), "0000000000000".to_owned(), "nonsense".to_owned()] {
            let answer = server.get(&format!("/bots/{id}{page}")).cookie(&cookie).send().await;
            assert_eq!(answer.status, 404, "{id}{page}");
        }
        let signed_out = server.get(&format!("/bots/{}{page}", mine.id)).send().await;
        assert_eq!(signed_out.status, 302, "{page}");
        assert!(signed_out.header("location").starts_with("/sign-in"), "{page}");
    }
    server.stop().await;
}
