#!/usr/bin/env bash
# Builds the site and the server that carries it: one file, `parlance`, in the release directory.
#
#   script/build.sh           what is released: smallest client, site inside the binary
#   script/build.sh --fast    for work on the code: nothing optimised, the server reads target/site from disk
source "$(dirname "$0")/env.sh"

# The client in two parts: what the dashboard loads, and what all other pages load.
build_part() {
  cargo build -p frontend --no-default-features --features "$1" --profile client --target "$wasm" \
    --target-dir "$client_target"
  cp "$client_target/$wasm/client/frontend.wasm" "$client_target/$1.wasm"
}

case ${1:-} in
  "")
    build_part dashboard
    build_part pages
    node script/site.mjs "$client_target/dashboard.wasm" "$client_target/pages.wasm" "$server_target/site-parts"
    node script/budget.mjs
    cargo build --release -p server --features embed
    ;;
  --fast)
    cargo build -p frontend --target "$wasm" --target-dir "$client_target"
    whole=$client_target/$wasm/debug/frontend.wasm
    node script/site.mjs --fast "$whole" "$whole" "$server_target/site-parts"
    cargo build -p server
    ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
