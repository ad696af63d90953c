"""A bot that reports to Segment. PACKAGE=rudderstack.analytics is a client that does the same; GZIP=1 compresses."""

import os
import sys
from importlib import import_module

from messages import instant, messages, properties

NAMES = {"incoming": "Message Received", "outgoing": "Message Sent"}
failures = []
compression = {"gzip": True} if "GZIP" in os.environ else {}
analytics = import_module(os.environ.get("PACKAGE", "segment.analytics")).Client(
    os.environ["KEY"],
    host=os.environ["BASE"],
    upload_size=20,
    on_error=lambda error, _: failures.append(error),
    **compression,
)
for message in messages():
    common = {"timestamp": instant(message), "message_id": message["id"]}
    if message["type"] == "identify":
        analytics.identify(message["user_id"], message["traits"], **common)
    elif message["type"] == "alias":
        analytics.alias(message["previous_id"], message["user_id"], **common)
    else:
        name = NAMES[message["direction"]] if message["type"] == "message" else message["type"]
        analytics.track(message["user_id"], name, properties(message), **common)
analytics.shutdown()
sys.exit("\n".join(map(str, failures)) or 0)
