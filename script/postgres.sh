#!/usr/bin/env bash
# A throw-away PostgreSQL for tests, on a socket in a temporary folder, which goes when the command ends.
#
#   script/postgres.sh COMMAND [ARGUMENT…]    runs the command with PARLANCE_TEST_POSTGRES set to its address
#
# PostgreSQL refuses to run as root: then it runs as the user postgres, whom Debian's package creates.
source "$(dirname "$0")/env.sh"

# What is promised of durability is tested elsewhere: here nothing has to survive the machine.
settings="-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses= -c max_connections=400 -c autovacuum_naptime=10min"

main() {
  [ $# -gt 0 ] || {
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
  }
  find_programs
  folder=$(mktemp -d /tmp/parlance-postgres.XXXXXX)
  trap stop EXIT
  [ "$(id -u)" != 0 ] || chown postgres "$folder"
  as_postgres "$programs/initdb" -D "$folder/data" -U parlance --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 \
    >"$folder.log"
  as_postgres "$programs/pg_ctl" start --silent --wait -D "$folder/data" -l "$folder/log" -o "-k $folder $settings"
  PARLANCE_TEST_POSTGRES="postgres://parlance@${folder//\//%2F}/postgres" "$@"
}

find_programs() {
  programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  programs=${programs:-$(dirname "$(command -v initdb || echo /)")}
  [ -x "$programs/initdb" ] || {
    echo "PostgreSQL is missing: script/setup.sh installs it." >&2
    exit 1
  }
}

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

stop() {
  as_postgres "$programs/pg_ctl" stop --silent --mode=immediate -D "$folder/data" || true
  rm -rf "$folder" "$folder.log"
}

main "$@"
