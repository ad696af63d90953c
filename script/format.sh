#!/usr/bin/env bash
# Formats everything that has a formatter; with --check, says what is not formatted and fails.
source "$(dirname "$0")/env.sh"

case ${1:-} in
  "") rust=() leptos=() others=(--write) ;;
  --check) rust=(--check) leptos=(--check) others=(--check) ;;
  *) echo "usage: script/format.sh [--check]" >&2; exit 2 ;;
esac

# rustfmt leaves the inside of `view!` alone, and leptosfmt everything else.
rustup_default cargo fmt --all "${rust[@]}"
leptosfmt --quiet "${leptos[@]}" app/src
prettier --log-level warn "${others[@]}" package.json end2end frontend/echarts.js public/parlance.js script style
