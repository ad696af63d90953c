//! Accounts that are disabled, and who manages accounts.

use analytics::ids::AccountId;

use crate::accounts::{AccountChange, Asker, ReadTokens, Role};
use crate::bots::{BotScope, MAX_BOTS, NewBot};
use crate::credentials::{Email, Password};
use crate::engine::{Value, values};
use crate::testing::{MONDAY, TestStore, incoming};
use crate::{Store, StoreError};

const PASSWORD: &str = "long enough";

async fn add_admin(store: &Store, address: &str) -> AccountId {
    let (email, password) = (Email::parse(address).unwrap(), Password::parse(PASSWORD).unwrap());
    store.create_account(&email, &password, true, MONDAY).await.unwrap()
}

async fn opens(store: &Store, address: &str) -> bool {
    store.sign_in(address, PASSWORD, "", Asker::Stranger, MONDAY).await.unwrap().is_some()
}

#[tokio::test]
async fn a_disabled_account_is_shut_out_at_once_and_its_bots_go_on() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let owner = store.find_bot(BotScope::All, bot).await.unwrap().unwrap().owner;
    let address = store.list_accounts().await.unwrap().remove(0).email;
    let email = Email::parse(&address).unwrap();
    let (key, _) = store.create_write_key(bot, MONDAY).await.unwrap().unwrap();
    let (token, _) = store.create_read_token(owner, None, MONDAY).await.unwrap().unwrap();
    let login = store.create_login(owner, "", MONDAY).await.unwrap();
    let device = store.remember_device(owner, None, MONDAY).await.unwrap();
    assert!(store.find_read_access(&token, MONDAY).await.unwrap().is_some());

    assert_eq!(store.disable_account(owner, MONDAY).await.unwrap(), AccountChange::Done);
    assert!(!opens(&store, &address).await);
    assert_eq!(store.find_viewer(&login, MONDAY).await.unwrap(), None);
    assert_eq!(store.find_read_access(&token, MONDAY).await.unwrap(), None);
    assert!(!store.is_known_device(&device, &email, MONDAY).await.unwrap());
    assert!(store.find_write_access(&key, MONDAY).await.unwrap().unwrap().is_activated);
    let sent = vec![incoming("one", "ada", 0).build().unwrap()];
    assert_eq!(store.ingest(bot, sent).await.unwrap().accepted, 1);
    assert_eq!(store.list_accounts().await.unwrap()[0].disabled_at, Some(MONDAY));

    assert_eq!(store.enable_account(owner).await.unwrap(), AccountChange::Done);
    assert!(opens(&store, &address).await);
    assert_eq!(store.find_viewer(&login, MONDAY).await.unwrap(), None);
    assert!(store.find_read_access(&token, MONDAY).await.unwrap().is_some());
    assert!(!store.is_known_device(&device, &email, MONDAY).await.unwrap());
}

#[tokio::test]
async fn a_login_that_was_made_in_spite_of_all_opens_no_disabled_account() {
    let store = TestStore::open().await.unwrap();
    let account = store.add_account("ada@example.org").await.unwrap();
    store.disable_account(account, MONDAY).await.unwrap();
    let login = store.create_login(account, "", MONDAY).await.unwrap();
    assert_eq!(store.find_viewer(&login, MONDAY).await.unwrap(), None);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let store = TestStore::open().await.unwrap();
    let (ada, bob) = (add_admin(&store, "ada@x").await, add_admin(&store, "bob@x").await);
    assert_eq!(store.disable_account(ada, MONDAY).await.unwrap(), AccountChange::Done);
    assert_eq!(store.disable_account(bob, MONDAY).await.unwrap(), AccountChange::LastAdmin);
    assert_eq!(store.change_role(bob, Role::Member).await.unwrap(), AccountChange::LastAdmin);
    assert!(opens(&store, "bob@x").await);
    assert_eq!(store.enable_account(ada).await.unwrap(), AccountChange::Done);
    assert_eq!(store.change_role(bob, Role::Member).await.unwrap(), AccountChange::Done);
    assert_eq!(store.disable_account(bob, MONDAY).await.unwrap(), AccountChange::Done);
    assert_eq!(store.change_role(ada, Role::Member).await.unwrap(), AccountChange::LastAdmin);
}

#[tokio::test]
async fn of_two_admins_who_disable_each_other_at_once_one_stays() {
    let store = TestStore::open().await.unwrap();
    let (ada, bob) = (add_admin(&store, "ada@x").await, add_admin(&store, "bob@x").await);
    let again = store.open_again().await.unwrap();
    let (one, two) = tokio::join!(store.disable_account(ada, MONDAY), again.change_role(bob, Role::Member));
    let done = [one.unwrap(), two.unwrap()];
    assert!(done.contains(&AccountChange::Done) && done.contains(&AccountChange::LastAdmin), "{done:?}");
}

