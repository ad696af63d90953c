"""The lines that the Connect page prints, with its new key: pasted as they stand into an empty folder and run there."""

import csv
import html.parser
import http.cookiejar
import json
import os
import subprocess
import threading
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from . import histories
from .arrivals import AI_CALLS, ANSWER, COMMON, HELLO, ONE_CALL, ONE_TURN, PYDANTIC_CALL, with_message
from .brokers import TWO_TURNS
from .imports import write_botpress_table, write_broker_file, write_broker_table, write_tracker
from .listener import Answer, Listener
from .scene import CLIENT_S, EMAIL, HERE, JANUARY, PASSWORD, Wrong, around_today, write_messages
from .versions import WANTED

ONE_MESSAGE = ONE_TURN | {"bot_messages": 0}
INTERPRETERS = {".mjs": "node", ".py": "python"}


def cases():
    page = ConnectPage()
    for name, environment, expected in FILES:
        yield f"the lines for {name} work as printed", pasted_in_a_file(page, name, environment, expected)
    yield "the lines for curl work as printed", curl(page)
    for client, name, command, expected in TRACES:
        yield f"the lines for {name} work as printed, for {client}", traced(page, name, command, expected)
    yield "the lines for rasa-dashbot work as printed", rasa(page, "rasa-dashbot", "rasa-dashbot-run")
    yield "the lines for rasa-hecho work as printed", rasa(page, "rasa-hecho")
    yield "the lines for chatwoot work as printed", chatwoot(page)
    yield "the lines for bot-framework work as printed", bot_framework(page)
    for name, (write, period, expected) in IMPORTS.items():
        yield f"the lines for {name} work as printed", imported(page, name, write, period, expected)
    yield "the packages that the Connect page names are those that are run here", packages_are_pinned(page)
    yield "every block of lines on the Connect page is run here", nothing_is_left_out(page)


# Lines that are a whole program, with those that go into its environment.
FILES = [
    ("javascript", [], ONE_MESSAGE),
    ("python", [], ONE_MESSAGE),
    ("segment-node", [], ONE_TURN),
    ("segment-python", [], ONE_TURN),
    ("rudderstack-node", [], ONE_TURN),
    ("posthog-node", [], ONE_TURN),
    ("posthog-python", [], ONE_TURN),
    ("dashbot-node", ["dashbot-node-environment"], ONE_TURN),
]
# Lines for the environment of a bot that is traced already, and how that bot is run.
TRACES = [
    ("opentelemetry-python", "opentelemetry", 'python "$PYTHON_CLIENTS/send_otlp.py"', PYDANTIC_CALL),
    ("opentelemetry-js", "opentelemetry", 'node "$NODE_CLIENTS/otlp.mjs"', AI_CALLS),
]
# Langfuse's clients know the address by one of two names.
for address in ("LANGFUSE_BASE_URL", "LANGFUSE_HOST"):
    command = f'python "$PYTHON_CLIENTS/send_langfuse.py" {address}'
    TRACES.append((f"a client that knows {address}", "langfuse", command, PYDANTIC_CALL))
OTHERS = {"curl", "opentelemetry", "langfuse", "rasa-dashbot", "rasa-dashbot-run", "rasa-hecho", "chatwoot"}
OTHERS |= {"bot-framework", "bot-framework-environment"}
# Needs a browser: end2end/specs/widget.spec.ts.
OTHERS |= {"web-page"}


class ConnectPage:
    """Reads bots' Connect pages in the name of the one account, one page at a time: a new key is shown only once."""

    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.browser = urllib.request.build_opener(cookies)
        self.turn, self.signed_in = threading.Lock(), False

    def read(self, scene, bot):
        """Makes a key as the page's button does, and gives the page on which it is shown."""
        address = f"/bots/{bot.id}/connect"
        with self.turn:
            if not self.signed_in:
                self.send(scene, "/fn/sign_in", email=EMAIL, password=PASSWORD)
                self.signed_in = True
            return self.send(scene, "/fn/create_write_key", bot_id=bot.id, next=address)

    def send(self, scene, path, **fields):
        headers = {"Accept": "text/html", "Origin": scene.base}
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(scene.base + path, body, headers)
        return self.browser.open(request, timeout=60).read().decode()


class Blocks(html.parser.HTMLParser):
    """The text of every `<pre data-snippet>`, and the place that it names."""

    def __init__(self, page):
        super().__init__()
        self.lines, self.places, self.current = {}, {}, None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "pre" and "data-snippet" in attributes:
            self.current = attributes["data-snippet"]
            self.lines[self.current], self.places[self.current] = "", attributes["data-place"]

    def handle_endtag(self, tag):
        if tag == "pre":
            self.current = None

    def handle_data(self, text):
        if self.current is not None:
            self.lines[self.current] += text


