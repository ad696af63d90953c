"""Histories that other software has kept: imported twice, and on top of what came in live, each message counts once."""

import csv
import json
import sqlite3
import subprocess

from faults.cluster import Cluster

from .arrivals import ONE_CALL, ONE_TURN, with_message
from .brokers import TWO_TURNS, check_not_handled, check_sent_once
from .python.rasa_events import events
from .scene import JANUARY, around_today, write_messages

COLUMNS = ["id", "messageId", "botId", "channel", "threadId", "target", "sessionId", "type", "direction"]
COLUMNS += ["incomingEventId", "workflowId", "feedback", "success", "event", "createdOn"]


def cases():
    for form, write in RASA.items():
        yield f"a history in {form} is imported twice, and once more after the live broker", rasa(form, write)
    yield "all of Rasa's histories hold the same conversation", rasa_altogether
    yield "a history in rasa-tracker is read from PostgreSQL", rasa_from_postgres
    yield "a history in bot-framework is imported after the live middleware", bot_framework
    yield "a history in bot-framework is imported twice", bot_framework_alone
    yield "a history in botpress-v12 is imported as lines and as CSV", botpress
    for form in ("ndjson", "csv"):
        yield f"an export in {form} is imported after the live client", exported(form)


def rasa(form, write):
    def case(scene):
        bot, live = scene.bot(), scene.bot()
        path = write(scene.folder / f"{bot.id}-{form}")
        for when in ("after the import", "after the second import"):
            bot.import_history(form, path)
            bot.expect(when, JANUARY, **TWO_TURNS, custom_events={})
            check_not_handled(when, bot)
        live.client("rasa_dashbot.py")
        live.import_history(form, path)
        live.expect("after broker and import", JANUARY, **TWO_TURNS, custom_events={})

    return case


def rasa_altogether(scene):
    bot = scene.bot()
    check_sent_once(bot.client("rasa_hecho.py"))
    for form, write in RASA.items():
        bot.import_history(form, write(scene.folder / f"{bot.id}-{form}"))
    bot.client("rasa_dashbot.py")
    bot.expect("after three imports and two brokers", JANUARY, **TWO_TURNS, custom_events={})


