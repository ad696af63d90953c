"""The same messages through every door, in batches as large as the native ones, or one by one where a client batches none."""

import json
import re
import time
from datetime import datetime, timezone
from urllib.request import urlopen

from .client import drive
from .figures import Figure, say
from .intake import BATCH, BATCH_CONNECTIONS, CONNECTIONS

USERS = 1_000
NAMES = {"incoming": "Message Received", "outgoing": "Message Sent"}


def messages(prefix, count):
    """New ones of some users: id, user, epoch milliseconds, direction."""
    now = int(time.time() * 1000) - count
    for number in range(count):
        yield f"{prefix}-{now + number:012x}", f"user-{number * 7 % USERS}", now + number, "outgoing" if number % 2 else "incoming"


def rfc3339(ms):
    return datetime.fromtimestamp(ms / 1000, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def native(parts):
    return [{"id": id, "user_id": user, "at": at, "direction": direction, "channel": "web"} for id, user, at, direction in parts]


def segment(parts):
    events = [
        {"type": "track", "event": NAMES[direction], "userId": user, "messageId": id, "timestamp": rfc3339(at), "properties": {"channel": "web"}}
        for id, user, at, direction in parts
    ]
    return {"batch": events, "sentAt": rfc3339(time.time() * 1000)}


def posthog(parts):
    events = [
        {"event": NAMES[direction], "distinct_id": user, "uuid": id, "timestamp": rfc3339(at), "properties": {"channel": "web"}}
        for id, user, at, direction in parts
    ]
    return {"batch": events, "sent_at": rfc3339(time.time() * 1000)}


def rasa(parts):
    words = {"incoming": "user", "outgoing": "bot"}
    return [
        {"event": words[direction], "sender_id": user, "timestamp": at / 1000, "message_id": id, "text": id, "input_channel": "web"}
        for id, user, at, direction in parts
    ]


def otlp(parts):
    """A turn for every three: a question, an answer, and the call between them."""
    spans = [
        {
            "traceId": f"{number:08x}{at:024x}",
            "spanId": f"{at:016x}",
            "name": "chat",
            "startTimeUnixNano": str(at * 1_000_000),
            "endTimeUnixNano": str((at + 1) * 1_000_000),
            "attributes": [
                {"key": "gen_ai.request.model", "value": {"stringValue": "bench"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}},
                {"key": "user.id", "value": {"stringValue": user}},
            ],
        }
        for number, (_, user, at, _) in enumerate(parts[::3])
    ]
    return {"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}


def dashbot(parts):
    ((id, user, at, _),) = parts
    return {"userId": user, "text": id, "dashbot_timestamp": at}


def chatwoot(parts):
    ((id, user, at, _),) = parts
    sender = {"id": user, "type": "contact"}
    return {"event": "message_created", "id": id, "message_type": "incoming", "created_at": rfc3339(at), "content": id, "sender": sender}


BATCHED = {
    "Segment": ("/v1/batch", segment),
    "PostHog": ("/batch/", posthog),
    "Rasa": ("/rasa/events", rasa),
    "OpenTelemetry (JSON, a call and two messages a span)": ("/v1/traces", otlp),
}
SINGLE = {"Dashbot": ("/track?type=incoming&platform=generic", dashbot), "Chatwoot": ("/chatwoot", chatwoot)}


def measure_doors(parlance, options):
    """Each beside the native form of the same size, to a bot of its own; every one has to store everything."""
    say("Sending the same through every door")
    count = min(options.messages // 20, 60_000) // BATCH * BATCH
    least = send(parlance, count, BATCH, "/api/v1/events", native)
    yield Figure(f"doors: native, batches of {BATCH}", least, "messages/s")
    for name, (path, write) in BATCHED.items():
        rate = send(parlance, count, BATCH, path, write)
        yield Figure(f"doors: {name}, batches of {BATCH}", rate, "messages/s", least=least / 2)
    least = send(parlance, count // 4, 1, "/api/v1/events", native)
    yield Figure("doors: native, one by one", least, "messages/s")
    for name, (path, write) in SINGLE.items():
        yield Figure(f"doors: {name}, one by one", send(parlance, count // 4, 1, path, write), "messages/s", least=least / 2)


def send(parlance, count, size, path, write):
    """Messages a second. Raises RuntimeError if not all of them are stored."""
    key, made = parlance.create_bot()[1], list(messages(write.__name__, count))
    parts = (made[start : start + size] for start in range(0, count, size))
    bodies = [(json.dumps(write(part)[0] if write is native and size == 1 else write(part)).encode(), len(part)) for part in parts]
    before = accepted(parlance)
    sent = drive(parlance.server.address, key, bodies, BATCH_CONNECTIONS if size > 1 else CONNECTIONS, path=path)
    stored = accepted(parlance) - before
    if stored < count:
        raise RuntimeError(f"{path} was sent {count} and stored {stored}")
    return stored / sent.seconds


def accepted(parlance):
    text = urlopen(f"http://{parlance.server.address}/metrics").read().decode()
    found = re.search(r"^parlance_intake_accepted_total ([0-9.e+]+)$", text, re.M)
    return int(float(found[1])) if found else 0
