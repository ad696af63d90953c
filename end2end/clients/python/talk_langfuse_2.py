"""A bot that reports with Langfuse's SDK of before it spoke OpenTelemetry, and its wrapper of OpenAI's client."""

import contextlib

from langfuse import Langfuse
from langfuse.openai import openai

import talk

langfuse = Langfuse()
if langfuse.auth_check() is not True:
    raise SystemExit("auth_check is not true")


class Bot:
    """The wrapper, told of each call's trace by the names that it has for that."""

    def __init__(self):
        self.openai, self.trace, self.chat, self.completions = talk.make_client(openai), None, self, self

    def create(self, **options):
        return self.openai.chat.completions.create(trace_id=self.trace.id, **options)

    @contextlib.contextmanager
    def turn(self, user, session):
        about = {"user_id": user, "session_id": session, "metadata": {"channel": "web"}}
        self.trace = langfuse.trace(name="answer", input="Where is my parcel?", **about)
        yield
        self.trace.update(output="It is in Hamburg.")


def told_by_hand(bot):
    generation = bot.trace.generation(name="own", model=talk.MODEL, input=talk.QUESTION)
    usage = {"input": 36, "input_cached_tokens": 64, "output": 7}
    generation.end(output="It is in Hamburg.", usage_details=usage, cost_details={"input": 0.001, "output": 0.002})


bot = Bot()
talk.talk(bot, bot.turn, {"by-hand": told_by_hand})
openai.flush_langfuse()
langfuse.flush()
langfuse.shutdown()
