"""The intake, durable: every answer comes after the disk has the messages. And bare inserts of such rows, to compare."""

import json
import multiprocessing
import random
import sqlite3
import time
import uuid
from statistics import median

import psycopg

from .client import drive
from .product import Reader

BATCH, BATCH_CONNECTIONS = 500, 16
CONNECTIONS = 64
BARE_ROWS = 1_000
# What a batch client claims of its time: as fast as the aim.
MESSAGES_A_MS = 40


class Messages:
    """New messages to the biggest bot from users that it knows, now."""

    def __init__(self, users):
        self.rng, self.users, self.made = random.Random(3), users, 0

    def rows(self, count, ordered=True):
        now = int(time.time() * 1000)
        for number in range(self.made, self.made + count):
            at = now + (number - self.made) // MESSAGES_A_MS
            id = f"{at:012x}{number:08x}" if ordered else str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
            user = f"user-{self.rng.randrange(self.users)}"
            yield id, user, at, "incoming" if number % 5 < 3 else "outgoing", "web" if number % 3 else "telegram"
        self.made += count

    def bodies(self, count, size, ordered=True):
        """Requests of that many messages each, written out before the clock starts."""
        items = [dict(zip(("id", "user_id", "at", "direction", "channel"), row)) for row in self.rows(count, ordered)]
        parts = (items[start : start + size] for start in range(0, count, size))
        return [(json.dumps(part if size > 1 else part[0]).encode(), len(part)) for part in parts]


def send_batches(parlance, messages, count, ordered=True):
    return send(parlance, messages.bodies(count, BATCH, ordered), BATCH_CONNECTIONS)


def send_singles(parlance, messages, count, seconds):
    return send(parlance, messages.bodies(count, 1), CONNECTIONS, seconds)


def send(parlance, bodies, connections, seconds=None):
    """What `drive` says, with the processor time that the server took for each message, in microseconds."""
    before = parlance.server.processor_s()
    sent = drive(parlance.server.address, parlance.bots[0][1], bodies, connections, seconds)
    sent.processor_us = (parlance.server.processor_s() - before) / sent.messages * 1e6
    return sent


def measure_beside(parlance, messages, count):
    """While batches arrive as fast as they are taken: the median report, and the most memory resident, in bytes."""
    bodies = messages.bodies(count, BATCH)
    target = (parlance.server.address, parlance.bots[0][1], bodies, BATCH_CONNECTIONS)
    sender = multiprocessing.get_context("fork").Process(target=drive, args=target)
    sender.start()
    reader, times, memory = Reader(parlance), [], []
    while sender.is_alive():
        times.append(reader.time("28d"))
        memory.append(parlance.server.memory())
        time.sleep(0.01)
    sender.join()
    if sender.exitcode != 0:
        raise RuntimeError("the batches beside the reports failed")
    return median(times), max(memory)


def bare_sqlite(folder, rows):
    """Rows a second into a table with a unique text id, 1,000 a transaction, as durable as Parlance."""
    file = folder / "bare.db"
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table messages (id text unique, user_id text, at integer, direction text, channel text)")
    began = time.perf_counter()
    for start in range(0, len(rows), BARE_ROWS):
        database.execute("begin immediate")
        database.executemany("insert into messages values (?, ?, ?, ?, ?)", rows[start : start + BARE_ROWS])
        database.execute("commit")
    took = time.perf_counter() - began
    database.close()
    for part in folder.glob("bare.db*"):
        part.unlink()
    return len(rows) / took


def bare_postgres(url, rows):
    """The same through one connection to PostgreSQL."""
    insert = "insert into bare select * from unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[])"
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("create table bare (id text unique, user_id text, at bigint, direction text, channel text)")
        began = time.perf_counter()
        for start in range(0, len(rows), BARE_ROWS):
            database.execute(insert, [list(column) for column in zip(*rows[start : start + BARE_ROWS])])
        took = time.perf_counter() - began
        database.execute("drop table bare")
    return len(rows) / took
