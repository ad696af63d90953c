"""Each client reports one short conversation; the figures are exact, and a second run changes none."""

import base64
from decimal import Decimal

from .scene import JANUARY, Wrong, around_today, write_messages

ID = "0190f5a0-0000-7000-8000-00000000000"
COMMON = {"user_id": "user-1", "session_id": "c-1", "channel": "web"}
MODEL = {"model": "mock-1", "input_tokens": 12, "output_tokens": 34, "cost_usd": 0.0012, "latency_ms": 812}
HELLO = {"type": "message", "id": ID + "1", "at": "2026-01-02T03:04:05.678+00:00", "direction": "incoming"}
ANSWER = {"type": "message", "id": ID + "2", "at": "2026-01-02T03:04:06.490+00:00", "direction": "outgoing"}
IDENTIFY = {"type": "identify", "id": ID + "0", "at": "2026-01-02T03:04:05+00:00"}
# What clients report beside messages: a custom event counts by its name, the rest counts nowhere.
ASIDES = [
    {**IDENTIFY, "user_id": "user-1", "traits": {"plan": "free"}},
    {"type": "handoff", "id": ID + "3", "at": "2026-01-02T03:05:00+00:00", "value": 2.5, **COMMON},
    {"type": "alias", "id": ID + "4", "user_id": "user-1", "previous_id": "visitor-1"},
]
ONE_TURN = {"total_users": 1, "new_users": 1, "returning_users": 0, "sessions": 1, "messages": 1, "bot_messages": 1}
ONE_CALL = {
    "calls": 1,
    "models": ["mock-1"],
    "input_tokens": 12,
    "output_tokens": 34,
    "cost_usd": Decimal("0.0012"),
    "latencies_ms": [812],
}
PYDANTIC_CALL = {"calls": 1, "models": ["test"], "input_tokens": 51, "output_tokens": 2}
AI_CALLS = {"calls": 2, "models": ["mock-1", "mock-1"], "input_tokens": 34, "output_tokens": 8}


def cases():
    for client, script, environment in SEGMENT:
        yield f"{client} reports a conversation", reports(script, environment, with_message(), twice_in_one_run())
    for client, script, environment in POSTHOG:
        yield f"{client} reports a conversation", reports(script, environment, with_event())
    for client, script, environment in BATCHING:
        yield f"{client} never hears of one bad event", with_a_bad_event(script, environment)
    yield "a user named by a number is the one named by its text", a_number_for_a_user
    yield "dashbot 12.1.0 reports a conversation", dashbot
    for name, script, environment, expected in TRACES:
        yield f"{name} reports a conversation", traced(script, environment, expected)
    yield "pydantic-ai 2.68.0 reports a conversation to Langfuse's address", traced_as_for_langfuse
    yield "ai 6.0.326 reports a call that failed", failed_call
    yield "pydantic-ai 2.68.0 reports three turns of one conversation", one_conversation
    yield "opentelemetry-python exports logs and metrics, which nothing counts", other_signals


