#!/usr/bin/env bash
# Measures the release build, and beside it DuckDB, PostgreSQL and SQLite on the same messages: reports, intake, import,
# disk and memory. Results go into docs/BENCHMARKS.md. A million messages take some minutes.
#
#   script/bench.sh [MESSAGES [sqlite|postgres [OPTION…]]]     options: python -m bench --help
source "$(dirname "$0")/env.sh"

binary=${PARLANCE_BIN:-$server_target/release/parlance}
[ -n "${PARLANCE_BIN:-}" ] || script/build.sh

# The rivals and their drivers stay out of the project: a Python environment of their own, at pinned versions.
packages=$server_target/bench/python
[ -x "$packages/bin/python" ] || python3 -m venv "$packages"
"$packages/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.0 'psycopg[binary]==3.3.9'

PYTHONPATH=end2end "$packages/bin/python" -m bench --parlance "$binary" --write docs/BENCHMARKS.md \
  --messages "${1:-1000000}" --engine "${2:-sqlite}" "${@:3}"
