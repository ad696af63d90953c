#!/usr/bin/env bash
# Prints the modules of every room, what each imports, and the circles of imports.
#
#   script/rooms.sh
source "$(dirname "$0")/env.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
CARGO_MANIFEST_DIR="$PWD/server" rustc --edition 2024 --test -o "$folder/circles" server/tests/circles.rs
"$folder/circles" --ignored --nocapture --quiet | grep -E '^([a-z]+:|  )'
