#!/usr/bin/env bash
# Builds the site and the server that carries it: one file, `parlance`, in the release directory.
#
#   script/build.sh           what is released: smallest client, site inside the binary
#   script/build.sh --fast    for work on the code: nothing optimised, the server reads target/site from disk
source "$(dirname "$0")/env.sh"

build_client() {
  cargo build -p frontend --profile "$1" --target "$wasm" --target-dir "$client_target"
}

case ${1:-} in
  "")
    build_client client
    node script/site.mjs "$client_target/$wasm/client/frontend.wasm" "$server_target/site-parts"
    node script/budget.mjs
    cargo build --release -p server --features embed
    ;;
  --fast)
    build_client dev
    node script/site.mjs --fast "$client_target/$wasm/debug/frontend.wasm" "$server_target/site-parts"
    cargo build -p server
    ;;
  *)
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
