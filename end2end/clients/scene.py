"""The server under test, its bots, the clients that report to them, and the figures that are read back."""

import contextlib
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from faults.server import Server, run_well

from .listener import Listener, forward

EMAIL, PASSWORD = "clients@example.org", "a long enough password"
HERE = Path(__file__).parent
CLIENT_S = 120
MODEL_FIELDS = {"model", "input_tokens", "output_tokens", "cost_usd", "latency_ms"}
TOTALS = ["total_users", "new_users", "returning_users", "sessions", "messages", "bot_messages"]


class Wrong(Exception):
    """A sentence on what does not hold."""


class Scene(contextlib.AbstractContextManager):
    """A database of its own, one server, and any number of bots."""

    def __init__(self, binary, packages, folder):
        self.binary, self.folder, self.clients = os.path.abspath(binary), Path(folder), Clients(packages)
        self.environment = dict(os.environ, DATABASE_URL=f"sqlite://{folder}/clients.db")
        self.command("account", "create", "--email", EMAIL, stdin=PASSWORD)
        self.token = json.loads(self.command("token", "create", "--account", EMAIL))["token"]

    def __enter__(self):
        self.server = Server(self.binary, self.environment, self.folder / "serve.log").start()
        self.base = f"http://{self.server.address}"
        return self

    def __exit__(self, *_):
        self.server.end()

    def command(self, *words, stdin=""):
        try:
            return run_well(self.binary, self.environment, *words, stdin=stdin)
        except RuntimeError as failure:
            raise Wrong(str(failure)) from None

    def bot(self, zone="UTC"):
        words = ("--owner", EMAIL, "--name", "Client", "--time-zone", zone, "--activate")
        made = json.loads(self.command("bot", "create", *words))
        return Bot(self, made["bot_id"], made["write_key"])

    def forward(self, request):
        return forward(self.server.address, request)

    def get(self, path):
        request = urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {self.token}"})
        try:
            return json.loads(urllib.request.urlopen(request, timeout=60).read())
        except urllib.error.HTTPError as error:
            raise Wrong(f"GET {path} answered {error.code}: {error.read().decode()[:120]}") from None


class Clients:
    """The installed packages, and the scripts that use them as a bot's author would."""

    def __init__(self, packages):
        self.packages = Path(packages)
        # A module is looked for beside the script that wants it: so that is where the scripts go.
        for home in self.packages.glob("node*"):
            for script in (HERE / "node").iterdir():
                shutil.copy(script, home)

    def run(self, script, base, key, may_complain=False, **environment):
        """Runs a script, and gives what it printed. A client that complains has failed, whatever its exit code."""
        done = self.attempt(script, base, key, **environment)
        if done.returncode != 0 or (done.stderr and not may_complain):
            raise Wrong(f"{script} ended with {done.returncode}: {done.stdout[:500]}{done.stderr[:1000]}")
        return done.stdout

    def attempt(self, script, base, key, home=None, **environment):
        """The same for one that may fail. `home` names the folder of its packages, if that is none of the two usual ones."""
        command = {
            ".mjs": ["node", self.packages / (home or "node") / script],
            ".py": [self.packages / (home or "python") / "bin/python", "-B", HERE / "python" / script],
        }[Path(script).suffix]
        settings = {
            "BASE": base,
            "KEY": key,
            "OTEL_EXPORTER_OTLP_ENDPOINT": base,
            "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{key}",
            "DASHBOT_SERVER_ROOT": base,
            "DASHBOT_API_KEY_OVERRIDE": key,
            "NO_PROXY": "127.0.0.1",
        }
        everything = {**os.environ, **settings, **environment}
        return subprocess.run(command, env=everything, capture_output=True, text=True, timeout=CLIENT_S)


class Bot:
    """One bot: the doors in, by its key, and the ways to ask for its figures."""

    def __init__(self, scene, bot_id, key):
        self.scene, self.id, self.key = scene, bot_id, key

    def client(self, script, base=None, **environment):
        return self.scene.clients.run(script, base or self.scene.base, self.key, **environment)

    def record_client(self, script, **environment):
        """Runs a client whose ids are new in each run, and gives the requests that it made."""
        with Listener(self.scene.forward) as listener:
            self.client(script, base=listener.base, **environment)
            return listener.requests

    def send_again(self, requests):
        for request in requests:
            answer = self.scene.forward(request)
            if not 200 <= answer.status < 300:
                raise Wrong(f"{request.method} {request.path}, repeated, answered {answer.status}")

    def import_history(self, form, source):
        return json.loads(self.scene.command("import", "--bot", self.id, "--format", form, str(source)))

    def export(self):
        lines = self.scene.command("export", "--bot", self.id, "--format", "ndjson").splitlines()
        return [json.loads(line) for line in lines]

    def report(self, first, last, **options):
        query = urllib.parse.urlencode({"from": first, "to": last, "compare": "none", **options})
        return self.scene.get(f"/api/v1/bots/{self.id}/analytics?{query}")

    def records(self, first, last):
        """What a program reads that knows Botpress."""
        question = {"READ_KEY": self.scene.token, "BOT": self.id, "START": str(first), "END": str(last)}
        return json.loads(self.client("botpress.mjs", **question))

    def figures(self, first, last):
        """What the report shows, and besides what a recount of the export gives for models and custom events."""
        totals = self.report(first, last)["totals"]
        return {name: totals[name]["value"] for name in TOTALS} | recount(self.export())

    def expect(self, when, period, **expected):
        """Holds the figures named against what is read; what is not named is not looked at."""
        figures = self.figures(*period)
        differing = [name for name in expected if figures[name] != expected[name]]
        wrong = [f"{name} {figures[name]} instead of {expected[name]}" for name in differing]
        if wrong:
            raise Wrong(f"{when}: {', '.join(wrong)}")


def recount(items):
    """Calls of a language model, whether they made a message or stand alone, and custom events by name."""
    calls = [item for item in items if item.get("type") == "model_call" or MODEL_FIELDS & item.keys()]
    events = [item["type"] for item in items if item.get("type", "message") not in ("message", "model_call")]
    return {
        "calls": len(calls),
        "failed_calls": sum(call.get("model_failed", False) for call in calls),
        "models": [call.get("model") for call in calls],
        "input_tokens": sum(call.get("input_tokens", 0) for call in calls),
        "output_tokens": sum(call.get("output_tokens", 0) for call in calls),
        "cost_usd": sum(Decimal(str(call.get("cost_usd", 0))) for call in calls),
        "latencies_ms": [call.get("latency_ms") for call in calls],
        "custom_events": dict(Counter(events)),
    }


JANUARY = ("2026-01-01", "2026-01-31")


def around_today():
    """Yesterday to tomorrow: wide enough for a midnight in between."""
    today = date.today()
    return today - timedelta(days=1), today + timedelta(days=1)


def write_messages(folder, name, messages):
    """A file for the clients that read what they report from MESSAGES."""
    path = Path(folder) / name
    path.write_text("".join(json.dumps(message) + "\n" for message in messages))
    return str(path)
