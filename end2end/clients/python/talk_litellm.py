"""A bot on LiteLLM, whose callback CALLBACK reports its calls. Each call is a trace of its own."""

import contextlib
import os
import time

import litellm

import talk

litellm.callbacks = [os.environ["CALLBACK"]]
litellm.suppress_debug_info = True
# In US dollars a token.
COSTS = {"input_cost_per_token": 0.00001, "output_cost_per_token": 0.00002}
litellm.register_model({"openai/mock-1": {**COSTS, "litellm_provider": "openai", "mode": "chat"}})


class Bot:
    """LiteLLM's functions under the names of OpenAI's client."""

    def __init__(self):
        self.chat = self.completions = self.responses = self
        self.settings = {"api_base": os.environ["MODELS"], "api_key": "mock", "num_retries": 0}

    def create(self, model, **options):
        ask = litellm.responses if "input" in options else litellm.completion
        # It writes into the metadata that it is given, and tells of each of them once.
        return ask(model=f"openai/{model}", user=self.user, metadata=dict(self.metadata), **self.settings, **options)

    @contextlib.contextmanager
    def turn(self, user, session):
        self.user, self.metadata = user, {"session_id": session, "trace_user_id": user, "channel": "web"}
        yield


bot = Bot()
talk.talk(bot, bot.turn)
# It reports in threads of its own, which nothing waits for.
time.sleep(float(os.environ.get("WAIT_S", "2")))
with contextlib.suppress(Exception):
    from opentelemetry import trace

    trace.get_tracer_provider().force_flush()
