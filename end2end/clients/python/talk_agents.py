"""A bot on OpenAI's Agents SDK, whose runs OpenInference's instrumentation tells of."""

import asyncio
import os

from agents import Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool
from openai import AsyncOpenAI
from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai_agents import OpenAIAgentsInstrumentor

import talk

provider = talk.make_provider()
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
client = AsyncOpenAI(base_url=os.environ["MODELS"], api_key="mock", max_retries=0)


@function_tool
def track() -> str:
    """Where the parcel is."""
    return "in Hamburg"


def make_agent(model=OpenAIChatCompletionsModel, tools=()):
    return Agent("support", instructions="Be brief.", model=model(talk.MODEL, client), tools=list(tools))


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)


async def stream(agent):
    async for _ in Runner.run_streamed(agent, "Where is my parcel?").stream_events():
        pass


def turn(user, session):
    return using_attributes(user_id=user, session_id=session, metadata={"channel": "web"})


def run(agent):
    loop.run_until_complete(Runner.run(agent, "Where is my parcel?"))


ASKS = {
    "chat": lambda _: run(make_agent()),
    "stream-usage": lambda _: loop.run_until_complete(stream(make_agent())),
    "responses": lambda _: run(make_agent(OpenAIResponsesModel)),
    "responses-stream": lambda _: loop.run_until_complete(stream(make_agent(OpenAIResponsesModel))),
    "tools": lambda _: run(make_agent(tools=[track])),
}
talk.talk(None, turn, ASKS)
provider.shutdown()
