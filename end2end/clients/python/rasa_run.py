"""Stands for `rasa run` as far as event brokers go: loads the one that endpoints.yml names, as Rasa does with a module
of somebody else's, and hands it the events of a conversation."""

import asyncio
from importlib import import_module
from types import SimpleNamespace

from rasa_events import events


def read_broker():
    """The part `event_broker` of endpoints.yml, which is all there is in it."""
    with open("endpoints.yml") as file:
        title, *lines = file.read().splitlines()
    if title != "event_broker:" or any(line[:2] != "  " or line[2] == " " for line in lines):
        raise SystemExit("endpoints.yml is not an event broker alone")
    return dict(line.strip().split(": ", 1) for line in lines)


async def main():
    settings = read_broker()
    module, _, name = settings.pop("type").rpartition(".")
    broker = await getattr(import_module(module), name).from_endpoint_config(SimpleNamespace(kwargs=settings))
    for event in events():
        broker.publish(event)
    if hasattr(broker, "close"):
        others = asyncio.all_tasks()
        await broker.close()
        # What the broker has begun by closing is its last request.
        await asyncio.gather(*asyncio.all_tasks() - others)
        await broker._http_client.close()


asyncio.run(main())
