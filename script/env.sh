# Sourced by the other scripts: where things are, and which compiler builds both sides.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PATH="$root/node_modules/.bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

# The two sides never share a target directory: their features and profiles differ, and one would evict the other. Neither
# do two checkouts: cargo would take what one has built for the other's wherever the sources are older.
server_target=${CARGO_TARGET_DIR:-$root/target}
client_target=$server_target/client
wasm=wasm32-unknown-unknown

# rustfmt is always rustup's own: Debian's compiler has none.
rustup_default() { env -u RUSTUP_TOOLCHAIN "$@"; }

has_wasm() { [ -n "$(ls "$(rustc --print sysroot)/lib/rustlib/$wasm/lib" 2>/dev/null)" ]; }

# Where rustup could fetch no wasm target, setup.sh has linked Debian's compiler as the toolchain `debian`.
# PARLANCE_TOOLCHAIN forces a toolchain by name.
if [ -n "${PARLANCE_TOOLCHAIN:-}" ]; then
  export RUSTUP_TOOLCHAIN=$PARLANCE_TOOLCHAIN
elif command -v rustup >/dev/null && ! has_wasm && rustup toolchain list | grep -q '^debian'; then
  export RUSTUP_TOOLCHAIN=debian
fi
