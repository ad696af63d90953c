//! Admins, everybody's accounts, and one-time links.

use analytics::ids::AccountId;
use serde_json::Value;

use crate::support::{Answer, NOW, PASSWORD, TestServer, instant, login_of, sign_in_form};

const OWN_WORDS: &str = "my own long words";

struct Scene {
    server: TestServer,
    root: AccountId,
    /// The admin's login.
    cookie: String,
    ann: AccountId,
}

async fn scene() -> Scene {
    let server = TestServer::start().await;
    let root = server.create_admin("root@example.org").await;
    let cookie = server.login_cookie(root).await;
    let ann = server.create_account("ann@example.org").await;
    Scene { server, root, cookie, ann }
}

impl Scene {
    async fn call(&self, name: &str, form: &str) -> Answer {
        self.server.call(name, form).cookie(&self.cookie).send().await
    }

    /// Does it, and gives what the page then shows.
    async fn change(&self, name: &str, form: &str) -> Value {
        let answer = self.call(name, form).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        let cookie = format!("{}; {}", self.cookie, answer.cookie("parlance_flash"));
        let page = self.server.call("load_accounts", "").cookie(&cookie).send().await;
        assert_eq!(page.status, 200, "{}", page.text());
        serde_json::from_str(page.json().as_str().unwrap()).unwrap()
    }

    /// Makes a link and gives its token.
    async fn make_link(&self, name: &str, form: &str) -> String {
        let view = self.change(name, form).await;
        let url = view["new_link"]["url"].as_str().unwrap_or_else(|| panic!("no link: {view}"));
        url.split_once("token=").unwrap().1.to_owned()
    }

    async fn invite(&self, role: &str) -> String {
        self.make_link("invite", &format!("email=New%40Example.org&role={role}")).await
    }

    async fn make_password_link(&self) -> String {
        self.make_link("make_password_link", &format!("account_id={}", self.ann.0)).await
    }

    async fn use_link(&self, name: &str, token: &str) -> Answer {
        let form = format!("token={token}&password={}", OWN_WORDS.replace(' ', "+"));
        self.server.call(name, &form).send().await
    }

    async fn sign_in(&self, email: &str, password: &str) -> u16 {
        self.server.call("sign_in", &sign_in_form(email, password)).send().await.status
    }
}

fn code(answer: &Answer) -> String {
    answer.json()["Invalid"]["code"].as_str().unwrap_or_default().to_owned()
}

/// What only admins may do, with all that it needs but the right to do it.
const ADMIN_FUNCTIONS: [(&str, &str); 7] = [
    ("load_accounts", ""),
    ("invite", "email=eve@example.org&role=admin"),
    ("withdraw_invitation", "invitation_id=1"),
    ("make_password_link", "account_id=1"),
    ("disable_account", "account_id=1"),
    ("enable_account", "account_id=1"),
    ("change_role", "account_id=2&role=admin"),
];

#[tokio::test]
async fn for_everybody_but_admins_accounts_are_absent() {
    let scene = scene().await;
    let server = &scene.server;
    scene.invite("member").await;
    let member = server.login_cookie(scene.ann).await;
    let before = server.store.list_accounts().await.unwrap();
    for (name, form) in ADMIN_FUNCTIONS {
        let refused = server.call(name, form).cookie(&member).send().await;
        assert_eq!((refused.status, refused.text().as_str()), (404, "\"NotFound\""), "{name}");
        assert_eq!(refused.header("set-cookie"), "", "{name}");
        assert_eq!(server.call(name, form).send().await.status, 401, "{name}");
    }
    assert_eq!(server.store.list_accounts().await.unwrap(), before);
    assert_eq!(server.store.list_invitations(instant(NOW)).await.unwrap().len(), 1);
    let main = |answer: &Answer| answer.text().split("<main").nth(1).unwrap().to_owned();
    let page = server.get("/accounts").cookie(&member).send().await;
    let absent = server.get("/accountz").cookie(&member).send().await;
    assert_eq!((page.status, main(&page).contains("Nothing here")), (404, true));
    assert_eq!(absent.status, 404);
    let signed_out = server.get("/accounts").send().await;
    assert_eq!((signed_out.status, signed_out.header("location")), (302, "/sign-in?next=%2Faccounts"));
    let shown = server.get("/accounts").cookie(&scene.cookie).send().await;
    assert!(shown.status == 200 && main(&shown).contains("ann@example.org"));
    scene.server.stop().await;
}

