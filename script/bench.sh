#!/usr/bin/env bash
# Measures the release build: a million messages imported and a year of them read, and the intake at full speed.
#
#   script/bench.sh [MESSAGES [SECONDS]]
source "$(dirname "$0")/env.sh"

script/build.sh
python3 end2end/bench/million.py --parlance "$server_target/release/parlance" --messages "${1:-1000000}"
node end2end/bench/load.mjs --parlance "$server_target/release/parlance" --seconds "${2:-60}"
