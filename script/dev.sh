#!/usr/bin/env bash
# Builds the fast build and restarts the server at every change, by cargo-leptos, for whoever has it. Nothing else here
# needs it.
source "$(dirname "$0")/env.sh"

if ! command -v cargo-leptos >/dev/null; then
  cat >&2 <<'EOF'
make dev needs cargo-leptos, which takes some minutes to compile:
  cargo install cargo-leptos --version 0.3.10 --locked --debug
Without it, after each change:
  script/build.sh --fast && target/debug/parlance serve
EOF
  exit 1
fi

# The command that builds the server builds the site as well: see [[workspace.metadata.leptos]].
exec cargo leptos watch --server-only -- serve "$@"