class Desk:
    """An empty folder for the lines of one bot, with the clients installed as the page says, and `parlance` at hand."""

    def __init__(self, scene, page):
        self.scene, self.bot = scene, scene.bot()
        blocks = Blocks(page.read(scene, self.bot))
        self.lines, self.places = blocks.lines, blocks.places
        self.folder, self.programs = scene.folder / f"desk-{self.bot.id}", scene.folder / f"programs-{self.bot.id}"
        packages = scene.clients.packages.absolute()
        for folder in (self.folder, self.programs):
            folder.mkdir()
        (self.folder / "node_modules").symlink_to(packages / "node/node_modules")
        (self.programs / "parlance").symlink_to(scene.binary)
        rasa = self.programs / "rasa"
        rasa.write_text(f'#!/bin/sh\nexec python "{HERE}/python/rasa_run.py" "$@"\n')
        rasa.chmod(0o755)
        path = [str(self.programs), str(packages / "python/bin"), os.environ["PATH"]]
        settings = {"PATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment = {**scene.environment, **settings, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

    def paste(self, name, also=""):
        """Puts the lines where they go, with what a bot of one's own has below them."""
        path = self.folder / self.places[name]
        path.write_text(self.lines[name] + "\n" + also)
        return path.name

    def shell(self, *lines, may_complain=False, **environment):
        """Gives the lines to one shell, and gives what they print."""
        script = "\n".join(["set -e", *lines])
        environment = {**self.environment, **environment}
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=CLIENT_S
        )
        if done.returncode != 0 or (done.stderr and not may_complain):
            raise Wrong(f"{lines} ended with {done.returncode}: {done.stdout[:500]}{done.stderr[:1000]}")
        return done.stdout

    def run_file(self, name, environment=(), also="", **settings):
        path = self.paste(name, also)
        run = f"{INTERPRETERS[Path(path).suffix]} {path}"
        self.shell(*(self.lines[block] for block in environment), run, **settings)

    def expect(self, period=None, **expected):
        self.bot.expect("after the lines", period or around_today(), **expected)


def pasted_in_a_file(page, name, environment, expected):
    def case(scene):
        desk = Desk(scene, page)
        desk.run_file(name, environment)
        desk.expect(**expected, custom_events={})

    return case


def curl(page):
    def case(scene):
        desk = Desk(scene, page)
        # It shows its progress to whoever keeps its output.
        printed = desk.shell(desk.lines["curl"], may_complain=True)
        if json.loads(printed)["accepted"] != 1:
            raise Wrong(f"it printed {printed}")
        desk.expect(**ONE_MESSAGE)

    return case


def traced(page, name, command, expected):
    def case(scene):
        desk = Desk(scene, page)
        scripts = {"PYTHON_CLIENTS": HERE / "python", "NODE_CLIENTS": scene.clients.packages.absolute() / "node"}
        desk.shell(desk.lines[name], command, **scripts)
        desk.expect(**ONE_TURN, **expected)

    return case


def rasa(page, name, run=None):
    def case(scene):
        desk = Desk(scene, page)
        if desk.paste(name) != "endpoints.yml":
            raise Wrong(f"they go to {desk.places[name]}")
        desk.shell(desk.lines[run] if run else "rasa run")
        desk.expect(JANUARY, **TWO_TURNS, custom_events={})

    return case


