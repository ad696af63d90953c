"""The intake, durable: every answer comes after the disk has the messages. And bare inserts of such rows, to compare."""

import hashlib
import json
import multiprocessing
import os
import random
import sqlite3
import time
import uuid
from statistics import median

import psycopg

from . import generate
from .client import drive
from .product import Reader

BATCH, BATCH_CONNECTIONS = 500, 16
CONNECTIONS = 64
BARE_ROWS = 1_000
FIELDS = ("id", "user_id", "at", "direction", "channel")
# What a batch client claims of its time when its messages come from users drawn evenly: as fast as the aim.
MESSAGES_A_MS = 40


class Newest:
    """The newest messages of the biggest bot: not imported, but sent through the intake, in order of time."""

    def __init__(self, generated, count):
        (size,) = generated.execute("select size from bots where bot = 0").fetchone()
        self.generated, self.next = generated, size - count

    def rows(self, count):
        """The next ones."""
        self.next += count
        return generate.rows(self.generated, 0, self.next - count, count)


def with_random_ids(rows):
    return [(str(uuid.UUID(bytes=hashlib.md5(row[0].encode()).digest(), version=4)), *row[1:]) for row in rows]


def from_even_users(count, users):
    """What is hardest to count: every message from some other user of all that the bot knows, now."""
    rng, now = random.Random(3), int(time.time() * 1000)
    for number in range(count):
        at = now + number // MESSAGES_A_MS
        direction = "incoming" if number % 5 < 3 else "outgoing"
        yield f"{at:012x}{number:08x}", f"user-{rng.randrange(users)}", at, direction, "web" if number % 3 else "telegram"


def bodies(rows, size):
    """Requests of that many messages each, written out before the clock starts."""
    items = [json.dumps(dict(zip(FIELDS, row))).encode() for row in rows]
    parts = (items[start : start + size] for start in range(0, len(items), size))
    return [(b"[%s]" % b",".join(part) if size > 1 else part[0], len(part)) for part in parts]


def send_batches(parlance, rows):
    return send(parlance, bodies(rows, BATCH), BATCH_CONNECTIONS)


def send_singles(parlance, rows, seconds):
    """Sends as many as go into the time; the rest follows unmeasured."""
    left = iter(bodies(rows, 1))
    sent = send(parlance, left, CONNECTIONS, seconds)
    rest = [body for body, _ in left]
    parts = [rest[start : start + BATCH] for start in range(0, len(rest), BATCH)]
    send(parlance, [(b"[%s]" % b",".join(part), len(part)) for part in parts], BATCH_CONNECTIONS)
    return sent


def send(parlance, bodies, connections, seconds=None):
    """What `drive` says, with the processor time that the server took for each message, in microseconds."""
    before = parlance.server.processor_s()
    sent = drive(parlance.server.address, parlance.bots[0][1], bodies, connections, seconds)
    sent.processor_us = (parlance.server.processor_s() - before) / max(sent.messages, 1) * 1e6
    return sent


def measure_at_rest(parlance):
    """The median report with nothing beside it, asked as `measure_beside` asks."""
    reader = Reader(parlance)
    return median(reader.time_after_pause("28d") for _ in range(100))


def measure_beside(parlance, rows):
    """While batches arrive as fast as they are taken: the median report, and the most memory resident, in bytes."""
    target = (parlance.server.address, parlance.bots[0][1], bodies(rows, BATCH), BATCH_CONNECTIONS)
    sender = multiprocessing.get_context("fork").Process(target=drive, args=target)
    sender.start()
    reader, times, memory = Reader(parlance), [], []
    while sender.is_alive():
        times.append(reader.time_after_pause("28d"))
        memory.append(parlance.server.memory())
    sender.join()
    if sender.exitcode != 0:
        raise RuntimeError("the batches beside the reports failed")
    return median(times), max(memory)


def bare_sqlite(folder, filled, ids, rows):
    """Rows a second into a table with a unique text id, as durable as Parlance and with as much memory for pages.

    The table holds as many rows already as Parlance, with ids of the same kind ("ordered" or "random") and an index that
    has grown row by row. It was filled in memory, up to 4 GB of it, and is on disk before the clock starts.
    """
    file = folder / "bare.db"
    database = sqlite3.connect(file, isolation_level=None)
    made_up = {"ordered": "printf('%020d', n)", "random": "lower(hex(randomblob(18)))"}[ids]
    database.executescript(f"""
        pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -4000000;
        create table messages (id text unique, user_id text, at integer, direction text, channel text);
        with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {filled})
        insert into messages select {made_up}, 'user-' || n % 100000, n, 'incoming', 'web' from numbers;
        pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;
    """)
    os.sync()

    def insert(part):
        database.execute("begin immediate")
        database.executemany("insert into messages values (?, ?, ?, ?, ?)", part)
        database.execute("commit")

    rate = time_inserts(insert, rows)
    database.close()
    for part in folder.glob("bare.db*"):
        part.unlink()
    return rate


def bare_postgres(url, filled, ids, rows):
    """The same through one connection to PostgreSQL; the index is made when the table is filled, which is its densest."""
    made_up = {"ordered": "lpad(n::text, 20, '0')", "random": "gen_random_uuid()::text"}[ids]
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("create table bare (id text, user_id text, at bigint, direction text, channel text)")
        database.execute(
            f"insert into bare select {made_up}, 'user-' || n % 100000, n, 'incoming', 'web' from generate_series(1, {filled}) n"
        )
        database.execute("create unique index on bare (id)")
        database.execute("vacuum bare")
        database.execute("checkpoint")
        sql = "insert into bare select * from unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[])"
        rate = time_inserts(lambda part: database.execute(sql, [list(column) for column in zip(*part)]), rows)
        database.execute("drop table bare")
    return rate


def time_inserts(insert, rows):
    """Rows a second."""
    began = time.perf_counter()
    for start in range(0, len(rows), BARE_ROWS):
        insert(rows[start : start + BARE_ROWS])
    return len(rows) / (time.perf_counter() - began)
