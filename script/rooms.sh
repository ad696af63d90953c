#!/usr/bin/env bash
# Prints the modules of every room, what each imports, and the circles of imports.
#
#   script/rooms.sh
source "$(dirname "$0")/env.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
rustc --edition 2024 -o "$folder/rooms" script/rooms.rs
"$folder/rooms"
