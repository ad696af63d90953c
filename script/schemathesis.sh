#!/usr/bin/env bash
# Asks a server of its own everything that /openapi.json allows, and much that it does not, with keys that fit: no answer
# may be a 5xx, and none may be missing in the document. The same requests each time.
#
#   script/schemathesis.sh [SECONDS]     how long each of the two runs may take at most; 90 if nothing is said
source "$(dirname "$0")/env.sh"

version=4.32.5
seconds=${1:-90}
binary=${PARLANCE_BIN:-$server_target/release/parlance}
[ -x "$binary" ] || script/build.sh

packages=$server_target/schemathesis/python
folder=$(mktemp -d)
export DATABASE_URL=sqlite://$folder/parlance.db PARLANCE_LOG=warn
trap 'stop_server; rm -rf "$folder"' EXIT

main() {
  need_python_packages
  create_bot
  start_server
  # Programs that send, and programs that read, have keys of different kinds.
  run "$write_key" --include-tag intake --include-tag compatible --exclude-operation-id getBotAnalytics
  run "$read_token" --include-tag figures --include-tag operations --include-operation-id getBotAnalytics
}

need_python_packages() {
  [ -x "$packages/bin/python" ] || python3 -m venv "$packages"
  "$packages/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
}

create_bot() {
  local account bot
  echo "a long enough passphrase" | "$binary" account create --email probe@example.org >/dev/null
  bot=$("$binary" bot create --owner probe@example.org --name probe --time-zone Europe/Berlin --activate)
  read_token=$("$binary" token create --account probe@example.org | member token)
  write_key=$(member write_key <<<"$bot")
  bot_id=$(member bot_id <<<"$bot")
}

member() { "$packages/bin/python" -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

start_server() {
  local port
  port=$("$packages/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  base=http://127.0.0.1:$port
  PARLANCE_ADDR=127.0.0.1:$port PARLANCE_BASE_URL=$base "$binary" serve 2>"$folder/log" &
  server=$!
}

stop_server() { [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true; }

# What it remembers of a run goes with the server: the next one is the same again.
run() {
  local key=$1
  shift
  (cd "$folder" && PARLANCE_KEY=$key PARLANCE_BOT=$bot_id "$packages/bin/st" \
    --config-file "$root/end2end/schemathesis.toml" run "$base/openapi.json" \
    --wait-for-schema 20 --max-time "$seconds" "$@")
}

main
