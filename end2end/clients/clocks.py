"""Clients whose clock is wrong, and batches that come late: their events keep the times that are true."""

from datetime import datetime, timezone

from faults.clocks import environment as faked

from .arrivals import BATCHING, with_message
from .scene import Wrong, write_messages


def cases():
    for client, script, environment in BATCHING:
        if "GZIP" not in environment:
            yield f"{client} has a clock that is two hours wrong", wrong_clock(script, environment)
            yield f"{client} says when things happened, and is late", late(script, environment)


def wrong_clock(script, environment):
    """What happens now is stored as of now."""

    def case(scene):
        messages = [without_time(message) for message in with_message()]
        for step in ("+2h", "-2h"):
            began = datetime.now(timezone.utc)
            items = report(scene, script, environment, step, messages)
            ended = datetime.now(timezone.utc)
            outside = [item["at"] for item in items if not began <= datetime.fromisoformat(item["at"]) <= ended]
            if outside or len(items) != 3:
                raise Wrong(f"{step}: {len(items)} stored, of which at another time than {began}: {outside}")

    return case


def late(script, environment):
    """Some clients repeat a batch with the words of the first try: ten minutes of outage are no wrong clock."""

    def case(scene):
        said = [message for message in with_message() if message["type"] in ("message", "handoff")]
        items = report(scene, script, environment, "-10m", said)
        stored = sorted(datetime.fromisoformat(item["at"]) for item in items)
        if stored != sorted(datetime.fromisoformat(message["at"]) for message in said):
            raise Wrong(f"the times that are stored are {stored}")

    return case


def report(scene, script, environment, step, messages):
    bot = scene.bot()
    folder = scene.folder / f"clock-{bot.id}"
    folder.mkdir()
    clock = faked(folder)
    (folder / "clock").write_text(step)
    path = write_messages(scene.folder, f"{bot.id}.ndjson", messages)
    bot.client(script, MESSAGES=path, **clock, **environment)
    return bot.export()


def without_time(message):
    return {name: value for name, value in message.items() if name != "at"}
