"""A bot that LangSmith's SDK traces, exported by OpenTelemetry alone (LANGSMITH_OTEL_ONLY)."""

import langsmith
from langsmith import wrappers

import talk

client = langsmith.Client()


def turn(user, session):
    metadata = {"user_id": user, "session_id": session, "channel": "web"}
    return langsmith.trace("answer", "chain", inputs={"question": "Where is my parcel?"}, metadata=metadata)


talk.talk(wrappers.wrap_openai(talk.make_client()), turn)
client.flush()
