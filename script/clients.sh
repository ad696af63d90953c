#!/usr/bin/env bash
# Runs other people's clients, unchanged and at pinned versions, against the release build, and holds the figures against
# what each has reported. What they need is installed once, into the target directory.
#
#   script/clients.sh [OPTION…]     options: python -m clients --help
#   script/clients.sh --newest      the clients that have a newer version than end2end/clients/versions.toml says
#   script/clients.sh --lock        writes the locks anew after a change of that file
source "$(dirname "$0")/env.sh"

binary=${PARLANCE_BIN:-$server_target/release/parlance}
packages=$server_target/clients
locks=end2end/clients/locks

main() {
  case ${1:-} in --lock | --newest) in_python -m clients.versions "$@" && return ;; esac
  [ -x "$binary" ] || script/build.sh
  in_python -m clients.versions --check
  for lock in "$locks"/*; do
    install_packages "$(basename "$lock")"
  done
  in_python -m clients --parlance "$binary" --packages "$packages" "$@"
}

in_python() { PYTHONPATH=end2end python3 -B "$@"; }

# The stamp says from which lock a folder of packages was last installed.
install_packages() {
  local home=$1 file=requirements.txt
  [[ $home == node* ]] && file=package-lock.json
  cmp -s "$locks/$home/$file" "$packages/$home/.installed" && return
  echo "clients: install the packages of $home"
  "install_${home%%-*}" "$home"
  cp "$locks/$home/$file" "$packages/$home/.installed"
}

install_node() {
  mkdir -p "$packages/$1"
  cp "$locks/$1/package.json" "$locks/$1/package-lock.json" "$packages/$1"
  # Not `npm ci`: it refuses the lock file where a registry lacks one of the optional packages for other systems. Some
  # clients ask for a newer Node than there may be, and run on this one.
  npm install --prefix "$packages/$1" --no-save --no-progress --no-audit --no-fund --ignore-scripts --omit=optional \
    --loglevel=error
}

install_python() {
  python3 -m venv --clear "$packages/$1"
  "$packages/$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-compile \
    -r "$locks/$1/requirements.txt"
}

main "$@"
