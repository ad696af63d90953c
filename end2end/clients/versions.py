"""Which clients are run here, at which versions: versions.toml, and the locks that follow from it.

    python3 -m clients.versions --lock      writes locks/ anew for the folders of packages that have changed
    python3 -m clients.versions --newest    prints the clients that have a newer version
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
LOCKS = HERE / "locks"
WANTED = tomllib.loads((HERE / "versions.toml").read_text())
NPM = ["--no-progress", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]


def version_of(home, name):
    """The version of a client in a folder of packages, with an alias looked through."""
    return split_alias(name, WANTED[home][name])[1]


def split_alias(name, version):
    package, _, aliased = version.removeprefix("npm:").rpartition("@")
    return (package, aliased) if package else (name, version)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = arguments.add_mutually_exclusive_group(required=True)
    what.add_argument("--lock", action="store_true")
    what.add_argument("--newest", action="store_true")
    what.add_argument("--check", action="store_true", help="fail if the locks are not those of versions.toml")
    options = arguments.parse_args()
    if options.newest:
        show_newest()
        return
    stale = [home for home in WANTED if not is_locked(home)]
    if options.check and stale:
        sys.exit(f"end2end/clients/locks is not of versions.toml for {', '.join(stale)}: run script/clients.sh --lock")
    for home in stale if options.lock else []:
        print(f"lock {home}", flush=True)
        (lock_node if home.startswith("node") else lock_python)(home)


def is_locked(home):
    if home.startswith("node"):
        manifest = LOCKS / home / "package.json"
        lock = LOCKS / home / "package-lock.json"
        return lock.exists() and json.loads(manifest.read_text())["dependencies"] == WANTED[home]
    lock = LOCKS / home / "requirements.txt"
    return lock.exists() and read_requirements(lock.read_text().split("\n\n")[1]) == WANTED[home]


def read_requirements(text):
    return dict(re.findall(r"^(\S+?)==(\S+)$", text, re.MULTILINE))


def lock_python(home):
    """What was asked for, and then what that brings along: pip finds it out without installing anything."""
    asked = [f"{name}=={version}" for name, version in WANTED[home].items()]
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "venv", folder)
        pip = [f"{folder}/bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        report = json.loads(run(*pip, "--dry-run", "--ignore-installed", "--report", "-", *asked))
    found = [(item["metadata"]["name"], item["metadata"]["version"]) for item in report["install"]]
    others = {f"{name}=={version}" for name, version in found if simplify(name) not in map(simplify, WANTED[home])}
    (LOCKS / home).mkdir(parents=True, exist_ok=True)
    head = "# Written by `script/clients.sh --lock`: the first block is of versions.toml, the second is what it brings along."
    blocks = [head, "\n".join(asked), "\n".join(sorted(others, key=str.lower))]
    (LOCKS / home / "requirements.txt").write_text("\n\n".join(blocks) + "\n")


def simplify(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def lock_node(home):
    folder = LOCKS / home
    folder.mkdir(parents=True, exist_ok=True)
    about = {"name": f"parlance-clients-{home}", "private": True, "type": "module", "license": "MIT OR Apache-2.0"}
    about["description"] = "Written by `script/clients.sh --lock` from versions.toml: other people's packages"
    manifest = {**about, "dependencies": WANTED[home]}
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    run("npm", "install", "--package-lock-only", "--prefix", str(folder), *NPM)


def show_newest():
    for home, clients in WANTED.items():
        find = newest_of_node if home.startswith("node") else newest_of_python
        for name, version in clients.items():
            package, pinned = split_alias(name, version)
            newest = find(package)
            if newest != pinned:
                print(f"{home}: {name} {pinned}, newest {newest}", flush=True)


def newest_of_node(package):
    return run("npm", "view", package, "version").strip()


def newest_of_python(package):
    # It warns each time that it may change one day.
    command = [sys.executable, "-m", "pip", "index", "versions", "--disable-pip-version-check", package]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.search(r"\((\S+)\)", found)[1]


def run(*command):
    """What a program printed; it says itself what went wrong."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
