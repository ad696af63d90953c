#!/usr/bin/env bash
# Lints both sides, each with its own features, and takes every warning as an error. Then checks what Parlance depends on
# against deny.toml: licences, sources, unwanted crates, and known vulnerabilities where their database can be had.
#
#   script/lint.sh [server|client|dependencies]
source "$(dirname "$0")/env.sh"

main() {
  case ${1:-all} in
    all)
      lint_server
      lint_client
      check_dependencies
      ;;
    server) lint_server ;;
    client) lint_client ;;
    dependencies) check_dependencies ;;
    *)
      echo "usage: script/lint.sh [server|client|dependencies]" >&2
      exit 2
      ;;
  esac
}

lint_server() {
  cargo clippy --workspace --exclude frontend --all-targets -- -D warnings
}

lint_client() {
  cargo clippy -p frontend -p app --features app/hydrate --target "$wasm" --target-dir "$client_target" -- -D warnings
}

# RustSec's database is a git repository on github.com, which some machines cannot reach: then the last copy is used, and
# without one the vulnerabilities are not checked.
check_dependencies() {
  cargo deny --locked check bans licenses sources
  if cargo deny fetch db 2>/dev/null; then
    cargo deny --locked check advisories
  elif [ -n "$(ls -d "${CARGO_HOME:-$HOME/.cargo}"/advisory-dbs/*/.git 2>/dev/null)" ]; then
    echo "The database of vulnerabilities cannot be fetched; its last copy is used."
    cargo deny --locked --offline check advisories
  else
    echo "NOT CHECKED: known vulnerabilities, as their database (github.com/RustSec/advisory-db) cannot be reached from here."
  fi
}

main "$@"
