"""Rasa's event broker `dashbot.rasa.rasa`, as endpoints.yml would load it, given the events of a conversation."""

import os

from dashbot.rasa import rasa

from rasa_events import events

broker = rasa(os.environ["KEY"])
for event in events():
    broker.publish(event)
