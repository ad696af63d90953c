#!/usr/bin/env bash
# Runs other people's clients, unchanged and at pinned versions, against the release build, and holds the figures against
# what each has reported. What they need is installed once, into the target directory.
#
#   script/clients.sh [OPTION…]     options: python -m clients --help
source "$(dirname "$0")/env.sh"

binary=${PARLANCE_BIN:-$server_target/release/parlance}
[ -x "$binary" ] || script/build.sh
packages=$server_target/clients
pins=end2end/clients

main() {
  need_node_packages
  need_python_packages
  PYTHONPATH=end2end python3 -B -m clients --parlance "$binary" --packages "$packages" "$@"
}

# The stamps say which pins the packages were last installed from.
need_node_packages() {
  cmp -s "$pins/package-lock.json" "$packages/node/.installed" && return
  echo "clients: install the npm packages"
  mkdir -p "$packages/node"
  cp "$pins/package.json" "$pins/package-lock.json" "$packages/node"
  # Not `npm ci`: it refuses the lock file where a registry lacks one of the optional packages for other systems.
  npm install --prefix "$packages/node" --no-save --no-progress --no-audit --no-fund --ignore-scripts --omit=optional
  cp "$pins/package-lock.json" "$packages/node/.installed"
}

need_python_packages() {
  cmp -s "$pins/requirements.txt" "$packages/python/.installed" && return
  echo "clients: install the Python packages"
  python3 -m venv --clear "$packages/python"
  "$packages/python/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$pins/requirements.txt"
  cp "$pins/requirements.txt" "$packages/python/.installed"
}

main "$@"
