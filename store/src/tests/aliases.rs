//! One person under several ids is one user.

use analytics::fact::Fact;
use analytics::ids::{BotId, UserId};

use crate::aliases::Alias;
use crate::testing::{TestStore, incoming, outgoing};

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn alias(id: &str, of: &str) -> Alias {
    Alias { id: user(id), user_id: user(of) }
}

/// Whose an id is, as far as that is known.
async fn owner(store: &TestStore, bot: BotId, id: &str) -> Option<String> {
    let found = store.find_aliases(bot, &[id, "nobody"]).await.unwrap();
    assert!(found.len() < 2);
    found.get(id).map(|user| user.as_str().to_owned())
}

async fn facts(store: &TestStore, bot: BotId) -> Vec<Fact> {
    store.load_facts(bot, None, None, 10).await.unwrap()
}

#[tokio::test]
async fn what_was_counted_of_a_visitor_becomes_the_users() {
    let (store, expected) = (TestStore::open().await.unwrap(), TestStore::open().await.unwrap());
    let (bot, other) = (store.add_bot().await.unwrap(), expected.add_bot().await.unwrap());
    let said = |of_visitor: &str| {
        vec![
            incoming("1", of_visitor, 0).within("s").build().unwrap(),
            outgoing("2", of_visitor, 1).within("s").build().unwrap(),
            incoming("3", "ada", 2).within("s").build().unwrap(),
            incoming("4", "eve", 3).build().unwrap(),
        ]
    };
    store.ingest(bot, said("visitor")).await.unwrap();
    expected.ingest(other, said("ada")).await.unwrap();
    store.add_aliases(bot, &[alias("visitor", "ada")]).await.unwrap();
    assert_eq!(facts(&store, bot).await, facts(&expected, other).await);
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
    assert_eq!(owner(&store, bot, "visitor").await.as_deref(), Some("ada"));
    assert_eq!(owner(&store, other, "visitor").await, None);
}

#[tokio::test]
async fn an_id_stays_with_the_user_who_was_named_first() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let said = [incoming("1", "ada", 0), incoming("2", "eve", 1)];
    store.ingest(bot, said.into_iter().map(|fact| fact.build().unwrap()).collect()).await.unwrap();
    store.add_aliases(bot, &[alias("visitor", "ada"), alias("visitor", "eve")]).await.unwrap();
    store.add_aliases(bot, &[alias("visitor", "eve")]).await.unwrap();
    assert_eq!(owner(&store, bot, "visitor").await.as_deref(), Some("ada"));
    let users: Vec<_> = facts(&store, bot).await.into_iter().map(|fact| fact.user_id).collect();
    assert_eq!(users, [user("ada"), user("eve")]);
}

#[tokio::test]
async fn ids_may_be_joined_in_a_chain_and_never_in_a_circle() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, vec![incoming("1", "a", 0).build().unwrap()]).await.unwrap();
    store
        .add_aliases(bot, &[alias("a", "b"), alias("b", "c"), alias("c", "a"), alias("c", "c")])
        .await
        .unwrap();
    for id in ["a", "b"] {
        assert_eq!(owner(&store, bot, id).await.as_deref(), Some("c"), "{id}");
    }
    assert_eq!(owner(&store, bot, "c").await, None);
    assert_eq!(facts(&store, bot).await[0].user_id, user("c"));
    store.add_aliases(bot, &[alias("d", "a")]).await.unwrap();
    assert_eq!(owner(&store, bot, "d").await.as_deref(), Some("c"));
    assert_eq!(store.verify(bot, false).await.unwrap(), []);
}

#[tokio::test]
async fn an_erased_user_leaves_no_id_behind() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.add_aliases(bot, &[alias("visitor", "ada"), alias("guest", "eve")]).await.unwrap();
    store.erase_user(bot, &user("ada")).await.unwrap();
    store.erase_user(bot, &user("guest")).await.unwrap();
    assert_eq!((owner(&store, bot, "visitor").await, owner(&store, bot, "guest").await), (None, None));
}

#[tokio::test]
async fn a_deleted_bot_leaves_no_id_behind() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.add_aliases(bot, &[alias("visitor", "ada")]).await.unwrap();
    assert!(store.delete_bot(bot, crate::testing::MONDAY).await.unwrap());
    let mut transaction = store.database().read().await.unwrap();
    let row = transaction
        .fetch_one("select count(*) as aliases from user_aliases", crate::engine::values![])
        .await
        .unwrap();
    assert_eq!(row.count("aliases").unwrap(), 0);
    store.add_aliases(bot, &[alias("visitor", "ada")]).await.unwrap();
    assert_eq!(owner(&store, bot, "visitor").await, None);
}
