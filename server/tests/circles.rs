//! No two modules of a room import each other, directly or around a circle: a circle can only be read, tested and changed
//! as a whole. `make rooms` prints the modules, the imports and the circles of every room. In `app`, views import server
//! functions, both import what travels, and no arrow leads back.

use std::collections::BTreeSet;
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

fn room_of(name: &str) -> Room {
    read_room(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), name)
}

/// A crate of these modules, each with its text.
fn room(modules: &[(&str, &str)]) -> Room {
    let module = |(name, text): &(&str, &str)| {
        (name.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect(), strip(text))
    };
    Room::new(modules.iter().map(module).collect())
}

#[test]
fn no_room_has_a_circle_of_imports() {
    for name in ROOMS {
        let circles = room_of(name).circles();
        assert_eq!(circles, Vec::<Vec<String>>::new(), "the circles of {name}");
    }
}

/// What modules of `app` below a name import from outside it.
fn imports_below(name: &str) -> BTreeSet<String> {
    let imports = room_of("app").imports().into_iter().filter(|(module, _)| module[0] == name);
    let used = imports.flat_map(|(_, used)| used).filter(|used| used[0] != name);
    used.map(|used| used.join("::")).collect()
}

#[test]
fn what_travels_is_plain_data() {
    assert_eq!(imports_below("wire"), ["charts::option", "url_query"].map(str::to_owned).into());
}

#[test]
fn server_functions_know_no_view_but_what_they_write_as_html() {
    let of_views = ["asking", "charts", "components", "dashboard", "pages", "routes", "shell"];
    let is_of_views = |used: &String| of_views.contains(&used.split("::").next().unwrap());
    let written = ["definition_text", "remarks", "table", "uses"].map(|name| format!("dashboard::{name}"));
    let drawn = ["charts::overall", "charts::sparkline"].map(str::to_owned);
    let used: BTreeSet<String> = imports_below("api").into_iter().filter(is_of_views).collect();
    assert_eq!(used, drawn.into_iter().chain(written).collect());
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
