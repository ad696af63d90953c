"""Bots on a language model, whose calls real instrumentations and SDKs tell of, each in several ways to ask the model.

The model is `model_server`; what it was asked is known exactly, and so are the figures.
"""

from collections import namedtuple
from decimal import Decimal

from .model_server import CHAT, CHAT_STREAM, MODEL, RESPONSES, RESPONSES_STREAM, TOOL_ANSWER, TOOL_CALL, model_server
from .scene import Wrong, around_today

# One way to ask: the user, the calls' tokens (`None` where the answer tells none), and the answers.
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
OPENAI = ["chat", "stream", "stream-usage", "responses", "responses-stream", "tools", "fails"]
Bot = namedtuple("Bot", "name script asks environment differing", defaults=[OPENAI, {}, {}])


def cases():
    for bot in BOTS:
        yield f"{bot.name} tells of {len(bot.asks)} turns", told(bot)


BOTS = [
    Bot("langfuse", "talk_langfuse.py", [*OPENAI, "by-hand", "rated"], {}, {"cost_usd": Decimal("0.003")}),
    Bot("openllmetry", "talk_openllmetry.py"),
    Bot("openinference", "talk_openinference.py"),
    Bot("litellm otel", "talk_litellm.py", OPENAI, {"CALLBACK": "otel"}),
    Bot("litellm langfuse", "talk_litellm.py", OPENAI, {"CALLBACK": "langfuse"}),
    Bot("litellm langfuse_otel", "talk_litellm.py", OPENAI, {"CALLBACK": "langfuse_otel"}),
    Bot("langsmith", "talk_langsmith.py"),
    Bot("logfire", "talk_logfire.py"),
    Bot("mlflow", "talk_mlflow.py"),
]
SETTINGS = {"LANGSMITH_TRACING": "true", "LANGSMITH_OTEL_ENABLED": "true", "LANGSMITH_OTEL_ONLY": "true"}
SETTINGS |= {"LANGSMITH_API_KEY": "none", "LITELLM_LOCAL_MODEL_COST_MAP": "true"}
SETTINGS |= {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}


def told(client):
    def case(scene):
        bot = scene.bot()
        langfuse = {"LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": bot.key}
        langfuse |= {"LANGFUSE_BASE_URL": scene.base, "LANGFUSE_HOST": scene.base}
        with model_server() as model:
            asks = {"MODELS": f"{model.base}/v1", "ASKS": " ".join(client.asks)}
            bot.client(client.script, home="python-models", may_complain=True, **SETTINGS, **langfuse, **asks, **client.environment)
            if model.failures:
                raise model.failures[0]
        bot.expect("after the talk", around_today(), **expected(client))

    return case


def expected(client):
    asks = [ASKS[name] for name in client.asks]
    calls = [call for ask in asks for call in ask.calls]
    users = len({ask.user for ask in asks})
    figures = {
        "total_users": users,
        "sessions": users,
        "messages": len(asks),
        "bot_messages": sum(ask.answers for ask in asks),
        "calls": len(calls),
        "failed_calls": sum(ask.failed for ask in asks),
        "models": [MODEL] * len(calls),
        "input_tokens": sum(call[0] for call in calls if call),
        "output_tokens": sum(call[1] for call in calls if call),
        "cost_usd": Decimal(0),
    }
    return figures | client.differing
