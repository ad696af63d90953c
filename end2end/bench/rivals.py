"""What somebody would take instead, each as a user who knows it well would set it up, and asked in its own process.

All hold the same rows with small numbers in place of texts, and get for free what would cost them most: which message
opens a session, local dates, and each user's first message. Nobody's HTTP is counted but Parlance's.
"""

import sqlite3

import duckdb
import psycopg

from faults.cluster import Cluster

from .product import POSTGRES_SETTINGS

COLUMNS = "id, bot, user_key, at_ms, incoming, channel, opens, day, first_at_ms, first_day"
INDEXED = "user_key, opens, day, first_at_ms, first_day"
COUNTS = """count(distinct user_key), count(distinct case when {is_new} then user_key end),
    coalesce(sum(opens), 0), count(*)"""
WHERE = "from messages where bot = 0 and incoming = 1 and at_ms >= {start} and at_ms < {end}"
TOTALS = f"select {COUNTS} {WHERE}"
SERIES = f"select {{bucket}} as bucket, {COUNTS} {WHERE} group by bucket order by bucket"


class Rival:
    week = "({day} - ({day} + 3) % 7)"
    month = "(cast(date_trunc('month', date '1970-01-01' + {day}) as date) - date '1970-01-01')"

    def answer(self, question):
        answer = {"totals": self.totals(*question.period)}
        if question.comparison:
            answer["comparison"] = self.totals(*question.comparison)
        answer["series"] = self.series(question)
        return answer

    def totals(self, start, end):
        return figures(self.rows(TOTALS.format(is_new=f"first_at_ms >= {start}", start=start, end=end))[0])

    def series(self, question):
        form = {"day": "{day}", "week": self.week, "month": self.month}[question.granularity]
        start, end = question.period
        bucket, first = form.format(day="day"), form.format(day="first_day")
        is_new = f"{bucket} = {first} and first_at_ms >= {start}"
        rows = self.rows(SERIES.format(bucket=bucket, is_new=is_new, start=start, end=end))
        return {row[0]: figures(row[1:]) for row in rows}


class InFile(Rival):
    """A database in one file."""

    def rows(self, sql):
        return self.database.execute(sql).fetchall()

    def size(self):
        return self.file.stat().st_size

    def end(self):
        self.database.close()


class DuckDb(InFile):
    """A column store in one file, sorted by bot and time."""

    def __init__(self, folder, generated):
        self.name, self.file = f"DuckDB {duckdb.__version__}", folder / "rival.duckdb"
        generated.execute(f"attach '{self.file}' as rival")
        generated.execute(f"create table rival.messages as select {COLUMNS} from messages")
        generated.execute("detach rival")
        self.database = duckdb.connect(str(self.file))


class Sqlite(InFile):
    """One table, and an index over a bot's incoming messages that holds all that is asked for."""

    month = "cast(julianday(date({day} * 86400, 'unixepoch', 'start of month')) - 2440587.5 as integer)"

    def __init__(self, folder, generated):
        self.name, self.file = f"SQLite {sqlite3.sqlite_version}", folder / "rival.db"
        self.database = sqlite3.connect(self.file)
        for pragma in ("journal_mode = wal", "cache_size = -262144", "mmap_size = 8000000000", "temp_store = memory"):
            self.database.execute(f"pragma {pragma}")
        self.database.execute(f"create table messages ({COLUMNS.replace('id', 'id unique', 1)})")
        rows = generated.cursor().execute(f"select {COLUMNS} from messages order by id")
        while batch := rows.fetchmany(100_000):
            self.database.executemany(f"insert into messages values ({', '.join('?' * len(batch[0]))})", batch)
        self.database.execute(f"create index asked on messages (bot, at_ms, {INDEXED}) where incoming = 1")
        self.database.commit()
        self.database.execute("analyze")
        self.database.execute("pragma wal_checkpoint(truncate)")


class Postgres(Rival):
    """The same table and index, with memory to work in and answers from the index alone."""

    def __init__(self, folder, generated):
        self.cluster = Cluster(folder / "rival-cluster", POSTGRES_SETTINGS).start()
        self.database = psycopg.connect(self.cluster.create_database("rival"), autocommit=True)
        self.name = "PostgreSQL " + self.rows("show server_version")[0][0].split()[0]
        numbers = COLUMNS.split(", ")[1:]
        wide = {"at_ms", "first_at_ms"}
        columns = ", ".join(f"{name} {'bigint' if name in wide else 'int'}" for name in numbers)
        self.database.execute(f"create table messages (id text unique, {columns})")
        self.copy(folder / "rival.csv", generated)
        self.database.execute(f"create index asked on messages (bot, at_ms) include ({INDEXED}) where incoming = 1")
        self.database.execute("vacuum analyze messages")

    def copy(self, file, generated):
        generated.execute(f"copy (select {COLUMNS} from messages order by id) to '{file}' (format csv, header false)")
        with open(file, "rb") as rows, self.database.cursor().copy("copy messages from stdin (format csv)") as sink:
            while part := rows.read(1 << 20):
                sink.write(part)
        file.unlink()

    def rows(self, sql):
        return self.database.execute(sql).fetchall()

    def size(self):
        return self.rows("select pg_database_size('rival')")[0][0]

    def end(self):
        self.database.close()
        self.cluster.end()


RIVALS = {"duckdb": DuckDb, "postgres": Postgres, "sqlite": Sqlite}


def figures(row):
    """Users, new and returning users, sessions, messages."""
    users, new, sessions, messages = map(int, row)
    return (users, new, users - new, sessions, messages)
