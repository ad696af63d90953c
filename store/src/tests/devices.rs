//! Browsers that are known.

use crate::accounts::devices::{DEVICE_LIFETIME_MS, MAX_DEVICES};
use crate::accounts::{Kept, ReadTokens};
use crate::credentials::{Email, Password, Secret};
use crate::testing::{MONDAY, TestStore};

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

#[tokio::test]
async fn a_device_is_known_for_the_account_that_signed_in_there_and_for_no_other() {
    let store = TestStore::open().await.unwrap();
    let ada = store.add_account("ada@example.org").await.unwrap();
    let bob = store.add_account("bob@example.org").await.unwrap();
    let device = store.remember_device(ada, None, MONDAY).await.unwrap();
    let is_known = async |device: &Secret, address: &str, now| {
        store.is_known_device(device, &email(address), now).await.unwrap()
    };
    assert!(is_known(&device, "ada@example.org", MONDAY).await);
    assert!(!is_known(&device, "bob@example.org", MONDAY).await);
    assert!(!is_known(&Secret::presented("pd_forged"), "ada@example.org", MONDAY).await);
    // Another account in the same browser gets a token of its own, and a forged one is never taken over.
    let of_bob = store.remember_device(bob, Some(device.clone()), MONDAY).await.unwrap();
    assert_ne!(of_bob, device);
    let forged = Secret::presented("pd_forged");
    assert_ne!(store.remember_device(ada, Some(forged.clone()), MONDAY).await.unwrap(), forged);
    assert!(!is_known(&forged, "ada@example.org", MONDAY).await);
}

#[tokio::test]
async fn a_device_keeps_its_token_while_it_is_used_and_is_forgotten_when_it_is_not() {
    let store = TestStore::open().await.unwrap();
    let ada = store.add_account("ada@example.org").await.unwrap();
    let address = email("ada@example.org");
    let device = store.remember_device(ada, None, MONDAY).await.unwrap();
    let later = MONDAY.plus_ms(DEVICE_LIFETIME_MS - 1);
    assert!(store.is_known_device(&device, &address, later).await.unwrap());
    assert_eq!(store.remember_device(ada, Some(device.clone()), later).await.unwrap(), device);
    let end = later.plus_ms(DEVICE_LIFETIME_MS);
    assert!(!store.is_known_device(&device, &address, end).await.unwrap());
    assert_ne!(store.remember_device(ada, Some(device.clone()), end).await.unwrap(), device);
}

#[tokio::test]
async fn an_account_has_at_most_fifty_devices_and_the_oldest_makes_room() {
    let store = TestStore::open().await.unwrap();
    let ada = store.add_account("ada@example.org").await.unwrap();
    let address = email("ada@example.org");
    let first = store.remember_device(ada, None, MONDAY).await.unwrap();
    let second = store.remember_device(ada, None, MONDAY.plus_ms(1)).await.unwrap();
    for n in 2..=MAX_DEVICES {
        store.remember_device(ada, None, MONDAY.plus_ms(n)).await.unwrap();
    }
    assert!(!store.is_known_device(&first, &address, MONDAY).await.unwrap());
    assert!(store.is_known_device(&second, &address, MONDAY).await.unwrap());
}

#[tokio::test]
async fn a_new_password_forgets_every_other_device() {
    let store = TestStore::open().await.unwrap();
    let ada = store.add_account("ada@example.org").await.unwrap();
    let address = email("ada@example.org");
    let here = store.remember_device(ada, None, MONDAY).await.unwrap();
    let elsewhere = store.remember_device(ada, None, MONDAY).await.unwrap();
    let new = Password::parse("even longer").unwrap();
    let keep = Kept { login: None, device: Some(&here) };
    assert!(store.change_password(ada, "long enough", &new, keep, ReadTokens::Keep).await.unwrap());
    assert!(store.is_known_device(&here, &address, MONDAY).await.unwrap());
    assert!(!store.is_known_device(&elsewhere, &address, MONDAY).await.unwrap());
}
