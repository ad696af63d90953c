"""Rasa's event broker `hecho_events.main.RasaEventBroker`, given the events of a conversation."""

import asyncio
import os

from hecho_events.main import RasaEventBroker

from rasa_events import events


async def main():
    broker = RasaEventBroker(os.environ["KEY"], os.environ["BASE"], enable_debug=True)
    for event in events():
        broker.publish(event)
    others = asyncio.all_tasks()
    await broker.close()
    # What the broker has begun by closing is its last request.
    await asyncio.gather(*asyncio.all_tasks() - others)
    await broker._http_client.close()


asyncio.run(main())
