//! The life of accounts and sign-ins.

use analytics::instant::{DAY_MS, Instant, MINUTE_MS};

use crate::StoreError;
use crate::accounts::{Asker, Kept, LOGIN_LIFETIME_MS, LOGIN_LONGEST_MS, ReadTokens};
use crate::credentials::{Email, Password, Secret};
use crate::testing::{MONDAY, TestStore};

const PASSWORD: &str = "long enough";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

async fn sign_in(store: &TestStore, now: Instant) -> Secret {
    let signed_in = store.sign_in("ADA@example.org ", PASSWORD, "Firefox", Asker::Stranger, now).await;
    signed_in.unwrap().unwrap().login
}

/// Whether a password opens an address.
async fn opens(store: &TestStore, address: &str, password: &str) -> bool {
    store.sign_in(address, password, "", Asker::Stranger, MONDAY).await.unwrap().is_some()
}

#[tokio::test]
async fn the_first_account_is_made_once_with_the_latest_token() {
    let store = TestStore::open().await.unwrap();
    assert!(!store.has_accounts().await.unwrap());
    let stale = store.create_set_up_token(MONDAY).await.unwrap().unwrap();
    let token = store.create_set_up_token(MONDAY).await.unwrap().unwrap();
    let (ada, pass) = (email("ada@example.org"), password(PASSWORD));
    assert_eq!(store.set_up(&stale, &ada, &pass, MONDAY).await.unwrap(), None);
    let account = store.set_up(&token, &ada, &pass, MONDAY).await.unwrap().unwrap();
    assert_eq!(store.find_account(&ada).await.unwrap(), Some(account));
    assert_eq!(store.set_up(&token, &email("eve@example.org"), &pass, MONDAY).await.unwrap(), None);
    assert!(store.create_set_up_token(MONDAY).await.unwrap().is_none());
    let login = store.create_login(account, "Firefox", MONDAY).await.unwrap();
    assert!(store.find_viewer(&login, MONDAY).await.unwrap().unwrap().is_admin);
}

#[tokio::test]
async fn of_two_set_ups_at_once_one_wins() {
    let store = TestStore::open().await.unwrap();
    let token = store.create_set_up_token(MONDAY).await.unwrap().unwrap();
    let (pass, ada, bob) = (password(PASSWORD), email("ada@x"), email("bob@x"));
    let (one, two) =
        tokio::join!(store.set_up(&token, &ada, &pass, MONDAY), store.set_up(&token, &bob, &pass, MONDAY));
    assert_eq!(usize::from(one.unwrap().is_some()) + usize::from(two.unwrap().is_some()), 1);
}

#[tokio::test]
async fn an_account_made_on_the_command_line_ends_the_set_up_token() {
    let store = TestStore::open().await.unwrap();
    let token = store.create_set_up_token(MONDAY).await.unwrap().unwrap();
    store.add_account("ada@example.org").await.unwrap();
    let eve = store.set_up(&token, &email("eve@example.org"), &password(PASSWORD), MONDAY).await;
    assert_eq!(eve.unwrap(), None);
    let twice = store.create_account(&email("ada@example.org"), &password(PASSWORD), false, MONDAY).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))));
}

#[tokio::test]
async fn only_the_right_password_of_a_known_address_signs_in() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    for (address, pass) in
        [("ada@example.org", "long enougH"), ("bob@example.org", PASSWORD), ("", ""), ("@", PASSWORD)]
    {
        assert!(!opens(&store, address, pass).await, "{address}");
    }
    let viewer = store.find_viewer(&sign_in(&store, MONDAY).await, MONDAY).await.unwrap().unwrap();
    assert_eq!(
        (viewer.account_id, viewer.email.as_str(), viewer.is_admin),
        (account, "ada@example.org", false)
    );
    assert_eq!(store.find_viewer(&Secret::presented(""), MONDAY).await.unwrap(), None);
}

#[tokio::test]
async fn a_login_slides_while_it_is_used_and_dies_when_it_is_not() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let login = sign_in(&store, MONDAY).await;
    let later = |ms: i64| MONDAY.plus_ms(ms);
    let last_used = async || store.list_logins(account, &login, MONDAY).await.unwrap()[0].0.last_used_at;
    assert!(store.find_viewer(&login, later(MINUTE_MS - 1)).await.unwrap().is_some());
    assert!(store.find_viewer(&login, later(LOGIN_LIFETIME_MS - 1)).await.unwrap().is_some());
    // It is written down beside the request, and the use within the first minute never was.
    loop {
        let seen = last_used().await;
        if seen == later(LOGIN_LIFETIME_MS - 1) {
            break;
        }
        assert_eq!(seen, MONDAY);
        tokio::task::yield_now().await;
    }
    let end = 2 * LOGIN_LIFETIME_MS - 1;
    assert!(store.find_viewer(&login, later(end)).await.unwrap().is_none());
    assert_eq!(store.list_logins(account, &login, later(end)).await.unwrap(), []);
}