#[tokio::test]
async fn an_account_that_is_not_there_cannot_be_changed() {
    let store = TestStore::open().await.unwrap();
    let nobody = AccountId(999);
    assert_eq!(store.disable_account(nobody, MONDAY).await.unwrap(), AccountChange::Unknown);
    assert_eq!(store.enable_account(nobody).await.unwrap(), AccountChange::Unknown);
    assert_eq!(store.change_role(nobody, Role::Admin).await.unwrap(), AccountChange::Unknown);
}

#[tokio::test]
async fn a_role_is_known_to_read_tokens_at_once() {
    let store = TestStore::open().await.unwrap();
    add_admin(&store, "root@x").await;
    let ada = store.add_account("ada@example.org").await.unwrap();
    let (token, _) = store.create_read_token(ada, None, MONDAY).await.unwrap().unwrap();
    let is_admin = async || store.find_read_access(&token, MONDAY).await.unwrap().unwrap().is_admin;
    assert!(!is_admin().await);
    store.change_role(ada, Role::Admin).await.unwrap();
    assert!(is_admin().await);
    store.change_role(ada, Role::Member).await.unwrap();
    assert!(!is_admin().await);
}

#[tokio::test]
async fn accounts_are_listed_with_their_bots_and_their_last_sign_in() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let ada = store.add_account("ada@example.org").await.unwrap();
    store.create_bot(&bot_of(ada), MONDAY).await.unwrap();
    let later = MONDAY.plus_ms(5);
    store.sign_in("ada@example.org", PASSWORD, "", Asker::Stranger, later).await.unwrap().unwrap();
    let accounts = store.list_accounts().await.unwrap();
    let told =
        accounts.iter().map(|account| (account.id, account.is_admin, account.last_sign_in_at, account.bots));
    assert_eq!(told.collect::<Vec<_>>(), [(ada, false, Some(later), 1), (root, true, None, 0)]);
}

fn bot_of(owner: AccountId) -> NewBot {
    let zone = analytics::calendar::Zone::UTC;
    NewBot { id: None, owner, name: "Bot".to_owned(), zone, is_activated: true }
}

#[tokio::test]
async fn an_account_has_at_most_a_thousand_bots() {
    let store = TestStore::open().await.unwrap();
    let ada = store.add_account("ada@example.org").await.unwrap();
    let mut transaction = store.database().write().await.unwrap();
    let sql = "insert into bots (bot_id, owner_id, name, is_activated, stores_text, created_at)
        with recursive numbers (n) as (values (1) union all select n + 1 from numbers where n < $2)
        select n, $1, 'Bot', 1, 0, 0 from numbers";
    let rest = Value::from(i64::try_from(MAX_BOTS).unwrap() - 1);
    transaction.execute(sql, &[Value::from(ada.0), rest]).await.unwrap();
    transaction.commit().await.unwrap();
    let last = store.create_bot(&bot_of(ada), MONDAY).await.unwrap();
    let refused = store.create_bot(&bot_of(ada), MONDAY).await;
    assert!(matches!(refused, Err(StoreError::TooManyBots)), "{refused:?}");
    let bob = store.add_account("bob@example.org").await.unwrap();
    store.create_bot(&bot_of(bob), MONDAY).await.unwrap();
    assert!(store.delete_bot(last, MONDAY).await.unwrap());
    store.create_bot(&bot_of(ada), MONDAY).await.unwrap();
}

/// A sign-in whose password was right is worth nothing if the account was shut while the password was being checked.
#[tokio::test]
async fn a_password_that_was_reset_meanwhile_opens_nothing() {
    let store = TestStore::open().await.unwrap();
    let ada = store.add_account("ada@example.org").await.unwrap();
    let new = Password::parse("even longer").unwrap();
    for _ in 0..20 {
        let mut transaction = store.database().write().await.unwrap();
        let old = transaction.fetch_one("select password_hash from accounts", values![]).await.unwrap();
        transaction.execute("delete from logins", values![]).await.unwrap();
        transaction.commit().await.unwrap();
        let (signed_in, reset) = tokio::join!(
            store.sign_in("ada@example.org", PASSWORD, "", Asker::Stranger, MONDAY),
            store.reset_password(ada, &new, ReadTokens::Keep)
        );
        assert!(reset.unwrap());
        if let Some(signed_in) = signed_in.unwrap() {
            assert_eq!(store.find_viewer(&signed_in.login, MONDAY).await.unwrap(), None);
        }
        let mut transaction = store.database().write().await.unwrap();
        let sql = "update accounts set password_hash = $1";
        transaction.execute(sql, values![&*old.text("password_hash").unwrap()]).await.unwrap();
        transaction.commit().await.unwrap();
    }
}
