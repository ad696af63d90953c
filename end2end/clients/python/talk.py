"""What a bot on a language model does: turns of two users, each by another way to ask the model at MODELS.

ASKS names the ways that are taken, in their order.
"""

import contextlib
import json
import os

QUESTION = [{"role": "user", "content": "Where is my parcel?"}]
TOOLS = [{"type": "function", "function": {"name": "track", "parameters": {"type": "object", "properties": {}}}}]
MODEL = "mock-1"


def make_client(package=None):
    """OpenAI's client, or what wraps it under the same names."""
    if package is None:
        import openai as package
    return package.OpenAI(base_url=os.environ["MODELS"], api_key="mock", max_retries=0)


def talk(client, turn, asks=None):
    """`turn` gives, for a user and a conversation, a context in which one turn is told of."""
    for name in os.environ["ASKS"].split():
        ask, who = (asks or {}).get(name, ASKS.get(name)), USERS.get(name, "user-1")
        with turn(who, f"c-{who}"):
            ask(client)


def chat(client, **options):
    return client.chat.completions.create(model=MODEL, messages=QUESTION, **options)


def stream(client):
    read_all(chat(client, stream=True))


def stream_with_usage(client):
    read_all(chat(client, stream=True, stream_options={"include_usage": True}))


def responses(client, **options):
    return client.responses.create(model=MODEL, input="Where is my parcel?", **options)


def stream_responses(client):
    read_all(responses(client, stream=True))


def tools(client):
    """The model asks for a tool, is told its result, and answers."""
    first = client.chat.completions.create(model=MODEL, messages=QUESTION, tools=TOOLS).choices[0].message
    call = first.tool_calls[0]
    asked = {"role": "assistant", "content": None, "tool_calls": [call.model_dump()]}
    told = {"role": "tool", "tool_call_id": call.id, "content": json.dumps("in Hamburg")}
    client.chat.completions.create(model=MODEL, messages=[*QUESTION, asked, told], tools=TOOLS)


def fails(client):
    question = [{"role": "user", "content": "Please fail."}]
    try:
        client.chat.completions.create(model=MODEL, messages=question)
    except Exception as error:
        if "overloaded" not in str(error):
            raise


def read_all(pieces):
    for _ in pieces:
        pass


ASKS = {
    "chat": chat,
    "stream": stream,
    "stream-usage": stream_with_usage,
    "responses": responses,
    "responses-stream": stream_responses,
    "tools": tools,
    "fails": fails,
}
# Who asks otherwise than user-1.
USERS = {"tools": "user-2", "fails": "user-2"}


def make_provider():
    """OpenTelemetry as its own guide sets it up: everything else is in the environment."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


@contextlib.contextmanager
def named_span(user, session):
    """A turn as a span of the bot's own, which names who talks."""
    from opentelemetry import trace

    names = {"user.id": user, "session.id": session, "channel": "web"}
    with trace.get_tracer("bot").start_as_current_span("answer", attributes=names):
        yield