SEGMENT = [
    ("@segment/analytics-node 3.1.0", "segment.mjs", {}),
    ("@segment/analytics-node 2.3.0", "segment.mjs", {"PACKAGE": "segment-2"}),
    ("@rudderstack/rudder-sdk-node 3.0.13", "rudder.mjs", {}),
    ("segment-analytics-python 2.4.0", "send_segment.py", {}),
    ("segment-analytics-python 2.4.0, gzip,", "send_segment.py", {"GZIP": "1"}),
    ("rudder-sdk-python 2.1.9", "send_segment.py", {"PACKAGE": "rudderstack.analytics"}),
]
POSTHOG = [
    ("posthog-node 5.70.0", "posthog.mjs", {}),
    ("posthog-python 7.91.1", "send_posthog.py", {}),
    ("posthog-python 7.91.1, gzip,", "send_posthog.py", {"GZIP": "1"}),
]
BATCHING = [*SEGMENT, *POSTHOG]
TRACES = [
    ("pydantic-ai 2.68.0", "send_otlp.py", {}, PYDANTIC_CALL),
    ("pydantic-ai 2.68.0, gzip,", "send_otlp.py", {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, PYDANTIC_CALL),
    ("ai 6.0.326, JSON,", "otlp.mjs", {}, AI_CALLS),
    ("ai 6.0.326, protobuf,", "otlp.mjs", {"SPANS": "proto"}, AI_CALLS),
    ("ai 6.0.326, JSON, gzip,", "otlp.mjs", {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, AI_CALLS),
]


def with_message():
    """The model's figures come with the message that it made."""
    hello = {**HELLO, **COMMON, "text": "hello", "intent": "greet"}
    return [ASIDES[0], hello, {**ANSWER, **COMMON, **MODEL, "text": "hi there"}, *ASIDES[1:]]


def twice_in_one_run():
    """The same message id twice in one batch."""
    return [{**ANSWER, **COMMON, "text": "hi there"}]


def with_event():
    """The model's figures come as an event of their own, as PostHog has it."""
    hello = {**HELLO, **COMMON, "text": "hello", "intent": "greet"}
    call = {**ANSWER, **COMMON, **MODEL, "type": "$ai_generation", "id": ID + "5"}
    return [ASIDES[0], hello, {**ANSWER, **COMMON, "text": "hi there"}, call, *ASIDES[1:]]


def reports(script, environment, messages, repeated=()):
    def case(scene):
        bot = scene.bot()
        path = write_messages(scene.folder, f"{bot.id}.ndjson", [*messages, *repeated])
        for when in ("at first", "after the second run"):
            bot.client(script, MESSAGES=path, **environment)
            bot.expect(when, JANUARY, **ONE_TURN, **ONE_CALL, custom_events={"handoff": 1})
        check_no_text(bot)

    return case


def with_a_bad_event(script, environment):
    """One message in the batch has an impossible time. A client that heard of it would drop or repeat all."""

    def case(scene):
        bot = scene.bot()
        bad = {**HELLO, **COMMON, "id": ID + "6", "at": "1999-12-31T23:59:59+00:00"}
        path = write_messages(scene.folder, f"{bot.id}.ndjson", [bad, *with_message()])
        bot.client(script, MESSAGES=path, **environment)
        bot.expect("with a bad event", JANUARY, **ONE_TURN, **ONE_CALL, custom_events={"handoff": 1})

    return case


def a_number_for_a_user(scene):
    bot = scene.bot()
    for script, user in (("send_segment.py", 42), ("segment.mjs", "42")):
        messages = [{**message, "user_id": user} for message in with_message()]
        bot.client(script, MESSAGES=write_messages(scene.folder, f"{bot.id}.ndjson", messages))
        bot.expect(f"with the user {user!r}", JANUARY, **ONE_TURN, **ONE_CALL)


def dashbot(scene):
    bot = scene.bot()
    for when in ("at first", "after the second run"):
        bot.client("dashbot.mjs")
        bot.expect(when, JANUARY, **ONE_TURN, calls=0, custom_events={"handoff": 1})
        not_handled = sum(1 for item in bot.export() if item.get("handled") is False)
        if not_handled != 1:
            raise Wrong(f"{when}: {not_handled} messages are not handled instead of 1")


def traced(script, environment, expected):
    def case(scene):
        bot = scene.bot()
        requests = bot.record_client(script, **environment)
        bot.expect("at first", around_today(), **ONE_TURN, **expected)
        bot.send_again(requests)
        bot.expect("after the same spans once more", around_today(), **ONE_TURN, **expected)
        check_no_text(bot)

    return case


def check_no_text(bot):
    """What people say is not kept unless the bot's owner wants it."""
    kept = [item for item in bot.export() if "text" in item]
    if kept:
        raise Wrong(f"texts are stored: {kept[0]}")


def traced_as_for_langfuse(scene):
    """Langfuse's users have its address and a pair of keys; ours is either of the two."""
    for pair in (lambda key: f"pk-lf-1:{key}", lambda key: f"{key}:sk-lf-1"):
        bot = scene.bot()
        basic = base64.b64encode(pair(bot.key).encode()).decode()
        headers = {"OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Basic%20{basic}"}
        endpoint = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{scene.base}/api/public/otel/v1/traces"}
        bot.client("send_otlp.py", **headers, **endpoint)
        bot.expect(f"as {pair('KEY')}", around_today(), **ONE_TURN, **PYDANTIC_CALL)


def failed_call(scene):
    """The user has said something, the bot has not answered, and the call has used nothing."""
    bot = scene.bot()
    bot.client("otlp.mjs", FAILS="1")
    bot.expect("after the failure", around_today(), messages=1, bot_messages=0, calls=1, failed_calls=1, input_tokens=0)


def one_conversation(scene):
    """Nobody is named: who goes on with a conversation is the same user in the same session."""
    bot = scene.bot()
    bot.client("send_otlp.py", TURNS="3", REMEMBER="1")
    bot.expect("after three turns", around_today(), total_users=1, sessions=1, messages=3, bot_messages=3, calls=3)


def other_signals(scene):
    bot = scene.bot()
    bot.client("send_signals.py")
    nothing = dict.fromkeys(ONE_TURN, 0)
    bot.expect("after logs and metrics", around_today(), **nothing, calls=0, custom_events={})
