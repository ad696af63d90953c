//! Attackers and owners.

use analytics::clock::FixedClock;
use analytics::instant::{Instant, MINUTE_MS};

use super::*;

const NOW: Instant = Instant::from_ms(1_800_000_000_000);

fn limits() -> (Arc<FixedClock>, Limits) {
    let clock = Arc::new(FixedClock::new(NOW));
    (clock.clone(), Limits::new(clock))
}

/// An address of the documentation's network.
fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

/// An address of a network of its own.
fn elsewhere(network: u8) -> IpAddr {
    IpAddr::from([10, 0, network, 1])
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn ada() -> Email {
    email("ada@example.com")
}

/// How many of these tries for ada are admitted.
fn admitted(limits: &Limits, from: impl IntoIterator<Item = IpAddr>) -> usize {
    from.into_iter().filter(|from| limits.count_sign_in(&ada(), *from).is_ok()).count()
}

#[test]
fn the_sixth_try_of_a_minute_for_one_email_from_one_address_is_refused() {
    let (_, limits) = limits();
    assert_eq!(admitted(&limits, [address(1); 5]), 5);
    let refusal = limits.count_sign_in(&email(" Ada@Example.com"), address(1)).unwrap_err();
    assert_eq!(refusal, AppError::RateLimited { retry_after_s: 13 });
    limits.count_sign_in(&email("grace@example.com"), address(1)).unwrap();
}

#[test]
fn the_21st_try_of_a_minute_from_one_address_is_refused_for_any_email() {
    let (_, limits) = limits();
    for number in 0..20 {
        limits.count_sign_in(&email(&format!("{number}@example.com")), address(1)).unwrap();
    }
    assert!(limits.count_sign_in(&email("new@example.com"), address(1)).is_err());
    assert!(limits.count_nameless_sign_in(address(1)).is_err());
    limits.count_sign_in(&email("new@example.com"), address(2)).unwrap();
}

#[test]
fn an_owner_gets_in_from_a_fresh_address_while_others_try_from_everywhere() {
    let (_, limits) = limits();
    let attack = (0..12).flat_map(|network| [elsewhere(network); 5]);
    assert_eq!(admitted(&limits, attack), 20 + 8, "20 in a row, then one for each network that is new");
    limits.count_sign_in(&ada(), address(1)).unwrap();
    // With a slip of the pen it is a try like any other.
    assert!(limits.count_sign_in(&ada(), address(1)).is_err());
}

#[test]
fn an_email_under_attack_is_slow_for_those_who_have_tried_it() {
    let (clock, limits) = limits();
    let networks = || (0..50).map(elsewhere);
    assert_eq!(admitted(&limits, networks()), 50, "each is new");
    assert_eq!(admitted(&limits, networks()), 0);
    // One neighbourhood is one network, however many addresses it has.
    assert_eq!(admitted(&limits, (1..=200).map(|last| IpAddr::from([10, 0, 3, last]))), 0);
    let mut later = 0;
    for minute in 1..=9 {
        clock.set(NOW.plus_ms(minute * MINUTE_MS));
        later += admitted(&limits, networks());
    }
    assert_eq!(later, 9, "one a minute");
}

#[test]
fn a_known_device_has_tries_of_its_own() {
    let (_, limits) = limits();
    let owner = address(1);
    let attack = (0..100).map(elsewhere).chain([owner; 30]);
    admitted(&limits, attack);
    assert!(limits.count_sign_in(&ada(), owner).is_err());
    let device = Secret::presented("pd_known");
    for _ in 0..TRIES_PER_NAME.get() {
        limits.count_sign_in_on_device(&device).unwrap();
    }
    assert!(limits.count_sign_in_on_device(&device).is_err());
    limits.count_sign_in_on_device(&Secret::presented("pd_another")).unwrap();
}

#[test]
fn waiting_as_long_as_told_is_enough() {
    let (clock, limits) = limits();
    let login = Secret::presented("pl_1");
    for _ in 0..5 {
        limits.count_password_change(&login).unwrap();
    }
    let Err(AppError::RateLimited { retry_after_s }) = limits.count_password_change(&login) else {
        panic!("the sixth change is refused");
    };
    limits.count_password_change(&Secret::presented("pl_2")).unwrap();
    clock.set(NOW.plus_ms(i64::try_from(retry_after_s).unwrap() * 1000));
    limits.count_password_change(&login).unwrap();
    clock.set(NOW.plus_ms(2 * MINUTE_MS));
    limits.count_password_change(&login).unwrap();
}

#[test]
fn one_time_links_cannot_be_guessed_in_a_row() {
    let (_, limits) = limits();
    let refused = (0..30).filter(|_| limits.count_link(address(1)).is_err()).count();
    assert_eq!(refused, 10);
}

/// How many of 200 tries are admitted, each from another network of 2001:db8::/32 that `choose` gives.
fn admitted_of_ipv6(choose: impl Fn(u16) -> [u16; 8]) -> usize {
    let (_, limits) = limits();
    (0..200).filter(|number| limits.count_link(IpAddr::from(choose(*number))).is_ok()).count()
}

#[test]
fn ipv6_addresses_are_counted_by_the_networks_that_one_customer_gets() {
    let of_line = admitted_of_ipv6(|n| [0x2001, 0xdb8, 0, 1, n, n, n, n]);
    let of_household = admitted_of_ipv6(|n| [0x2001, 0xdb8, 0, n, 0, 0, 0, 1]);
    let of_site = admitted_of_ipv6(|n| [0x2001, 0xdb8, 0, n << 8, 0, 0, 0, 1]);
    let of_many = admitted_of_ipv6(|n| [0x2001, 0xdb8, n, 0, 0, 0, 0, 1]);
    assert_eq!((of_line, of_household, of_site, of_many), (20, 30, 60, 200));
}

#[test]
fn a_line_that_is_refused_uses_up_nothing_of_its_neighbours() {
    let (_, limits) = limits();
    for _ in 0..1_000 {
        let _ = limits.count_link(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, 1]));
    }
    limits.count_link(IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 1])).unwrap();
}
