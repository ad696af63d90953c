//! One-time links: invitations and password links.

use analytics::ids::AccountId;

use crate::accounts::links::{INVITATION_LIFETIME_MS, PASSWORD_LINK_LIFETIME_MS};
use crate::accounts::{AccountChange, Asker, ReadTokens, Role};
use crate::credentials::{Email, Password, Secret};
use crate::engine::values;
use crate::testing::{MONDAY, TestStore};
use crate::{Store, StoreError};

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

async fn add_admin(store: &Store, address: &str) -> AccountId {
    store.create_account(&email(address), &password("long enough"), true, MONDAY).await.unwrap()
}

async fn invite(store: &Store, by: AccountId, role: Role) -> Secret {
    store.create_invitation(by, &email("ada@example.org"), role, MONDAY).await.unwrap().unwrap()
}

async fn opens(store: &Store, password: &str) -> bool {
    store.sign_in("ada@example.org", password, "", Asker::Stranger, MONDAY).await.unwrap().is_some()
}

#[tokio::test]
async fn an_invitation_makes_one_account_with_its_role_and_is_used_up() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    for (role, address) in [(Role::Member, "ada@example.org"), (Role::Admin, "bob@example.org")] {
        let token = store.create_invitation(root, &email(address), role, MONDAY).await.unwrap().unwrap();
        assert_eq!(store.find_invitation(&token, MONDAY).await.unwrap().as_deref(), Some(address));
        let made = store.accept_invitation(&token, &password("my own words"), MONDAY).await.unwrap().unwrap();
        assert_eq!(store.find_account(&email(address)).await.unwrap(), Some(made));
        assert_eq!(store.is_admin(made).await.unwrap(), role == Role::Admin);
        assert_eq!(store.find_invitation(&token, MONDAY).await.unwrap(), None);
        assert_eq!(store.accept_invitation(&token, &password("my own words"), MONDAY).await.unwrap(), None);
    }
    assert_eq!(store.list_invitations(MONDAY).await.unwrap(), []);
}

#[tokio::test]
async fn of_two_uses_of_an_invitation_at_once_one_wins() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let token = invite(&store, root, Role::Member).await;
    let again = store.open_again().await.unwrap();
    let (mine, theirs) = (password("my own words"), password("their own words"));
    let (one, two) = tokio::join!(
        store.accept_invitation(&token, &mine, MONDAY),
        again.accept_invitation(&token, &theirs, MONDAY)
    );
    assert_eq!(usize::from(one.unwrap().is_some()) + usize::from(two.unwrap().is_some()), 1);
    assert_ne!(opens(&store, "my own words").await, opens(&store, "their own words").await);
}

#[tokio::test]
async fn a_link_ends_by_its_time() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let token = invite(&store, root, Role::Member).await;
    let end = MONDAY.plus_ms(INVITATION_LIFETIME_MS);
    assert!(store.find_invitation(&token, end.plus_ms(-1)).await.unwrap().is_some());
    assert_eq!(store.find_invitation(&token, end).await.unwrap(), None);
    assert_eq!(store.accept_invitation(&token, &password("my own words"), end).await.unwrap(), None);
    assert_eq!(store.list_invitations(end.plus_ms(-1)).await.unwrap().len(), 1);
    assert_eq!(store.list_invitations(end).await.unwrap(), []);

    let ada = store.add_account("ada@example.org").await.unwrap();
    let token = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    let end = MONDAY.plus_ms(PASSWORD_LINK_LIFETIME_MS);
    assert!(store.find_password_link(&token, end.plus_ms(-1)).await.unwrap().is_some());
    assert_eq!(store.find_password_link(&token, end).await.unwrap(), None);
    let used = store.use_password_link(&token, &password("my own words"), ReadTokens::Keep, end).await;
    assert_eq!(used.unwrap(), None);
    assert!(opens(&store, "long enough").await);
}

#[tokio::test]
async fn the_latest_link_of_an_address_is_the_one_that_works() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let (stale, token) = (invite(&store, root, Role::Admin).await, invite(&store, root, Role::Member).await);
    assert_eq!(store.find_invitation(&stale, MONDAY).await.unwrap(), None);
    let ada = store.accept_invitation(&token, &password("long enough"), MONDAY).await.unwrap().unwrap();
    assert!(!store.is_admin(ada).await.unwrap());
    let stale = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    let token = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    assert_eq!(store.find_password_link(&stale, MONDAY).await.unwrap(), None);
    assert!(store.find_password_link(&token, MONDAY).await.unwrap().is_some());
}

