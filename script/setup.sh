#!/usr/bin/env bash
# Installs what building and testing Parlance needs, and leaves alone what is already there. Nothing is downloaded
# but packages: crates, npm and, on Debian, apt. Run it as often as you like.
#
#   PARLANCE_TOOLCHAIN=debian script/setup.sh    takes Debian's compiler even where rustup has the wasm target
source "$(dirname "$0")/env.sh"

nextest_version=0.9.143
leptosfmt_version=0.1.33
cargo_deny_version=0.20.2

main() {
  need_rust
  need_debian_packages
  need_wasm_target
  need_component clippy "lints both sides"
  need_component rustfmt "formats the Rust code"
  need_wasm_bindgen
  need_nextest
  need_leptosfmt
  need_cargo_deny
  need_npm_packages
}

need_rust() {
  command -v rustup >/dev/null && command -v cargo >/dev/null ||
    fail "Rust is missing: install rustup (https://rustup.rs), then run this again."
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' ||
    fail "Node.js 20 or later with npm is missing: it bundles the site and drives the browser tests."
  present "Rust $(rustup_default rustc --version | cut -d' ' -f2) and Node.js $(node --version)"
}

need_debian_packages() {
  local missing=()
  command -v cc >/dev/null || missing+=(build-essential)
  command -v "${CHROMIUM:-chromium}" >/dev/null || missing+=(chromium)
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
  ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing+=(libfaketime)
  python3 -c 'import zoneinfo; zoneinfo.ZoneInfo("Europe/Berlin")' 2>/dev/null || missing+=(python3 tzdata)
  if [ ${#missing[@]} -eq 0 ]; then
    present "a C compiler, Chromium, PostgreSQL, libfaketime and Python"
  else
    install_debian "${missing[@]}"
  fi
}

need_wasm_target() {
  if [ "${RUSTUP_TOOLCHAIN:-}" = debian ]; then
    need_debian_toolchain
  elif has_wasm; then
    present "the $wasm target"
  else
    explain "rustup: add the $wasm target, which the client is built for"
    rustup target add "$wasm" || {
      explain "rustup cannot fetch it here; Debian's compiler can do without"
      need_debian_toolchain
    }
  fi
}

# Some machines reach package registries and nothing else, so rustup has no target to fetch. Debian ships the same
# compiler with the source of its standard library: that is compiled for wasm once, and put where rustc looks for it.
need_debian_toolchain() {
  export RUSTUP_TOOLCHAIN=debian
  dpkg -s rustc-web cargo-web rust-web-src rust-web-clippy >/dev/null 2>&1 ||
    install_debian rustc-web cargo-web rust-web-src rust-web-clippy
  rustup toolchain list | grep -q '^debian' || rustup toolchain link debian /usr
  link_rust_lld
  has_wasm_bitcode || build_wasm_std
  present "Debian's Rust $(rustc --version | cut -d' ' -f2) with the $wasm target"
}

# Debian's rustc links wasm with `rust-lld`, which Debian does not package; rustup's toolchain brings one.
link_rust_lld() {
  local host bin=bin/rust-lld
  host=$(rustc -vV | sed -n 's/^host: //p')
  local wanted=/usr/lib/rustlib/$host/$bin
  [ -e "$wanted" ] && return
  explain "link rustup's rust-lld to $wanted"
  as_root mkdir -p "$(dirname "$wanted")"
  as_root ln -sf "$(rustup_default rustc --print sysroot)/lib/rustlib/$host/$bin" "$wanted"
}

# Optimising at link time needs the library's bitcode, which an earlier version of this script left out.
has_wasm_bitcode() { grep -qs llvmbc "$(rustc --print sysroot)/lib/rustlib/$wasm/lib/"libstd-*.rlib; }

build_wasm_std() {
  explain "compile Rust's standard library for $wasm (about a minute, once)"
  local scratch lib=/usr/lib/rustlib/$wasm/lib
  scratch=$(mktemp -d)
  mkdir "$scratch/src"
  printf '[package]\nname = "scratch"\nedition = "2024"\n[workspace]\n' >"$scratch/Cargo.toml"
  echo '#![no_std]' >"$scratch/src/lib.rs"
  (
    cd "$scratch"
    CARGO_TARGET_DIR=$scratch/target RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=x \
      RUSTFLAGS="-C embed-bitcode=yes" \
      cargo build --release -Z build-std=std,panic_abort --target "$wasm"
    rm target/"$wasm"/release/deps/libscratch-*.rlib
  )
  as_root mkdir -p "$lib"
  as_root find "$lib" -name '*.rlib' -delete
  as_root cp "$scratch"/target/"$wasm"/release/deps/*.rlib "$lib/"
  rm -r "$scratch"
}

need_component() {
  local name=$1 purpose=$2
  if [ "${RUSTUP_TOOLCHAIN:-}" = debian ] && [ "$name" = clippy ]; then
    present "clippy (Debian's)"
  elif rustup_default cargo "${name/rust/}" --version >/dev/null 2>&1; then
    present "$name"
  else
    explain "rustup: add $name, which $purpose"
    rustup_default rustup component add "$name"
  fi
}

# The command line tool must have the very version of the library, or it refuses the client.
need_wasm_bindgen() {
  local version
  version=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
  if [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $version" ]; then
    present "wasm-bindgen $version"
  else
    explain "cargo: install wasm-bindgen-cli $version, which makes the client's JavaScript glue"
    # Unoptimised, it is built in half the time and is fast enough.
    cargo install wasm-bindgen-cli --version "$version" --debug --force
  fi
}

need_nextest() {
  if command -v cargo-nextest >/dev/null; then
    present "cargo-nextest"
  else
    explain "cargo: install cargo-nextest, which runs the Rust tests"
    cargo install cargo-nextest --version "$nextest_version" --locked --debug
  fi
}

need_leptosfmt() {
  if [ "$(leptosfmt --version 2>/dev/null)" = "leptosfmt $leptosfmt_version" ]; then
    present "leptosfmt"
  else
    explain "cargo: install leptosfmt, which formats the pages' markup"
    cargo install leptosfmt --version "$leptosfmt_version" --locked --debug --force
  fi
}

need_cargo_deny() {
  if [ "$(cargo-deny --version 2>/dev/null)" = "cargo-deny $cargo_deny_version" ]; then
    present "cargo-deny"
  else
    explain "cargo: install cargo-deny, which checks what Parlance depends on (two minutes)"
    cargo install cargo-deny --version "$cargo_deny_version" --locked --debug --force
  fi
}

# npm writes node_modules anew each time; the stamp says which lock file it was last written from.
need_npm_packages() {
  local stamp=node_modules/.parlance-lock
  if cmp -s package-lock.json "$stamp"; then
    present "npm packages"
  else
    explain "npm: install the packages that bundle the site and drive the browser tests"
    npm ci --no-progress
    cp package-lock.json "$stamp"
  fi
}

install_debian() {
  command -v apt-get >/dev/null || fail "Install these with your system's package manager: $*"
  explain "apt: install $*"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
present() { echo "setup: there already: $*"; }
explain() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

main