def chatwoot(page):
    """The address is given to Chatwoot, which posts a webhook for each message."""

    def case(scene):
        desk = Desk(scene, page)
        for number, (kind, sender) in enumerate([("incoming", "contact"), ("outgoing", "user")], 1):
            body = json.dumps(webhook(number, kind, sender)).encode()
            request = urllib.request.Request(desk.lines["chatwoot"], body, {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=60).read()
        desk.expect(**ONE_TURN)

    return case


def webhook(number, kind, sender):
    contact = {"id": 7, "name": "Ada", "type": "contact"}
    conversation = {"id": 12, "channel": "Channel::WebWidget", "meta": {"sender": contact}}
    return {
        "event": "message_created",
        "id": number,
        "content": "hello",
        "created_at": datetime.now(timezone.utc).isoformat(),
        "message_type": kind,
        "content_type": "text",
        "content_attributes": {},
        "private": False,
        "sender": contact if sender == "contact" else {"id": 1, "name": "Bo", "type": "user"},
        "inbox": {"id": 1, "name": "Site"},
        "account": {"id": 1, "name": "Parcels"},
        "conversation": conversation,
    }


# What a bot has below the lines: a user of a channel at SERVICE says something, and is answered there.
BOT_BELOW = """
import * as botbuilder from "botbuilder";

const activity = {
  type: "message", id: "a-1", timestamp: new Date().toISOString(), text: "hello", channelId: "test",
  from: { id: "user-1" }, recipient: { id: "bot" }, conversation: { id: "c-1" }, serviceUrl: process.env.SERVICE,
};
const failure = await new Promise((resolve) => {
  const status = (code) => resolve(code === 200 ? undefined : code);
  const response = { status, send: console.error, header() {}, end() {} };
  const answer = async (context) => { await context.sendActivity("hi!"); };
  adapter.process({ method: "POST", headers: {}, body: activity }, response, answer).catch(resolve);
});
if (failure) throw failure;
"""


def bot_framework(page):
    def case(scene):
        desk = Desk(scene, page)
        with Listener(lambda _: Answer(200, {"Content-Type": "application/json"}, b'{"id": "a-2"}')) as channel:
            environment = ["bot-framework-environment"]
            desk.run_file("bot-framework", environment, BOT_BELOW, SERVICE=channel.base)
            if len(channel.requests) != 1:
                raise Wrong(f"the bot has answered {len(channel.requests)} times instead of once")
        desk.expect(**ONE_TURN, custom_events={})

    return case


def imported(page, name, write, period, expected):
    """The file is called as the lines call it."""

    def case(scene):
        desk = Desk(scene, page)
        write(desk, desk.folder / desk.lines[name].split()[-1])
        for _ in range(2):
            desk.shell(desk.lines[name], may_complain=True)
            desk.expect(period() if callable(period) else period, **expected)

    return case


def write_lines(_, path):
    write_messages(path.parent, path.name, with_message()[1:-1])


def write_table(_, path):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "Date", "direction", "Sender", "channel"])
        for message in (HELLO, ANSWER):
            said = [message[name] for name in ("id", "at", "direction")]
            writer.writerow([*said, COMMON["user_id"], COMMON["channel"]])


def write_transcripts(desk, folder):
    folder.mkdir()
    desk.scene.bot().client("botframework.mjs", FOLDER=str(folder))


IMPORTS = {
    "import-ndjson": (write_lines, JANUARY, {**ONE_TURN, **ONE_CALL, "custom_events": {"handoff": 1}}),
    "import-csv": (write_table, JANUARY, ONE_TURN),
    "import-rasa-tracker": (lambda _, path: write_tracker(path), JANUARY, TWO_TURNS),
    "import-rasa-broker-sql": (lambda _, path: write_broker_table(path), JANUARY, TWO_TURNS),
    "import-rasa-broker-file": (lambda _, path: write_broker_file(path), JANUARY, TWO_TURNS),
    "import-bot-framework": (write_transcripts, around_today, TWO_TURNS),
    "import-botpress-v12": (lambda _, path: write_botpress_table(path), JANUARY, TWO_TURNS),
    "import-rasa-tracker-json": (lambda _, path: histories.write_tracker_json(path), JANUARY, ONE_TURN),
    "import-copilot-studio": (lambda _, path: histories.write_copilot_studio(path), JANUARY, ONE_TURN),
    "import-telegram": (lambda _, path: histories.write_telegram(path), JANUARY, ONE_TURN),
    "import-whatsapp": (lambda _, path: histories.write_whatsapp(path), JANUARY, ONE_TURN),
    "import-slack": (lambda _, path: histories.write_slack(path), JANUARY, ONE_TURN),
    "import-discord": (lambda _, path: histories.write_discord(path), JANUARY, ONE_TURN),
    "import-product": (lambda _, path: histories.write_chatwoot(path), JANUARY, ONE_TURN),
}


def packages_are_pinned(page):
    """They are installed already: what is left of the lines to install them is the names."""

    def case(scene):
        desk = Desk(scene, page)
        known = {"npm": set(WANTED["node"]), "pip": set(WANTED["python"])}
        for name in filter(installs, desk.lines):
            program, verb, *packages = desk.lines[name].split()
            unknown = set(packages) - known[program]
            if verb != "install" or not packages or unknown:
                raise Wrong(f"{name} prints {desk.lines[name]!r}")

    return case


def nothing_is_left_out(page):
    def case(scene):
        desk = Desk(scene, page)
        run = {*IMPORTS, *OTHERS}.union(*({name, *environment} for name, environment, _ in FILES))
        differing = run ^ {name for name in desk.lines if not installs(name)}
        if differing:
            raise Wrong(f"either only on the page or only here: {', '.join(sorted(differing))}")

    return case


def installs(name):
    return name.endswith("-install")
