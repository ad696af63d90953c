"""A server that refuses at first, or whose answers get lost: the clients send again, and each message counts once."""

import random
import uuid
from datetime import datetime, timedelta, timezone

from oracle.count import METRICS, Counter

from .arrivals import BATCHING
from .listener import Answer, Listener
from .scene import JANUARY, Wrong, around_today, write_messages

MESSAGES = 120
TURNS = 40


def cases():
    for client, script, environment in BATCHING:
        for name, weather in WEATHERS.items():
            yield f"{client} {name}", batches(script, environment, weather)
    for name, weather in WEATHERS.items():
        yield f"opentelemetry-python {name}", spans(weather)
    yield "hecho-events 1.3.4 is refused at first", rasa_broker


def refuse(status):
    return lambda scene, request: Answer(status, {"Retry-After": "1"}, b"{}")


def store_and_refuse(status):
    def answer(scene, request):
        stored = scene.forward(request)
        if stored.status != 200:
            raise Wrong(f"{request.method} {request.path} answered {stored.status}: {stored.body[:300]}")
        return Answer(status, {"Retry-After": "1"}, b"{}")

    return answer


WEATHERS = {
    "is refused at first": [refuse(503), refuse(429)],
    "hears of a failure though all was stored": [store_and_refuse(503), store_and_refuse(503)],
}


def storm(scene, weather):
    """The real server behind one that treats the first requests badly, one after the other."""
    coming = list(weather)

    def answer(request):
        return coming.pop(0)(scene, request) if coming else scene.forward(request)

    return Listener(answer)


def batches(script, environment, weather):
    def case(scene):
        bot, messages = scene.bot(), make_messages()
        path = write_messages(scene.folder, f"{bot.id}.ndjson", messages)
        with storm(scene, weather) as listener:
            bot.client(script, base=listener.base, MESSAGES=path, may_complain=True, **environment)
            check_repeats(listener, weather)
        counted = Counter(messages, 30 * 60).count(*january(), None)
        bot.expect("after the storm", JANUARY, **counted)
        check_stored(bot, messages)

    return case


def spans(weather):
    def case(scene):
        bot = scene.bot()
        with storm(scene, weather) as listener:
            bot.client("send_otlp.py", base=listener.base, TURNS=str(TURNS), may_complain=True)
            check_repeats(listener, weather)
        turns = {name: TURNS for name in METRICS if name != "returning_users"}
        tokens = {"calls": TURNS, "input_tokens": 51 * TURNS, "output_tokens": 2 * TURNS}
        bot.expect("after the storm", around_today(), **turns, **tokens)

    return case


def rasa_broker(scene):
    bot, weather = scene.bot(), [refuse(503), refuse(503), refuse(429)]
    with storm(scene, weather) as listener:
        bot.client("rasa_hecho.py", base=listener.base)
        check_repeats(listener, weather)
    bot.expect("after the storm", JANUARY, total_users=1, sessions=1, messages=2, bot_messages=2)


def check_repeats(listener, weather):
    if listener.failures:
        raise listener.failures[0]
    if len(listener.requests) <= len(weather):
        raise Wrong(f"only {len(listener.requests)} requests came: the client did not send again")


def check_stored(bot, messages):
    stored, sent = sorted(item["id"] for item in bot.export()), sorted(message["id"] for message in messages)
    if stored != sent:
        lost, twice = set(sent) - set(stored), len(stored) - len(set(stored))
        raise Wrong(f"of {len(sent)} messages {len(lost)} are lost and {twice} are stored twice")


def january():
    return datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2026, 2, 1, tzinfo=timezone.utc)


def make_messages():
    rng, start = random.Random(1), january()[0]
    return [
        {
            "type": "message",
            "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "user_id": f"user-{rng.randint(1, 15)}",
            "channel": "web",
            "at": (start + timedelta(seconds=rng.randint(0, 20 * 86_400))).isoformat(timespec="milliseconds"),
            "direction": rng.choice(["incoming", "outgoing"]),
        }
        for _ in range(MESSAGES)
    ]
