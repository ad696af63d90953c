//! The rooms and the arrows between them (docs/ARCHITECTURE.md): an edge that points up, or a crate in a room where
//! it has no business, fails here.
#![expect(clippy::unwrap_used, reason = "a helper of tests that cannot do its part fails the test")]

use std::collections::BTreeSet;
use std::path::Path;

use toml::Table;

/// A room, the rooms it may use, and crates that it must not.
struct Room {
    name: &'static str,
    may_use: &'static [&'static str],
    must_not: &'static [&'static str],
}

const ROOMS: [Room; 5] = [
    Room {
        name: "analytics",
        may_use: &[],
        must_not: &["axum", "leptos", "leptos_axum", "sqlx", "tokio", "tracing", "rand"],
    },
    Room { name: "store", may_use: &["analytics"], must_not: &["axum", "leptos", "leptos_axum"] },
    Room { name: "app", may_use: &["analytics", "store"], must_not: &["sqlx"] },
    Room { name: "server", may_use: &["analytics", "store", "app"], must_not: &["sqlx", "charming"] },
    Room { name: "frontend", may_use: &["app"], must_not: &["axum", "sqlx", "tokio"] },
];

/// What is wrong with a room's manifest, in words.
fn violations(room: &Room, manifest: &Table) -> Vec<String> {
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    let mut found = Vec::new();
    for name in dependencies(manifest) {
        let is_room = rooms.contains(name.as_str());
        if (is_room && !room.may_use.contains(&name.as_str())) || room.must_not.contains(&name.as_str()) {
            found.push(format!("{} must not use {name}", room.name));
        }
    }
    if room.name == "app" && !is_optional(manifest, "store") {
        found.push("app may use store on the server's side only: it must be optional".to_owned());
    }
    found
}

/// Names in `[dependencies]`, also those for one target only. Tests may use what they like.
fn dependencies(manifest: &Table) -> BTreeSet<String> {
    let of = |table: &Table| {
        table.get("dependencies").and_then(|found| found.as_table()).cloned().unwrap_or_default()
    };
    let targets = manifest.get("target").and_then(|found| found.as_table()).cloned().unwrap_or_default();
    let by_target = targets.values().filter_map(|target| target.as_table()).map(of);
    by_target.chain([of(manifest)]).flat_map(|table| table.into_iter().map(|(name, _)| name)).collect()
}

fn is_optional(manifest: &Table, name: &str) -> bool {
    let entry = manifest.get("dependencies").and_then(|found| found.get(name));
    entry.is_none_or(|entry| entry.get("optional").and_then(toml::Value::as_bool) == Some(true))
}

fn room(name: &str) -> &'static Room {
    ROOMS.iter().find(|room| room.name == name).unwrap()
}

#[test]
fn arrows_point_down_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for room in &ROOMS {
        let manifest = std::fs::read_to_string(root.join(room.name).join("Cargo.toml")).unwrap();
        assert_eq!(violations(room, &manifest.parse().unwrap()), Vec::<String>::new());
    }
}

#[test]
fn every_member_of_the_workspace_is_a_room() {
    let root: Table = include_str!("../../Cargo.toml").parse().unwrap();
    let members = root["workspace"]["members"].as_array().unwrap();
    let members: BTreeSet<_> = members.iter().map(|member| member.as_str().unwrap()).collect();
    assert_eq!(members, ROOMS.iter().map(|room| room.name).collect());
}

#[test]
fn a_forbidden_edge_is_found() {
    for (name, manifest) in [
        ("analytics", "[dependencies]\nstore.workspace = true"),
        ("store", "[dependencies]\napp = { path = '../app' }"),
        ("store", "[target.'cfg(unix)'.dependencies]\nleptos = '1'"),
        ("app", "[dependencies]\nstore.workspace = true"),
        ("server", "[dependencies]\nsqlx.workspace = true"),
        ("frontend", "[dependencies]\nanalytics.workspace = true"),
    ] {
        assert_eq!(violations(room(name), &manifest.parse().unwrap()).len(), 1, "{name}: {manifest}");
    }
}