#[tokio::test]
async fn the_link_to_the_page_is_shown_to_admins_only() {
    let scene = scene().await;
    let page = async |cookie: &str| scene.server.get("/account").cookie(cookie).send().await.text();
    assert!(page(&scene.cookie).await.contains("href=\"/accounts\""));
    let member = scene.server.login_cookie(scene.ann).await;
    assert!(!page(&member).await.contains("href=\"/accounts\""));
    scene.server.stop().await;
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_and_is_in() {
    let scene = scene().await;
    let token = scene.invite("member").await;
    let page = scene.server.get(&format!("/invitation?token={token}")).send().await;
    assert!(page.status == 200 && page.text().contains("new@example.org"), "{}", page.text());
    let accepted = scene.use_link("accept_invitation", &token).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    let login = login_of(&accepted);
    assert_eq!(scene.server.get("/api/v1/bots").cookie(&login).send().await.status, 200);
    assert_eq!(scene.server.call("load_accounts", "").cookie(&login).send().await.status, 404);
    assert!(accepted.cookie("parlance_device").contains("pd_"));
    assert_eq!(scene.sign_in("new@example.org", OWN_WORDS).await, 200);
    scene.server.stop().await;
}

#[tokio::test]
async fn an_invited_admin_is_one() {
    let scene = scene().await;
    let token = scene.invite("admin").await;
    let login = login_of(&scene.use_link("accept_invitation", &token).await);
    assert_eq!(scene.server.call("load_accounts", "").cookie(&login).send().await.status, 200);
    scene.server.stop().await;
}

#[tokio::test]
async fn an_invitation_works_once_until_it_ends_and_not_when_it_is_withdrawn() {
    let scene = scene().await;
    let used = scene.invite("member").await;
    assert_eq!(scene.use_link("accept_invitation", &used).await.status, 200);
    let again = scene.use_link("accept_invitation", &used).await;
    assert_eq!((again.status, code(&again).as_str(), again.header("set-cookie")), (400, "used", ""));

    let withdrawn = scene.make_link("invite", "email=two%40example.org&role=member").await;
    let id = scene.server.store.list_invitations(instant(NOW)).await.unwrap()[0].id;
    scene.change("withdraw_invitation", &format!("invitation_id={id}")).await;
    let ended = scene.make_link("invite", "email=three%40example.org&role=member").await;
    assert_eq!(code(&scene.use_link("accept_invitation", &withdrawn).await), "used");
    scene.server.clock.set(instant("2026-11-25T12:00:00Z"));
    let late = scene.use_link("accept_invitation", &ended).await;
    assert_eq!(code(&late), "used");
    for token in [&used, &withdrawn, &ended, "pi_nonsense"] {
        let page = scene.server.get(&format!("/invitation?token={token}")).send().await;
        assert!(page.text().contains("This link does not work any more"), "{token}");
    }
    assert_eq!(code(&late), code(&again));
    assert_eq!(scene.server.store.list_accounts().await.unwrap().len(), 3);
    scene.server.stop().await;
}

#[tokio::test]
async fn of_many_uses_of_one_link_at_once_one_wins() {
    let scene = scene().await;
    for (name, token) in [
        ("accept_invitation", scene.invite("member").await),
        ("choose_password", scene.make_password_link().await),
    ] {
        let form = format!("token={token}&password={}", OWN_WORDS.replace(' ', "+"));
        let uses: Vec<_> = (0..8).map(|_| tokio::spawn(scene.server.call(name, &form).send())).collect();
        let mut statuses = Vec::new();
        for answer in uses {
            statuses.push(answer.await.unwrap().status);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [vec![200], vec![400; 7]].concat(), "{name}");
    }
    scene.server.stop().await;
}

#[tokio::test]
async fn links_may_be_tried_twenty_times_a_minute() {
    let scene = scene().await;
    for name in ["accept_invitation", "choose_password"] {
        let mut statuses = Vec::new();
        for _ in 0..11 {
            statuses.push(scene.use_link(name, "p_guess").await.status);
        }
        let refused = statuses.iter().filter(|status| **status == 429).count();
        assert_eq!(refused, usize::from(name == "choose_password") * 2, "{name}: {statuses:?}");
    }
    scene.server.stop().await;
}

#[tokio::test]
async fn a_password_link_sets_a_password_once_and_ends_what_the_old_one_had_opened() {
    let scene = scene().await;
    let server = &scene.server;
    let (login, read_token) =
        (server.login_cookie(scene.ann).await, server.create_read_token(scene.ann, None).await);
    let token = scene.make_password_link().await;
    assert_eq!(scene.sign_in("ann@example.org", PASSWORD).await, 200, "the old one holds until then");
    let page = server.get(&format!("/new-password?token={token}")).send().await;
    assert!(page.status == 200 && page.text().contains("ann@example.org"));
    let short = server.call("choose_password", &format!("token={token}&password=short")).send().await;
    assert_eq!((short.status, code(&short).as_str()), (400, "length"));
    let chosen = scene.use_link("choose_password", &token).await;
    assert_eq!(chosen.status, 200, "{}", chosen.text());
    assert_eq!(server.get("/api/v1/bots").cookie(&login).send().await.status, 401);
    assert_eq!(server.get("/api/v1/bots").bearer(&read_token).send().await.status, 200);
    assert_eq!(server.get("/api/v1/bots").cookie(&login_of(&chosen)).send().await.status, 200);
    assert_eq!(scene.sign_in("ann@example.org", PASSWORD).await, 400);
    assert_eq!(scene.sign_in("ann@example.org", OWN_WORDS).await, 200);
    assert_eq!(code(&scene.use_link("choose_password", &token).await), "used");

    let token = scene.make_password_link().await;
    let form = format!("token={token}&password={}&end_tokens=true", OWN_WORDS.replace(' ', "+"));
    assert_eq!(server.call("choose_password", &form).send().await.status, 200);
    assert_eq!(server.get("/api/v1/bots").bearer(&read_token).send().await.status, 401);
    scene.server.stop().await;
}

#[tokio::test]
async fn a_password_link_ends_after_a_day() {
    let scene = scene().await;
    let token = scene.make_password_link().await;
    scene.server.clock.set(instant("2026-11-19T12:00:00Z"));
    assert_eq!(code(&scene.use_link("choose_password", &token).await), "used");
    assert_eq!(scene.sign_in("ann@example.org", PASSWORD).await, 200);
    scene.server.stop().await;
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_its_bots_go_on() {
    let scene = scene().await;
    let server = &scene.server;
    let bot = server.create_bot("mine").await;
    let login = server.login_cookie(bot.owner).await;
    assert_eq!(server.get("/api/v1/bots").bearer(&bot.read_token).send().await.status, 200);
    let view = scene.change("disable_account", &format!("account_id={}", bot.owner.0)).await;
    assert_eq!(view["done"], "account_disabled");
    let row = |view: &Value| {
        let rows = view["accounts"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["id"] == bot.owner.0).unwrap()
    };
    assert_eq!((row(&view)["is_disabled"].as_bool(), row(&view)["bots"].as_str()), (Some(true), Some("1")));
    assert_eq!(server.get("/api/v1/bots").bearer(&bot.read_token).send().await.status, 401);
    assert_eq!(server.get("/api/v1/bots").cookie(&login).send().await.status, 401);
    let item = crate::support::incoming("u", NOW);
    assert_eq!(server.rejection(&bot, &item).await, None);
    let link = scene.call("make_password_link", &format!("account_id={}", bot.owner.0)).await;
    assert_eq!(link.status, 404);

    let view = scene.change("enable_account", &format!("account_id={}", bot.owner.0)).await;
    assert_eq!(row(&view)["is_disabled"], false);
    assert_eq!(server.get("/api/v1/bots").bearer(&bot.read_token).send().await.status, 200);
    assert_eq!(server.get("/api/v1/bots").cookie(&login).send().await.status, 401);
    scene.server.stop().await;
}

#[tokio::test]
async fn admins_are_made_and_unmade_but_never_by_themselves() {
    let scene = scene().await;
    let (root, ann) = (scene.root.0, scene.ann.0);
    for form in [format!("account_id={root}&role=member"), format!("account_id={root}&role=admin")] {
        assert_eq!(code(&scene.call("change_role", &form).await), "own");
    }
    assert_eq!(code(&scene.call("disable_account", &format!("account_id={root}")).await), "own");
    scene.change("change_role", &format!("account_id={ann}&role=admin")).await;
    let ann_cookie = scene.server.login_cookie(scene.ann).await;
    let as_ann =
        async |name: &str, form: String| scene.server.call(name, &form).cookie(&ann_cookie).send().await;
    assert_eq!(as_ann("load_accounts", String::new()).await.status, 200);
    let done = as_ann("change_role", format!("account_id={root}&role=member")).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert_eq!(scene.call("load_accounts", "").await.status, 404);
    assert_eq!(as_ann("disable_account", format!("account_id={root}")).await.status, 200);
    assert_eq!(scene.call("load_accounts", "").await.status, 401);
    scene.server.stop().await;
}

#[tokio::test]
async fn bad_input_changes_nothing() {
    let scene = scene().await;
    let before = scene.server.store.list_accounts().await.unwrap();
    for (name, form, status) in [
        ("invite", "email=nobody&role=member", 400),
        ("invite", "email=new%40example.org&role=owner", 400),
        ("invite", "email=ann%40example.org&role=member", 400),
        ("invite", "email=new%40example.org", 400),
        ("withdraw_invitation", "invitation_id=x", 400),
        ("make_password_link", "account_id=999", 404),
        ("make_password_link", "account_id=", 400),
        ("disable_account", "account_id=999", 404),
        ("disable_account", "account_id=-1", 404),
        ("enable_account", "account_id=99999999999999999999", 400),
        ("change_role", "account_id=999&role=admin", 404),
        ("change_role", "account_id=2&role=", 400),
        ("change_role", "role=admin", 400),
    ] {
        let answer = scene.call(name, form).await;
        assert_eq!(answer.status, status, "{name} {form}: {}", answer.text());
        assert_eq!(answer.header("set-cookie"), "", "{name} {form}");
    }
    assert_eq!(scene.server.store.list_accounts().await.unwrap(), before);
    assert_eq!(scene.server.store.list_invitations(instant(NOW)).await.unwrap(), []);
    scene.server.stop().await;
}

#[tokio::test]
async fn a_forged_cookie_shows_no_link() {
    let scene = scene().await;
    for flash in ["link.pi_forged", "link.call +1 555 0100", "link."] {
        let cookie = format!("{}; parlance_flash={flash}", scene.cookie);
        let page = scene.server.get("/accounts").cookie(&cookie).send().await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("forged") && !page.text().contains("555"), "{flash}");
    }
    scene.server.stop().await;
}

#[tokio::test]
async fn an_account_has_at_most_a_thousand_bots_and_is_told_so() {
    let scene = scene().await;
    let cookie = scene.server.login_cookie(scene.ann).await;
    let create = || scene.server.call("create_bot", "name=One&time_zone=UTC").cookie(&cookie).send();
    assert_eq!(create().await.status, 200);
    for n in 1..store::bots::MAX_BOTS {
        let zone = analytics::calendar::Zone::UTC;
        let name = format!("Bot {n}");
        let bot = store::bots::NewBot { id: None, owner: scene.ann, name, zone, is_activated: false };
        scene.server.store.create_bot(&bot, instant(NOW)).await.unwrap();
    }
    let refused = create().await;
    assert_eq!((refused.status, code(&refused).as_str()), (400, "too_many"));
    scene.server.stop().await;
}