#[tokio::test]
async fn logins_end_one_by_one_and_only_ones_own() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let other = store.add_account("bob@example.org").await.unwrap();
    let (first, second) = (sign_in(&store, MONDAY).await, sign_in(&store, MONDAY.plus_ms(5)).await);
    let logins = store.list_logins(account, &first, MONDAY).await.unwrap();
    assert_eq!(logins.iter().map(|(_, is_current)| *is_current).collect::<Vec<_>>(), [false, true]);
    assert!(!store.revoke_login(other, logins[0].0.id).await.unwrap());
    assert!(store.revoke_login(account, logins[0].0.id).await.unwrap());
    assert_eq!(store.find_viewer(&second, MONDAY).await.unwrap(), None);
    store.sign_out(&first).await.unwrap();
    store.sign_out(&first).await.unwrap();
    assert_eq!(store.find_viewer(&first, MONDAY).await.unwrap(), None);
}

#[tokio::test]
async fn a_login_that_is_used_every_day_ends_all_the_same() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let login = sign_in(&store, MONDAY).await;
    let mut now = MONDAY;
    while now.as_ms() + DAY_MS < MONDAY.as_ms() + LOGIN_LONGEST_MS {
        now = now.plus_ms(DAY_MS);
        assert!(store.find_viewer(&login, now).await.unwrap().is_some());
        while store.list_logins(account, &login, MONDAY).await.unwrap()[0].0.last_used_at != now {
            tokio::task::yield_now().await;
        }
    }
    let end = MONDAY.plus_ms(LOGIN_LONGEST_MS);
    assert!(store.find_viewer(&login, end.plus_ms(-1)).await.unwrap().is_some());
    assert!(store.find_viewer(&login, end).await.unwrap().is_none());
    assert_eq!(store.list_logins(account, &login, end).await.unwrap(), []);
}

#[tokio::test]
async fn a_new_password_ends_every_other_login() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let (kept, ended) = (sign_in(&store, MONDAY).await, sign_in(&store, MONDAY).await);
    let new = password("even longer");
    let keep = Kept { login: Some(&kept), device: None };
    let change =
        async |current| store.change_password(account, current, &new, keep, ReadTokens::Keep).await.unwrap();
    assert!(!change("wrong").await);
    assert!(store.find_viewer(&ended, MONDAY).await.unwrap().is_some());
    assert!(change(PASSWORD).await);
    assert!(store.find_viewer(&kept, MONDAY).await.unwrap().is_some());
    assert!(store.find_viewer(&ended, MONDAY).await.unwrap().is_none());
    assert!(!opens(&store, "ada@example.org", PASSWORD).await);
    assert!(opens(&store, "ada@example.org", "even longer").await);
}

#[tokio::test]
async fn a_new_password_ends_read_tokens_at_once_if_that_is_asked_for() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let (token, _) = store.create_read_token(account, None, MONDAY).await.unwrap().unwrap();
    let reads = async || store.find_read_access(&token, MONDAY).await.unwrap().is_some();
    let new = password("even longer");
    let change = async |current, tokens| {
        store.change_password(account, current, &new, Kept::default(), tokens).await.unwrap()
    };
    assert!(change(PASSWORD, ReadTokens::Keep).await && reads().await);
    assert!(!change("wrong", ReadTokens::End).await && reads().await);
    assert!(change("even longer", ReadTokens::End).await && !reads().await);
    assert_eq!(store.list_read_tokens(account).await.unwrap(), []);
}

#[tokio::test]
async fn a_password_is_reset_without_the_old_one_and_ends_everything_that_it_opened() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let login = sign_in(&store, MONDAY).await;
    let device = store.remember_device(account, None, MONDAY).await.unwrap();
    let new = password("even longer");
    assert!(store.reset_password(account, &new, ReadTokens::Keep).await.unwrap());
    assert!(store.find_viewer(&login, MONDAY).await.unwrap().is_none());
    assert!(!store.is_known_device(&device, &email("ada@example.org"), MONDAY).await.unwrap());
    assert!(!opens(&store, "ada@example.org", PASSWORD).await);
    assert!(opens(&store, "ada@example.org", "even longer").await);
    let nobody = analytics::ids::AccountId(999);
    assert!(!store.reset_password(nobody, &new, ReadTokens::Keep).await.unwrap());
}

#[tokio::test]
async fn preferences_are_kept() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    let login = sign_in(&store, MONDAY).await;
    assert_eq!(store.find_viewer(&login, MONDAY).await.unwrap().unwrap().preferences, "{}");
    store.save_preferences(account, r#"{"theme":"dark"}"#).await.unwrap();
    assert_eq!(store.find_viewer(&login, MONDAY).await.unwrap().unwrap().preferences, r#"{"theme":"dark"}"#);
}
