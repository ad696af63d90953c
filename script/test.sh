#!/usr/bin/env bash
# Everything that has to hold before a change lands, in the order in which it fails soonest. The first failure ends it.
source "$(dirname "$0")/env.sh"

main() {
  step "Set-up" script/setup.sh
  # Set-up may have linked another compiler, which is to be used from here on.
  source script/env.sh
  step "Formatting" script/format.sh --check
  step "Types of the browser tests" tsc --noEmit --project end2end
  step "Lints, server side" script/lint.sh server
  step "Lints, client side" script/lint.sh client
  step "Dependencies" script/lint.sh dependencies
  step "Rust tests, SQLite" cargo nextest run --workspace --exclude frontend
  step "Rust tests, PostgreSQL" script/postgres.sh cargo nextest run --profile postgres -p store -p server
  step "Examples in the documentation" doctests
  step "Release build and download budget" script/build.sh
  step "Figures against a brute-force count" oracle
  step "Faults, on both engines" script/faults.sh sqlite postgres
  step "Other people's clients" script/clients.sh
  step "Answers that the API's document knows" script/schemathesis.sh 40
  step "Browser tests" browser_tests
  printf '\n== All of it passed ==\n'
}

step() {
  local name=$1 began=$SECONDS
  shift
  printf '\n== %s ==\n' "$name"
  "$@" || {
    printf '\n== Failed: %s ==\n' "$name" >&2
    exit 1
  }
  printf -- '-- %s: %d s\n' "$name" $((SECONDS - began))
}

# cargo would report a run of no tests where there is no example to run.
doctests() {
  if grep -rqE '^\s*//[/!] ```' --include='*.rs' analytics/src store/src app/src server/src; then
    cargo test --doc --workspace --exclude frontend
  else
    echo "There are none."
  fi
}

# Another language's idea of the same numbers, through the doors that a bot and a program use.
oracle() {
  python3 end2end/oracle/oracle.py --parlance "$server_target/release/parlance" --messages 3000
}

browser_tests() {
  PARLANCE_BIN=$server_target/release/parlance playwright test --config end2end/playwright.config.ts
}

main
