#!/usr/bin/env bash
# Breaks what a server stands on, under load, and counts what is stored afterwards; some minutes for each engine.
#
#   script/faults.sh [sqlite|postgres …]
source "$(dirname "$0")/env.sh"

binary=${PARLANCE_BIN:-$server_target/release/parlance}
[ -x "$binary" ] || script/build.sh

# In a mount namespace of its own the suite can have a small disk, also without being root.
own_disk() {
  if unshare "$@" true 2>/dev/null; then exec_prefix=(unshare "$@"); else exec_prefix=(); fi
}
if [ "$(id -u)" = 0 ]; then own_disk --mount; else own_disk --map-root-user --mount; fi

for engine in "${@:-sqlite}"; do
  (cd end2end && "${exec_prefix[@]}" python3 -m faults --parlance "$binary" --engine "$engine")
done
