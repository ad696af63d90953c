//! Several processes on one database.

use analytics::calendar::Zone;
use analytics::ids::BotId;
use analytics::instant::MINUTE_MS;
use analytics::settings::IdleTimeout;
use tokio::task::JoinHandle;

use crate::bots::{BotChange, BotScope, NewBot, take_turn};
use crate::credentials::{Email, Password};
use crate::engine::values;
use crate::keys::MAX_WRITE_KEYS;
use crate::testing::{MONDAY, TestDatabase, TestStore, incoming};
use crate::{Store, StoreError};

#[tokio::test]
async fn two_stores_write_at_once_and_every_message_counts_once() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let other = store.open_again().await.unwrap();
    let send = |store: Store| {
        tokio::spawn(async move {
            let mut accepted = 0;
            for n in 0..60 {
                let (id, user) = (format!("{n}"), format!("user {}", n % 7));
                let fact = incoming(&id, &user, n * 11 % 60).build().unwrap();
                accepted += store.ingest(bot, vec![fact]).await.unwrap().accepted;
            }
            accepted
        })
    };
    let (one, two) = (send(store.store().clone()), send(other.clone()));
    assert_eq!(one.await.unwrap() + two.await.unwrap(), 60);
    assert_eq!(other.verify(bot, false).await.unwrap(), []);
    let found = other.find_bot(BotScope::All, bot).await.unwrap().unwrap();
    assert_eq!(
        found.last_message_at,
        store.find_bot(BotScope::All, bot).await.unwrap().unwrap().last_message_at
    );
}

#[tokio::test]
async fn what_there_is_once_is_made_once_by_many_at_once() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let owner = store.find_bot(BotScope::All, bot).await.unwrap().unwrap().owner;
    let others = [store.open_again().await.unwrap(), store.open_again().await.unwrap()];
    let at_once = || (0..8).map(|n: usize| (n, others[n % 2].clone()));

    let keys = at_once().map(|(_, store)| {
        tokio::spawn(async move { store.create_write_key(bot, MONDAY).await.unwrap().is_some() })
    });
    assert_eq!(count(keys.collect()).await, MAX_WRITE_KEYS);
    let accounts = at_once().map(|(_, store)| {
        tokio::spawn(async move {
            let (email, password) = (Email::parse("bob@example.org"), Password::parse("long enough"));
            match store.create_account(&email.unwrap(), &password.unwrap(), false, MONDAY).await {
                Err(StoreError::Conflict(_)) => false,
                created => created.is_ok(),
            }
        })
    });
    assert_eq!(count(accounts.collect()).await, 1);
    let bots = at_once().map(|(_, store)| {
        let (id, zone) = (Some(BotId::from_i64(77)), Zone::UTC);
        let bot = NewBot { id, owner, name: "Same".to_owned(), zone, is_activated: true };
        tokio::spawn(async move {
            match store.create_bot(&bot, MONDAY).await {
                Err(StoreError::Conflict(_)) => false,
                created => created.is_ok(),
            }
        })
    });
    assert_eq!(count(bots.collect()).await, 1);
}

#[tokio::test]
async fn a_set_up_token_makes_one_account_however_often_it_is_used_at_once() {
    let store = TestStore::open().await.unwrap();
    let token = store.create_set_up_token(MONDAY).await.unwrap().unwrap();
    let uses = (0..6).map(|n| {
        let (store, token) = (store.store().clone(), token.clone());
        let email = Email::parse(&format!("{n}@example.org")).unwrap();
        let password = Password::parse("long enough").unwrap();
        tokio::spawn(async move { store.set_up(&token, &email, &password, MONDAY).await.unwrap().is_some() })
    });
    assert_eq!(count(uses.collect()).await, 1);
}

#[tokio::test]
async fn messages_settings_and_a_recount_at_once_leave_the_figures_right() {
    let store = TestStore::open().await.unwrap();
    let bots = [store.add_bot().await.unwrap(), store.add_bot().await.unwrap()];
    let others = [store.open_again().await.unwrap(), store.open_again().await.unwrap()];
    let mut tasks = Vec::new();
    for (n, bot) in (0..120).zip(bots.into_iter().cycle()) {
        let other = others[n % 2].clone();
        let minute = i64::try_from(n * 37 % 120).unwrap();
        let fact = incoming(&format!("{}", n % 90), &format!("user {}", n % 5), minute).build().unwrap();
        tasks.push(tokio::spawn(async move { other.ingest(bot, vec![fact]).await.is_ok() }));
        if n % 30 == 7 {
            let (one, two) = (others[0].clone(), others[1].clone());
            let minutes = 10 + i64::try_from(n).unwrap();
            let idle_timeout = IdleTimeout::from_ms(minutes * MINUTE_MS);
            let change = BotChange { idle_timeout, ..BotChange::default() };
            tasks.push(tokio::spawn(async move { one.change_bot(bot, &change).await.unwrap() }));
            tasks.push(tokio::spawn(async move { two.verify(bot, true).await.unwrap().is_empty() }));
        }
    }
    let all = tasks.len();
    assert_eq!(count(tasks).await, all);
    for bot in bots {
        assert_eq!(store.load_facts(bot, None, None, 200).await.unwrap().len(), 45);
        assert_eq!(others[0].verify(bot, false).await.unwrap(), []);
    }
}

