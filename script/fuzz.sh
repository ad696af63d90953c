#!/usr/bin/env bash
# Runs the property tests, which `make test` runs with one fixed seed, with fresh seeds, round after round: until the time
# is up or a test fails. A failing case is kept in proptest-regressions/, from where every later run tries it first.
#
#   script/fuzz.sh [SECONDS [FILTER]]     60 s if nothing is said; FILTER is a part of the tests' names, such as otlp
#
# FUZZ_THREADS says how many tests run at once: all processors if nothing is said. A round is always run to its end.
source "$(dirname "$0")/env.sh"

seconds=${1:-60}
only=${2:-}
threads=${FUZZ_THREADS:-num-cpus}
packages=(--workspace --exclude frontend)

main() {
  local filter round=0
  filter=$(tests)
  cargo nextest run --no-run "${packages[@]}"
  while [ "$round" = 0 ] || [ "$SECONDS" -lt "$seconds" ]; do
    round=$((round + 1))
    run_round "$round" "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" "$filter"
  done
  printf 'Nothing found in %d rounds, %d s.\n' "$round" "$SECONDS"
}

run_round() {
  local round=$1 seed=$2 filter=$3
  printf -- '-- Round %d, seed %s, after %d s\n' "$round" "$seed" "$SECONDS"
  PROPTEST_RNG_SEED=$seed cargo nextest run --profile fuzz --no-fail-fast --cargo-quiet --hide-progress-bar \
    --test-threads "$threads" "${packages[@]}" -E "$filter" || {
    printf 'Found with PROPTEST_RNG_SEED=%s. The new files in proptest-regressions/ repeat it: mend it, and add them.\n' \
      "$seed" >&2
    exit 1
  }
}

# The modules that hold property tests: a module is known by the name of its file, or of its folder.
tests() {
  local file name modules=()
  while read -r file; do
    name=$(basename "$file" .rs)
    [ "$name" != mod ] || name=$(basename "$(dirname "$file")")
    modules+=("$name")
  done < <(grep -rlE '^ *proptest! \{|TestRunner::new' --include='*.rs' analytics store app server --exclude-dir=target)
  printf 'test(/(^|::)(%s)::/) & test(/%s/)' "$(printf '%s\n' "${modules[@]}" | sort -u | paste -sd '|')" "$only"
}

main
