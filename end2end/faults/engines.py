"""Where a scenario's database is: a file, or a database in a throw-away cluster."""

from .cluster import Cluster


class Sqlite:
    name = "sqlite"

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "faults.db"
        self.url = f"sqlite://{self.file}"

    def start_again(self):
        """There is nothing that could have stopped."""

    def end(self):
        pass


class Postgres:
    name = "postgres"

    def __init__(self, folder):
        self.folder = folder
        self.cluster = Cluster(folder / "cluster", ["max_wal_size=64MB", "wal_recycle=off"]).start()
        self.url = self.cluster.create_database("faults")

    def start_again(self):
        """PostgreSQL ends itself when its log cannot be written, and stays down until its keeper starts it."""
        if not self.cluster.is_running():
            self.cluster.start()

    def end(self):
        self.cluster.end()


ENGINES = {engine.name: engine for engine in (Sqlite, Postgres)}