def rasa_from_postgres(scene):
    bot, cluster = scene.bot(), Cluster(scene.folder / "cluster").start()
    try:
        url = cluster.create_database("rasa")
        statements = [TRACKER_TABLE, *(insert(row) for row in tracker_rows())]
        psql = [cluster.programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", url]
        subprocess.run(psql, input=";\n".join(statements), check=True, capture_output=True, text=True)
        for when in ("after the import", "after the second import"):
            bot.import_history("rasa-tracker", url)
            bot.expect(when, JANUARY, **TWO_TURNS, custom_events={})
    finally:
        cluster.end()


TRACKER_TABLE = (
    "create table events (id integer primary key, sender_id varchar(255) not null, type_name varchar(255) not null,"
    " timestamp float, intent_name varchar(255), action_name varchar(255), data text)"
)
BROKER_TABLE = "create table events (id integer primary key, sender_id varchar(255), data text)"


def tracker_rows():
    for number, event in enumerate(events(), 1):
        intent = event.get("parse_data", {}).get("intent", {}).get("name")
        data = {name: value for name, value in event.items() if name != "sender_id"}
        named = event["event"], event["timestamp"], intent, event.get("name")
        yield number, event["sender_id"], *named, json.dumps(data)


def insert(row):
    values = ("null" if value is None else "'{}'".format(str(value).replace("'", "''")) for value in row)
    return f"insert into events values ({', '.join(values)})"


def write_tracker(path):
    return write_table(path, TRACKER_TABLE, list(tracker_rows()))


def write_broker_table(path):
    rows = [(number, event["sender_id"], json.dumps(event)) for number, event in enumerate(events(), 1)]
    return write_table(path, BROKER_TABLE, rows)


def write_table(path, table, rows):
    database = sqlite3.connect(path)
    with database:
        database.execute(table)
        database.executemany(f"insert into events values ({', '.join('?' * len(rows[0]))})", rows)
    database.close()
    return path


def write_broker_file(path):
    return write_messages(path.parent, path.name, events())


RASA = {"rasa-tracker": write_tracker, "rasa-broker-sql": write_broker_table, "rasa-broker-file": write_broker_file}


def bot_framework(scene):
    bot = scene.bot()
    folder = scene.folder / f"transcript-{bot.id}"
    folder.mkdir()
    bot.client("botframework.mjs", FOLDER=str(folder))
    for when in ("after the import", "after the second import"):
        bot.import_history("bot-framework", folder)
        bot.expect(when, around_today(), **TWO_TURNS, custom_events={})


def bot_framework_alone(scene):
    """As a folder of activities, and as a file that holds all of them in one array."""
    elsewhere, bot = scene.bot(), scene.bot()
    folder = scene.folder / f"transcript-{bot.id}"
    folder.mkdir()
    elsewhere.client("botframework.mjs", FOLDER=str(folder))
    activities = [json.loads(path.read_text()) for path in sorted(folder.rglob("*.json"))]
    array = scene.folder / f"{bot.id}.transcript"
    array.write_text(json.dumps(activities))
    for source in (folder, array, folder):
        bot.import_history("bot-framework", source)
        bot.expect(f"after {source.name}", around_today(), **TWO_TURNS, custom_events={})


def botpress(scene):
    bot = scene.bot()
    lines = write_messages(scene.folder, f"{bot.id}.jsonl", list(botpress_events()))
    table = write_botpress_table(scene.folder / f"{bot.id}.csv")
    for source in (lines, table, lines):
        bot.import_history("botpress-v12", source)
        bot.expect(f"after {source}", JANUARY, **TWO_TURNS, custom_events={})


def write_botpress_table(path):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in botpress_events():
            at = row["createdOn"].replace("T", " ").replace("Z", "+00")
            writer.writerow({**row, "event": json.dumps(row["event"]), "createdOn": at})
    return path


def botpress_events():
    yield botpress_event(1, "visit", "incoming", "03:04:05.000", "visit")
    yield botpress_event(2, "text", "incoming", "03:04:06.500", "hello", "greet")
    yield botpress_event(3, "typing", "outgoing", "03:04:06.600", "typing")
    yield botpress_event(4, "text", "outgoing", "03:04:06.700", "Hey! How are you?")
    yield botpress_event(5, "text", "incoming", "03:04:25.500", "flurb the wombat", "none")
    yield botpress_event(6, "text", "outgoing", "03:04:25.700", "I did not understand that.")


def botpress_event(number, kind, direction, at, preview, intent=None):
    event = {"type": kind, "direction": direction, "preview": preview, "payload": {"type": kind, "text": preview}}
    if intent:
        event["nlu"] = {"intent": {"name": intent, "confidence": 0.9}, "language": "en"}
    constant = {"botId": "welcome", "channel": "web", "threadId": "12", "target": "user-1"}
    empty = dict.fromkeys(["sessionId", "workflowId", "feedback", "success"])
    own = {"id": f"64{number:06}", "messageId": f"0190f5a0-0000-7000-8000-00000000001{number}", "type": kind}
    rest = {"direction": direction, "incomingEventId": "64000002", "event": event, "createdOn": f"2026-01-02T{at}Z"}
    return {**own, **constant, **empty, **rest}


def exported(form):
    def case(scene):
        bot, other = scene.bot(), scene.bot()
        path = write_messages(scene.folder, f"{bot.id}.ndjson", with_message())
        bot.client("segment.mjs", MESSAGES=path)
        history = scene.folder / f"{bot.id}-export.{form}"
        history.write_text(scene.command("export", "--bot", bot.id, "--format", form))
        other.client("segment.mjs", MESSAGES=path)
        for target in (bot, other, scene.bot()):
            target.import_history(form, history)
            target.expect("after the import", JANUARY, **ONE_TURN, **ONE_CALL, custom_events={"handoff": 1})

    return case
