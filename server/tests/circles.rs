//! No two modules of a room import each other, directly or around a circle: a circle can only be read, tested and changed
//! as a whole. `make rooms` prints the modules, the imports and the circles of every room.

use std::path::Path;

use rooms::{ROOMS, Room, read_room, strip};

#[path = "../../script/rooms.rs"]
#[expect(dead_code, reason = "its main prints what is tested here")]
#[expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it prints for people, and fails where it cannot read"
)]
mod rooms;

/// The circles of today, as room and modules. No circle may be added, and one that is gone has to go here too.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "app",
        &[
            "api::analytics",
            "api::figures",
            "dashboard",
            "dashboard::breadcrumb",
            "dashboard::calendar",
            "dashboard::comparison_menu",
            "dashboard::granularity",
            "dashboard::key_figures",
            "dashboard::legend",
            "dashboard::menu",
            "dashboard::notices",
            "dashboard::overall",
            "dashboard::period_bar",
            "dashboard::refresh",
            "dashboard::shortcuts",
            "dashboard::state",
            "dashboard::use_cards",
            "dashboard::uses",
            "dashboard::uses::events",
            "dashboard::uses::lines",
            "dashboard::uses::model_use",
        ],
    ),
];

/// A crate of these modules, each with its text.
fn room(modules: &[(&str, &str)]) -> Room {
    let module = |(name, text): &(&str, &str)| {
        (name.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect(), strip(text))
    };
    Room::new(modules.iter().map(module).collect())
}

#[test]
fn no_circle_of_imports_is_added() {
    for name in ROOMS {
        let allowed = ALLOWED.iter().filter(|(room, _)| *room == name);
        let allowed: Vec<Vec<String>> =
            allowed.map(|(_, circle)| circle.iter().map(|module| (*module).to_owned()).collect()).collect();
        let circles = read_room(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), name).circles();
        assert_eq!(circles, allowed, "the circles of {name} (left) are not those that are allowed (right)");
    }
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let other = ("b", "use crate::a::Thing;");
    for text in [
        "use crate::b::Other;",
        "use crate::{c, b::Other};",
        "pub(crate) use super::b::{Other as Another, More};",
        "fn f() { crate::b::g() }",
        "mod inner { } fn f(x: super::b::Other) {}",
        "use crate::d::Other;",
        "#[cfg(test)]\nmod tests;\nuse crate::b::Other;",
    ] {
        let modules =
            [("", "pub use b::Other;"), ("a", text), other, ("c", ""), ("d", "pub use crate::b::Other;")];
        let circles = room(&modules).circles();
        assert!(circles.iter().any(|circle| circle.contains(&"b".to_owned())), "{text}: {circles:?}");
    }
    let parent = [("", ""), ("a", "mod child; fn f() { child::g() }"), ("a::child", "use super::Thing;")];
    assert_eq!(room(&parent).circles(), [["a", "a::child"]]);
}

#[test]
fn imports_one_way_are_no_circle() {
    let modules = [
        ("", "pub use a::Thing; mod a; mod b;"),
        (
            "a",
            "use crate::c::More; // use crate::b::Other;\n#[cfg(test)]\nmod tests { use crate::b::Other; }",
        ),
        ("b", "use crate::Thing;\nuse std::a::Thing as Other;\npub(in crate::d) struct More;"),
        ("c", "use serde::b;"),
        ("d", "use crate::b::More;"),
    ];
    let room = room(&modules);
    assert_eq!(room.circles(), Vec::<Vec<String>>::new());
    assert_eq!(room.imports()[&vec!["b".to_owned()]], [vec!["a".to_owned()]].into());
}
