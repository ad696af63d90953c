"""A bot that reports to PostHog: what is said as events, and each call of a language model as `$ai_generation`."""

import os
import sys

from posthog import Posthog

from messages import instant, messages, properties

NAMES = {"incoming": "message_received", "outgoing": "message_sent"}
failures = []


def describe(message):
    session = {"$session_id": message["session_id"]} if "session_id" in message else {}
    if message["type"] != "$ai_generation":
        return session | properties(message)
    return session | {
        "$ai_trace_id": message["session_id"],
        "$ai_model": message["model"],
        "$ai_provider": "mock",
        "$ai_input_tokens": message["input_tokens"],
        "$ai_output_tokens": message["output_tokens"],
        "$ai_total_cost_usd": message["cost_usd"],
        "$ai_latency": message["latency_ms"] / 1000,
    }


posthog = Posthog(
    os.environ["KEY"],
    host=os.environ["BASE"],
    flush_at=20,
    gzip="GZIP" in os.environ,
    on_error=lambda error, _: failures.append(error),
)
for message in messages():
    who = {"distinct_id": message["user_id"], "timestamp": instant(message)}
    if message["type"] == "identify":
        posthog.set(properties=message["traits"], **who)
    elif message["type"] == "alias":
        posthog.alias(message["previous_id"], message["user_id"])
    else:
        name = NAMES[message["direction"]] if message["type"] == "message" else message["type"]
        posthog.capture(name, properties=describe(message), uuid=message["id"], **who)
posthog.shutdown()
sys.exit("\n".join(map(str, failures)) or 0)
