#!/usr/bin/env bash
# Throws at the release build all that is known to have hurt it, and prints what it did to everybody else.
#
#   script/bombs.sh [OPTION…]     options: python3 -m bombs --help
source "$(dirname "$0")/env.sh"

binary=${PARLANCE_BIN:-$server_target/release/parlance}
[ -n "${PARLANCE_BIN:-}" ] || script/build.sh

PYTHONPATH=end2end python3 -m bombs --parlance "$binary" "$@"
