"""What every scenario has: a database with one bot, servers, and the questions asked when it is over."""

import json
import os
from collections import Counter
from datetime import date, timedelta

from .load import Load
from .server import Server, run, run_well

EMAIL, PASSWORD = "faults@example.org", "a long enough password"


class Scene:
    """One scenario's stage. `violations` is what it found; empty is good."""

    def __init__(self, binary, url, folder, extra=()):
        self.binary, self.folder, self.servers, self.load = binary, folder, [], None
        self.environment = dict(os.environ, DATABASE_URL=url, **dict(extra))
        self.violations, self.kills, self.restarts = [], 0, 0
        self.stored = self.duplicates = 0

    def prepare(self):
        self.command("account", "create", "--email", EMAIL, stdin=PASSWORD)
        self.token = json.loads(self.command("token", "create", "--account", EMAIL))["token"]
        bot = ("--owner", EMAIL, "--name", "Faults", "--time-zone", "Europe/Berlin", "--activate")
        made = json.loads(self.command("bot", "create", *bot))
        self.bot, self.key = made["bot_id"], made["write_key"]
        return self

    def command(self, *words, stdin=""):
        return run_well(self.binary, self.environment, *words, stdin=stdin)

    def serve(self, count=1):
        for number in range(count):
            server = Server(self.binary, self.environment, self.folder / f"serve-{number}.log")
            self.servers.append(server)
            server.start()
        return self.servers[0]

    def begin_load(self, **options):
        self.load = Load([server.address for server in self.servers], self.key, **options)
        return self.load.start()

    def restart(self, server, wait=True):
        server.start(wait)
        self.restarts += 1

    def kill(self, server):
        server.kill()
        self.kills += 1

    def fail(self, sentence):
        self.violations.append(sentence)

    def exported(self):
        lines = self.command("export", "--bot", self.bot, "--format", "ndjson").splitlines()
        return Counter(json.loads(line)["id"] for line in lines)

    def check_stored(self, acknowledged):
        """Whatever has been acknowledged is there, once."""
        stored = self.exported()
        lost = acknowledged - stored.keys()
        twice = sum(1 for times in stored.values() if times > 1)
        if lost:
            self.fail(f"{len(lost)} acknowledged messages are not stored, such as {min(lost)}")
        if twice:
            self.fail(f"{twice} messages are stored more than once")
        return stored

    def finish(self):
        """The end of the load, and every question that has one right answer."""
        self.load.stop()
        self.violations += self.load.violations
        stored = self.check_stored(self.load.acknowledged)
        self.stored, self.duplicates = len(stored), sum(stored.values()) - len(stored)
        if stored.keys() != self.load.sent:
            self.fail(f"{len(stored)} ids are stored and {len(self.load.sent)} were sent")
        if self.load.accepted > len(stored):
            self.fail(f"{self.load.accepted} messages were said to be accepted, and {len(stored)} are stored")
        self.check_figures(len(stored))
        self.check_log()
        return self

    def check_figures(self, stored):
        report = self.servers[0].get(f"/api/v1/bots/{self.bot}/analytics?{wide_period()}", self.token)
        counted = sum(report["totals"][metric]["value"] for metric in ("messages", "bot_messages"))
        if counted != stored:
            self.fail(f"the report counts {counted} messages, and {stored} are stored")
        verified = run(self.binary, self.environment, "verify")
        if verified.returncode != 0:
            self.fail(f"verify ended with {verified.returncode}: {verified.stdout[:500]}{verified.stderr[:500]}")

    def check_log(self):
        log = "".join(server.read_log() for server in self.servers)
        missing = [incident for incident in list(self.load.incidents) if str(incident) not in log]
        if missing:
            self.fail(f"{len(missing)} failures have no line in the log, such as {missing[0]}")
        if "panicked" in log:
            self.fail("a server panicked")

    def end(self):
        if self.load:
            self.load.stopping.set()
        for server in self.servers:
            server.end()


def wide_period():
    """Wide enough for clocks that were set forward."""
    today = date.today()
    return f"from={today - timedelta(days=40)}&to={today + timedelta(days=40)}&granularity=month&compare=none"
