"""Bots on a language model, whose calls real SDKs and instrumentations tell of, each in several ways to ask the model.

The model is `model_server`: what it was asked, and what it said to have used, is known exactly, and so are the figures.
"""

import time
from collections import namedtuple
from decimal import Decimal

from faults.clocks import environment as faked

from .model_server import CHAT, CHAT_STREAM, MODEL, RESPONSES, RESPONSES_STREAM, TOOL_ANSWER, TOOL_CALL, model_server
from .scene import Scene, Wrong, around_today
from .versions import version_of

# One way to ask: who asks, the tokens of each call (`None` where nothing tells of them), the answers, the failures.
Ask = namedtuple("Ask", "user calls answers failed", defaults=[1, 0])
ASKS = {
    "chat": Ask("user-1", [CHAT]),
    "stream": Ask("user-1", [None]),
    "stream-usage": Ask("user-1", [CHAT_STREAM]),
    "responses": Ask("user-1", [RESPONSES]),
    "responses-stream": Ask("user-1", [RESPONSES_STREAM]),
    "tools": Ask("user-2", [TOOL_CALL, TOOL_ANSWER]),
    "fails": Ask("user-2", [None], 0, 1),
    "by-hand": Ask("user-1", [(100, 7)]),
    "rated": Ask("user-1", [CHAT]),
}
CHATS = ["chat", "stream", "stream-usage", "tools", "fails"]
ALL = [*CHATS[:3], "responses", "responses-stream", *CHATS[3:]]
TOLD_COST = {"cost_usd": Decimal("0.003")}
# LiteLLM counts the words of a stream that tells no tokens, 12 and 5, and works out what a call costs.
LITELLM_TOKENS = {"input_tokens": 3144 + 12, "output_tokens": 138 + 5}
LITELLM_COST = LITELLM_TOKENS["input_tokens"] * Decimal("0.00001") + LITELLM_TOKENS["output_tokens"] * Decimal("0.00002")
LITELLM = {**LITELLM_TOKENS, "cost_usd": LITELLM_COST}

# A client: the folder of its packages, its name there, the script, how the model is asked, and the figures that differ.
Client = namedtuple("Client", "home name script asks environment differing also", defaults=[{}, {}, ""])
CLIENTS = [
    Client("python-models", "langfuse", "talk_langfuse.py", [*ALL, "by-hand", "rated"], {}, TOLD_COST),
    Client("python-models", "opentelemetry-instrumentation-openai", "talk_openllmetry.py", ALL),
    Client("python-models", "openinference-instrumentation-openai", "talk_openinference.py", ALL),
    Client("python-models", "openai-agents", "talk_agents.py", ["chat", "responses", "responses-stream", "tools"]),
    Client("python-models", "langsmith", "talk_langsmith.py", ALL),
    # The tokens of a stream stand in a log beside the call, which is none.
    Client("python-models", "logfire", "talk_logfire.py", ALL, {}, {"input_tokens": 1134, "output_tokens": 85}),
    Client("python-models", "strands-agents", "talk_strands.py", ["stream-usage", "tools"]),
    *(
        Client("python-litellm", "litellm", "talk_litellm.py", ALL, {"CALLBACK": name}, LITELLM, f", {name},")
        for name in ("otel", "langfuse_otel", "langfuse")
    ),
    Client("node-models", "ai", "talk_ai.mjs", CHATS, {"MAJOR": "7"}),
    Client("node-models", "ai", "talk_ai.mjs", CHATS, {"MAJOR": "7", "LEGACY": "1"}, {}, ", spans of before,"),
    Client("node-models", "ai-6", "talk_ai.mjs", CHATS, {"MAJOR": "6"}),
    Client("node-models", "ai-5", "talk_ai.mjs", CHATS, {"MAJOR": "5"}),
    Client("node-models", "@langfuse/openai", "talk_langfuse.mjs", ALL),
    # These two tell nothing of a call that fails, nor of the tokens of streams.
    Client(
        "node-models",
        "@arizeai/openinference-instrumentation-openai",
        "talk_openinference.mjs",
        ALL[:-1],
        {},
        {"input_tokens": 3134, "output_tokens": 135},
    ),
    Client(
        "node-models",
        "@traceloop/instrumentation-openai",
        "talk_openinference.mjs",
        ALL[:-1],
        {"LLMETRY": "1"},
        {"input_tokens": 1134, "output_tokens": 85},
    ),
]
# They never say that a trace is over.
OLDER = [
    Client("python-langfuse-2", "langfuse", "talk_langfuse_2.py", [*CHATS, "by-hand"], {}, TOLD_COST),
    Client("node-models", "langfuse", "talk_langfuse_3.mjs", CHATS),
]
SETTINGS = {
    "LANGSMITH_TRACING": "true",
    "LANGSMITH_OTEL_ENABLED": "true",
    "LANGSMITH_OTEL_ONLY": "true",
    "LANGSMITH_API_KEY": "none",
    # A price list that would be fetched from elsewhere.
    "LITELLM_LOCAL_MODEL_COST_MAP": "true",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
}


def cases():
    for client in CLIENTS:
        yield f"{title(client)} tells of {len(client.asks)} turns", told(client)
    yield " and ".join(map(title, OLDER)) + " tell of turns that nothing ends", told_without_end


def title(client):
    return f"{client.name} {version_of(client.home, client.name)}{client.also}"


def told(client):
    def case(scene):
        bot = scene.bot()
        talk(bot, client)
        bot.expect("after the talk", around_today(), **expected(client))

    return case


def told_without_end(scene):
    """On a server of its own, whose clock is set two minutes on: such a trace counts when it was silent for one."""
    folder = scene.folder / "older"
    folder.mkdir()
    older = Scene(scene.binary, scene.clients.packages, folder)
    older.environment |= faked(folder)
    with older:
        bots = [(older.bot(), client) for client in OLDER]
        for bot, client in bots:
            talk(bot, client)
        (folder / "clock").write_text("+2m")
        for bot, client in bots:
            wait_for(lambda: bot.expect(title(client), around_today(), **expected(client)))


def wait_for(check, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return check()
        except Wrong:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.5)


def talk(bot, client):
    """The client's settings are those that its own guide names, with the address and the key of the Connect page."""
    base = bot.scene.base
    langfuse = dict.fromkeys(["LANGFUSE_BASE_URL", "LANGFUSE_HOST", "LANGFUSE_BASEURL"], base)
    langfuse |= {"LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": bot.key}
    with model_server() as model:
        asks = {"MODELS": f"{model.base}/v1", "ASKS": " ".join(client.asks)}
        settings = {**SETTINGS, **langfuse, **asks, **client.environment}
        bot.client(client.script, home=client.home, may_complain=True, **settings)
    if model.failures:
        raise model.failures[0]


def expected(client):
    """The figures of all ways to ask, but for what differs with a client."""
    asks = [ASKS[name] for name in client.asks]
    calls = [call for ask in asks for call in ask.calls]
    told, users = [call for call in calls if call], len({ask.user for ask in asks})
    figures = {
        "total_users": users,
        "sessions": users,
        "messages": len(asks),
        "bot_messages": sum(ask.answers for ask in asks),
        "calls": len(calls),
        "failed_calls": sum(ask.failed for ask in asks),
        "models": [MODEL] * len(calls),
        "input_tokens": sum(call[0] for call in told),
        "output_tokens": sum(call[1] for call in told),
        "cost_usd": Decimal(0),
    }
    return figures | client.differing
