"""A bot that reports with Langfuse's SDK and its wrapper of OpenAI's client."""

import contextlib
import os

import langfuse
from langfuse.openai import openai

import talk

client = langfuse.get_client()
if client.auth_check() is not True:
    raise SystemExit("auth_check is not true")


@contextlib.contextmanager
def turn(user, session):
    with langfuse.propagate_attributes(user_id=user, session_id=session, metadata={"channel": "web"}):
        with client.start_as_current_observation(name="answer", as_type="agent", input="Where is my parcel?") as span:
            yield
            span.update(output="It is in Hamburg.")


def told_by_hand(_):
    """A model that no wrapper knows, with its cost."""
    with client.start_as_current_observation(name="own", as_type="generation", model=talk.MODEL) as generation:
        generation.update(input=talk.QUESTION, output="It is in Hamburg.")
        generation.update(usage_details={"input": 36, "input_cached_tokens": 64, "output": 7})
        generation.update(cost_details={"input": 0.001, "output": 0.002})


def rated(_):
    """The user likes the answer; a prompt that is kept elsewhere is absent, so the bot takes its own."""
    if client.get_prompt("answer", fallback="Be brief.").prompt != "Be brief.":
        raise SystemExit("there is a prompt")
    talk.chat(bot)
    client.score_current_trace(name="liked", value=1)


bot = talk.make_client(openai)
talk.talk(bot, turn, {"by-hand": told_by_hand, "rated": rated})
client.flush()
client.shutdown()
