"""Parlance through its own doors: its commands, its intake, its read API."""

import json
import os
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import psycopg

from faults.cluster import Cluster
from faults.server import Server, run_well

from .generate import ZONE, write_ndjson

EMAIL, PASSWORD = "bench@example.org", "a long enough password"
PAUSE_S = 0.01
POSTGRES_SETTINGS = ["shared_buffers=1GB", "work_mem=256MB", "maintenance_work_mem=512MB", "max_wal_size=4GB"]


class SqliteFile:
    """One file beside the binary, which is all that Parlance needs."""

    def __init__(self, folder):
        self.file = folder / "parlance.db"
        self.url = f"sqlite://{self.file}"

    def size(self):
        return sum(part.stat().st_size for part in self.file.parent.glob(f"{self.file.name}*"))

    def forget_cache(self):
        """Takes the file out of the system's memory, as after a restart of the machine."""
        for part in self.file.parent.glob(f"{self.file.name}*"):
            forget(part)

    def end(self):
        pass


class PostgresCluster:
    """A throw-away PostgreSQL with the settings that its rival gets as well."""

    def __init__(self, folder):
        self.cluster = Cluster(folder / "parlance-cluster", POSTGRES_SETTINGS).start()
        self.url = self.cluster.create_database("parlance")

    def size(self):
        with psycopg.connect(self.url) as database:
            return database.execute("select pg_database_size(current_database())").fetchone()[0]

    def forget_cache(self):
        self.cluster.stop()
        for file in filter(Path.is_file, (self.cluster.data / "base").rglob("*")):
            forget(file)
        self.cluster.start()

    def end(self):
        self.cluster.end()


class Parlance:
    """The binary on one database, with one bot for each of the generator's."""

    def __init__(self, binary, engine, folder):
        self.binary, self.engine, self.folder = os.path.abspath(binary), engine, folder
        self.environment = dict(os.environ, DATABASE_URL=engine.url, PARLANCE_LOG="warn")
        self.server = Server(self.binary, self.environment, folder / "serve.log")
        self.command("account", "create", "--email", EMAIL, stdin=PASSWORD)
        self.token = json.loads(self.command("token", "create", "--account", EMAIL))["token"]
        self.bots = []

    def command(self, *words, stdin=""):
        return run_well(self.binary, self.environment, *words, stdin=stdin)

    def create_bot(self):
        bot = ("--owner", EMAIL, "--name", f"Bot {len(self.bots)}", "--time-zone", ZONE, "--activate")
        made = json.loads(self.command("bot", "create", *bot))
        self.bots.append((made["bot_id"], made["write_key"]))
        return self.bots[-1]

    def load(self, generated, held_back, bots):
        """Imports the biggest bots, the biggest of all last and without its newest messages, which are held back.

        Seconds that the imports took, and the biggest one's alone.
        """
        sizes = generated.execute("select bot, size from bots order by bot").fetchall()[:bots]
        for _ in sizes:
            self.create_bot()
        took = [self.import_bot(generated, bot, size if bot else size - held_back) for bot, size in reversed(sizes)]
        return sum(took), took[-1]

    def import_bot(self, generated, bot, count):
        file = self.folder / "import.ndjson"
        write_ndjson(generated, bot, count, file)
        began = time.perf_counter()
        self.command("import", "--bot", self.bots[bot][0], "--format", "ndjson", str(file))
        took = time.perf_counter() - began
        file.unlink()
        return took

    def change(self, bot, *setting):
        """Changes a rule. Seconds until it holds for all history, and the slowest report meanwhile in milliseconds."""
        reports, done = [], threading.Event()
        reader = Reader(self)

        def read():
            while not done.is_set():
                reports.append(reader.time_after_pause("28d"))

        beside = threading.Thread(target=read)
        beside.start()
        began = time.perf_counter()
        try:
            self.command("bot", "set", "--bot", self.bots[bot][0], *setting, "--wait")
        finally:
            took = time.perf_counter() - began
            done.set()
            beside.join()
        return took, max(reports)


class Reader:
    """Reports of the biggest bot over one kept connection."""

    def __init__(self, parlance):
        self.http = HTTPConnection(parlance.server.address)
        self.headers = {"Authorization": f"Bearer {parlance.token}"}
        self.path = f"/api/v1/bots/{parlance.bots[0][0]}/analytics?period="

    def get(self, period):
        self.http.request("GET", self.path + period, headers=self.headers)
        answer = self.http.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode())
        return body

    def ask(self, period):
        return json.loads(self.get(period))

    def time(self, period):
        began = time.perf_counter()
        self.get(period)
        return (time.perf_counter() - began) * 1000

    def median(self, period, calls=100):
        return median(self.time(period) for _ in range(calls))

    def time_after_pause(self, period):
        """Not right after the one before: after a pause everything takes longer, however little the machine has to do."""
        time.sleep(PAUSE_S)
        return self.time(period)


def forget(file):
    with open(file, "rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
