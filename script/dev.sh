#!/usr/bin/env bash
# Builds, serves and reloads at every change, by cargo-leptos, for whoever has it. Nothing else here needs it.
source "$(dirname "$0")/env.sh"

if ! command -v cargo-leptos >/dev/null; then
  cat >&2 <<'EOF'
make dev needs cargo-leptos, which takes a quarter of an hour to compile:
  cargo install cargo-leptos --version 0.3.10 --locked
Without it, after each change:
  script/build.sh --fast && target/debug/parlance serve
EOF
  exit 1
fi

# cargo-leptos knows nothing of the chart bundle and of build ids: without one, the server looks in /pkg itself.
rm -f target/site/build-id
esbuild frontend/echarts.js --bundle --format=iife --log-level=warning --outfile=target/site/pkg/echarts.js
# Nor of the client's two parts: it builds one that has both.
for part in dashboard pages; do
  echo 'export * from "./parlance.js"; export { default } from "./parlance.js";' >"target/site/pkg/$part.js"
  ln -sf parlance.wasm "target/site/pkg/${part}_bg.wasm"
done
exec cargo leptos watch