/// How many of these came to something.
async fn count(tasks: Vec<JoinHandle<bool>>) -> usize {
    let mut count = 0;
    for task in tasks {
        count += usize::from(task.await.unwrap());
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_together_migrate_one_after_the_other() {
    for _ in 0..10 {
        let database = TestDatabase::empty().await.unwrap();
        let url = database.url().to_owned();
        let open = || {
            tokio::spawn({
                let url = url.clone();
                async move { Store::open(&url).await }
            })
        };
        for opened in [open(), open(), open(), open()] {
            opened.await.unwrap().unwrap().check().await.unwrap();
        }
    }
}

#[tokio::test]
async fn only_a_database_that_outlives_the_process_is_opened() {
    for url in [
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite://",
        "sqlite://x.db?mode=memory",
        "postgres://user:secret@localhost:port/x",
        "mysql://localhost/x",
        "",
    ] {
        let refused = Store::open(url).await;
        assert!(matches!(refused, Err(StoreError::Url)), "{url:?}: {refused:?}");
        assert!(!format!("{refused:?}").contains("secret"));
    }
    let nobody = Store::open("postgres://user:secret@%2Fnowhere/x").await;
    assert!(matches!(nobody, Err(StoreError::Unavailable(_))), "{nobody:?}");
    let missing = Store::open("sqlite:///nowhere/at/all/parlance.db").await;
    assert!(matches!(missing, Err(StoreError::Database(_))), "{missing:?}");
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    store.ingest(bot, vec![incoming("1", "ada", 0).build().unwrap()]).await.unwrap();
    store.close().await;
    let again = store.open_again().await.unwrap();
    again.check().await.unwrap();
    assert_eq!(again.load_facts(bot, None, None, 10).await.unwrap().len(), 1);
    assert!(store.check().await.is_err());
}

#[tokio::test]
async fn postgres_connections_that_are_cut_are_replaced() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let other = store.open_again().await.unwrap();
    let mut cut = store.database().write().await.unwrap();
    let cut_all = "with others as materialized (select pid from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid())
        select count(*) as cut from others where pg_terminate_backend(pid, 5000)";
    let mut cutting = other.database().write().await.unwrap();
    assert!(cutting.fetch_one(cut_all, values![]).await.unwrap().int("cut").unwrap() > 0);
    let lost = cut.fetch_all("select 1", values![]).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
    store.ingest(bot, vec![incoming("1", "ada", 0).build().unwrap()]).await.unwrap();
    assert_eq!(store.load_facts(bot, None, None, 10).await.unwrap().len(), 1);
    store.check().await.unwrap();
}

#[tokio::test]
async fn postgres_bots_do_not_wait_for_each_other() {
    let store = TestStore::open().await.unwrap();
    let (held, free) = (store.add_bot().await.unwrap(), store.add_bot().await.unwrap());
    let mut turn = store.database().write().await.unwrap();
    take_turn(&mut turn, held).await.unwrap().unwrap();
    let waiting = tokio::spawn({
        let (store, fact) = (store.store().clone(), incoming("1", "ada", 0).build().unwrap());
        async move { store.ingest(held, vec![fact]).await }
    });
    let accepted = store.ingest(free, vec![incoming("1", "ada", 0).build().unwrap()]).await.unwrap();
    assert_eq!(accepted.accepted, 1);
    assert!(!waiting.is_finished());
    drop(turn);
    assert_eq!(waiting.await.unwrap().unwrap().accepted, 1);
}

#[tokio::test]
async fn a_reader_sees_one_state_and_changes_nothing() {
    let store = TestStore::open().await.unwrap();
    let bot = store.add_bot().await.unwrap();
    let mut reader = store.database().read().await.unwrap();
    for _ in 0..2 {
        let counted = reader.fetch_one("select count(*) as facts from facts", values![]).await.unwrap();
        assert_eq!(counted.int("facts").unwrap(), 0);
        store.ingest(bot, vec![incoming("1", "ada", 0).build().unwrap()]).await.unwrap();
    }
    assert!(reader.execute("delete from facts", values![]).await.is_err());
    drop(reader);
    assert_eq!(store.load_facts(bot, None, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn postgres_commits_wait_for_the_disk_whatever_the_server_does_for_others() {
    let store = TestStore::open().await.unwrap();
    let mut transaction = store.database().write().await.unwrap();
    let sql = "select current_setting('synchronous_commit') as commit_waits,
            current_setting('transaction_isolation') as isolation";
    let row = transaction.fetch_one(sql, values![]).await.unwrap();
    assert_eq!(
        (row.text("commit_waits").unwrap().as_str(), row.text("isolation").unwrap().as_str()),
        ("on", "read committed")
    );
}
