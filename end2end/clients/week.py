"""A week goes in through Segment's client and comes out through Botpress's, with nothing of ours in between."""

import random
import uuid
from datetime import date, datetime, timedelta, timezone

from oracle.count import Counter
from oracle.days import DAY, Calendar

from .scene import Wrong, write_messages

# Weeks with a change of the clock: Berlin's last day has 23 hours, and so has New York's.
WEEKS = {"Europe/Berlin": date(2026, 3, 23), "America/New_York": date(2026, 3, 2)}
MESSAGES = 900
IDLE_TIMEOUT_S = 30 * 60
PAUSES_MS = [0, 1, 4_000, 61_000, 1_799_999, 1_800_000, 1_800_001, 4_000_000]
NAMES = {
    "newUsers": "new_users",
    "returningUsers": "returning_users",
    "sessions": "sessions",
    "userMessages": "messages",
    "messages": "messages",
    "botMessages": "bot_messages",
}


def cases():
    for zone, monday in WEEKS.items():
        yield f"a week in {zone} from @segment/analytics-node to @botpress/client", week(zone, monday)


def week(zone, monday):
    def case(scene):
        bot, calendar = scene.bot(zone), Calendar(zone)
        messages = make_messages(random.Random(zone), calendar, monday)
        path = write_messages(scene.folder, f"{bot.id}.ndjson", messages)
        counter = Counter(messages, IDLE_TIMEOUT_S)
        for when in ("at first", "after the second run"):
            bot.client("segment.mjs", MESSAGES=path)
            check_week(when, bot, calendar, counter, monday)
            check_days(when, bot, calendar, counter, monday)

    return case


def check_days(when, bot, calendar, counter, monday):
    records = bot.records(monday, monday + 6 * DAY)
    if len(records) != 7:
        raise Wrong(f"{when}: {len(records)} records instead of 7")
    for number, record in enumerate(records):
        day = monday + number * DAY
        start, end = calendar.day_start(day), calendar.day_start(day + DAY)
        shown = datetime.fromisoformat(record["startDateTimeUtc"]), datetime.fromisoformat(record["endDateTimeUtc"])
        if shown != (start, end - timedelta(milliseconds=1)):
            raise Wrong(f"{when}: the record of {day} is of {shown[0]} to {shown[1]}")
        counted = counter.count(start, end, None)
        differing = [name for name in NAMES if record[name] != counted[NAMES[name]]]
        if differing:
            shown = ", ".join(f"{name} {record[name]} instead of {counted[NAMES[name]]}" for name in differing)
            raise Wrong(f"{when}: {day}: {shown}")


def check_week(when, bot, calendar, counter, monday):
    """Distinct users of a week are not the sum of its days'."""
    totals = bot.report(monday, monday + 6 * DAY)["totals"]
    counted = counter.count(calendar.day_start(monday), calendar.day_start(monday + 7 * DAY), None)
    for name, value in counted.items():
        if totals[name]["value"] != value:
            raise Wrong(f"{when}: {name} of the week is {totals[name]['value']} instead of {value}")


def make_messages(rng, calendar, monday):
    """Ten days, of which the first three make some of the week's users old friends; many talk around midnight."""
    first = calendar.day_start(monday - 3 * DAY)
    span_s = int((calendar.day_start(monday + 7 * DAY) - first).total_seconds())
    messages = []
    while len(messages) < MESSAGES:
        midnight = calendar.day_start(monday + rng.randint(-2, 7) * DAY)
        edge = midnight + timedelta(milliseconds=rng.choice([-900_000, -1, 0, 1]))
        at = edge if rng.random() < 0.3 else first + timedelta(seconds=rng.randint(0, span_s))
        messages += make_exchange(rng, at)
    rng.shuffle(messages)
    return messages


def make_exchange(rng, at):
    who = {"type": "message", "user_id": f"user-{rng.randint(1, 60)}", "channel": rng.choice(["web", "telegram"])}
    if rng.random() < 0.25:
        who["session_id"] = f"s-{rng.randint(1, 30)}"
    for _ in range(rng.randint(1, 6)):
        at += timedelta(milliseconds=rng.choice(PAUSES_MS))
        direction = "incoming" if rng.random() < 0.6 else "outgoing"
        name = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        instant = at.astimezone(timezone.utc).isoformat(timespec="milliseconds")
        yield {**who, "id": name, "at": instant, "direction": direction}
