"""A throw-away PostgreSQL cluster on a loopback port, owned by somebody who isn't root."""

import glob
import os
import shutil
import socket
import subprocess
from pathlib import Path

NOBODY = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


class Cluster:
    """Made in a folder of its own; gone with the folder. No password: nothing but this machine can reach it."""

    def __init__(self, folder, settings=()):
        self.folder, self.data = Path(folder), Path(folder) / "data"
        self.prefix = unprivileged()
        self.programs = newest_programs()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.prefix[:1] == ["setpriv"]:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={self.port}", *settings]

    def start(self):
        options = " ".join(f"-c {setting}" if not setting.endswith("=") else f"-c {setting}''" for setting in self.settings)
        self._run("pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log", "-o", options)
        return self

    def stop(self, mode="fast"):
        self._run("pg_ctl", "stop", "-w", "-D", self.data, "-m", mode)

    def is_running(self):
        return self._call("pg_ctl", "status", "-D", self.data).returncode == 0

    def end(self):
        if self.is_running():
            self.stop("immediate")

    def create_database(self, name):
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def _run(self, program, *words):
        done = self._call(program, *words)
        if done.returncode != 0:
            raise RuntimeError(f"{program} ended with {done.returncode}: {done.stderr.read_text()[-2000:]}")

    def _call(self, program, *words):
        # To a file and not a pipe: the postmaster inherits it and would hold a pipe open.
        said = self.folder.parent / f"{self.folder.name}.{program}.log"
        with open(said, "w") as out:
            words = [*self.prefix, f"{self.programs}/{program}", *map(str, words)]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
        done.stderr = said
        return done


def unprivileged():
    """What to put before a command so that it runs as somebody else than root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    works = subprocess.run([*other, "true"], capture_output=True).returncode == 0
    return other if works else NOBODY


def newest_programs():
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb") or [shutil.which("initdb") or ""]
    newest = max(found, key=lambda path: int(path.split("/")[4]) if path.startswith("/usr/lib/postgresql") else 0)
    if not newest:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return Path(newest).parent
