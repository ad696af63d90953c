#!/usr/bin/env bash
# Lints both sides, each with its own features, and takes every warning as an error.
#
#   script/lint.sh [server|client]
source "$(dirname "$0")/env.sh"

side=${1:-both}
if [ "$side" != client ]; then
  cargo clippy --workspace --exclude frontend --all-targets -- -D warnings
fi
if [ "$side" != server ]; then
  cargo clippy -p frontend -p app --features app/hydrate --target "$wasm" --target-dir "$client_target" -- -D warnings
fi
