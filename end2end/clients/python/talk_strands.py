"""A bot on Strands, which traces its agents by itself."""

import os

from strands import Agent, tool
from strands.models.openai import OpenAIModel

import talk

provider = talk.make_provider()
settings = {"base_url": os.environ["MODELS"], "api_key": "mock", "max_retries": 0}


@tool
def track() -> str:
    """Where the parcel is."""
    return "in Hamburg"


who = {}


class Turn:
    def __init__(self, user, session):
        who.update({"user.id": user, "session.id": session, "channel": "web"})

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def run(tools=()):
    model = OpenAIModel(client_args=settings, model_id=talk.MODEL)
    Agent(model=model, tools=list(tools), callback_handler=None, trace_attributes=dict(who))("Where is my parcel?")




talk.talk(None, Turn, {"stream-usage": lambda _: run(), "tools": lambda _: run([track])})
provider.shutdown()
