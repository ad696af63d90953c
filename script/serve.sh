#!/usr/bin/env bash
# Starts the server that build.sh has built, with the arguments given here.
source "$(dirname "$0")/env.sh"
exec "$server_target/release/parlance" serve "$@"
