"""What a bot has to tell: lines of JSON in the file that MESSAGES names."""

import json
import os
from datetime import datetime

PROPERTIES = ["channel", "text", "intent", "handled", "value", "model"]
PROPERTIES += ["input_tokens", "output_tokens", "cost_usd", "latency_ms"]


def messages():
    with open(os.environ["MESSAGES"]) as lines:
        return [json.loads(line) for line in lines]


def instant(message):
    return datetime.fromisoformat(message["at"]) if "at" in message else None


def properties(message):
    """The properties of a message or event that every product-analytics client carries along as they are."""
    present = {key: message[key] for key in PROPERTIES if key in message}
    return present | ({"conversation_id": message["session_id"]} if "session_id" in message else {})