#[tokio::test]
async fn an_invitation_is_withdrawn_and_none_is_made_for_an_account_that_exists() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let token = invite(&store, root, Role::Member).await;
    let entry = store.list_invitations(MONDAY).await.unwrap().remove(0);
    assert_eq!((entry.email.as_str(), entry.is_admin), ("ada@example.org", false));
    assert!(store.withdraw_invitation(entry.id).await.unwrap());
    assert!(!store.withdraw_invitation(entry.id).await.unwrap());
    assert_eq!(store.accept_invitation(&token, &password("my own words"), MONDAY).await.unwrap(), None);

    let token = invite(&store, root, Role::Member).await;
    store.add_account("ada@example.org").await.unwrap();
    assert_eq!(store.find_invitation(&token, MONDAY).await.unwrap(), None);
    let twice = store.create_invitation(root, &email("ada@example.org"), Role::Member, MONDAY).await;
    assert!(matches!(twice, Err(StoreError::Conflict(_))), "{twice:?}");
}

#[tokio::test]
async fn only_an_admin_makes_links_and_they_end_with_the_admins_rights() {
    let store = TestStore::open().await.unwrap();
    add_admin(&store, "root@x").await;
    let bob = add_admin(&store, "bob@x").await;
    let carol = store.add_account("carol@x").await.unwrap();
    let to = email("ada@example.org");
    for end in ["disabled", "member"] {
        let invitation = store.create_invitation(bob, &to, Role::Admin, MONDAY).await.unwrap().unwrap();
        let link = store.create_password_link(bob, carol, MONDAY).await.unwrap().unwrap();
        match end {
            "disabled" => store.disable_account(bob, MONDAY).await.unwrap(),
            _ => store.change_role(bob, Role::Member).await.unwrap(),
        };
        assert_eq!(store.find_invitation(&invitation, MONDAY).await.unwrap(), None, "{end}");
        assert_eq!(store.find_password_link(&link, MONDAY).await.unwrap(), None, "{end}");
        assert!(store.create_invitation(bob, &to, Role::Member, MONDAY).await.unwrap().is_none(), "{end}");
        assert!(store.create_password_link(bob, carol, MONDAY).await.unwrap().is_none(), "{end}");
        assert_eq!(store.enable_account(bob).await.unwrap(), AccountChange::Done);
    }
}

#[tokio::test]
async fn a_password_link_sets_the_password_once_and_ends_every_login() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let ada = store.add_account("ada@example.org").await.unwrap();
    let login = store.create_login(ada, "", MONDAY).await.unwrap();
    let (read_token, _) = store.create_read_token(ada, None, MONDAY).await.unwrap().unwrap();
    let token = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    assert!(opens(&store, "long enough").await);
    let use_link = async |tokens| {
        store.use_password_link(&token, &password("my own words"), tokens, MONDAY).await.unwrap()
    };
    assert_eq!(use_link(ReadTokens::End).await, Some(ada));
    assert_eq!(use_link(ReadTokens::End).await, None);
    assert!(opens(&store, "my own words").await && !opens(&store, "long enough").await);
    assert_eq!(store.find_viewer(&login, MONDAY).await.unwrap(), None);
    assert_eq!(store.find_read_access(&read_token, MONDAY).await.unwrap(), None);
}

#[tokio::test]
async fn of_two_uses_of_a_password_link_at_once_one_wins() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let ada = store.add_account("ada@example.org").await.unwrap();
    let token = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    let again = store.open_again().await.unwrap();
    let (mine, theirs) = (password("my own words"), password("their own words"));
    let (one, two) = tokio::join!(
        store.use_password_link(&token, &mine, ReadTokens::Keep, MONDAY),
        again.use_password_link(&token, &theirs, ReadTokens::Keep, MONDAY)
    );
    assert_eq!(usize::from(one.unwrap().is_some()) + usize::from(two.unwrap().is_some()), 1);
    assert_ne!(opens(&store, "my own words").await, opens(&store, "their own words").await);
}

#[tokio::test]
async fn a_password_link_ends_with_a_new_password_and_opens_no_disabled_account() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let ada = store.add_account("ada@example.org").await.unwrap();
    let token = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    store.reset_password(ada, &password("even longer"), ReadTokens::Keep).await.unwrap();
    assert_eq!(store.find_password_link(&token, MONDAY).await.unwrap(), None);

    let token = store.create_password_link(root, ada, MONDAY).await.unwrap().unwrap();
    store.disable_account(ada, MONDAY).await.unwrap();
    assert!(store.create_password_link(root, ada, MONDAY).await.unwrap().is_none());
    assert_eq!(store.find_password_link(&token, MONDAY).await.unwrap(), None);
    store.enable_account(ada).await.unwrap();
    assert_eq!(store.find_password_link(&token, MONDAY).await.unwrap(), None);
}

#[tokio::test]
async fn a_link_is_stored_as_a_hash() {
    let store = TestStore::open().await.unwrap();
    let root = add_admin(&store, "root@x").await;
    let token = invite(&store, root, Role::Member).await;
    let mut transaction = store.database().read().await.unwrap();
    let sql = "select 1 from invitations where token_hash = $1";
    assert!(transaction.fetch_optional(sql, values![&token.hash()]).await.unwrap().is_some());
}
