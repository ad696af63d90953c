"""Rasa's event brokers and the Bot Framework's middleware, each in a bot of their own kind but without its engine."""

import os

from .scene import JANUARY, Wrong, around_today

# Two turns, of which the second was not understood.
TWO_TURNS = {"total_users": 1, "new_users": 1, "sessions": 1, "messages": 2, "bot_messages": 2}


def cases():
    yield "Rasa's broker dashbot 0.0.22 reports a conversation", rasa_dashbot
    yield "Rasa's broker hecho-events 1.3.4 reports a conversation", rasa_hecho
    yield "both of Rasa's brokers report the same conversation", both_of_rasa
    yield "the middleware dashbot 12.1.0 in a botbuilder 4.23.3 reports a conversation", bot_framework
    yield "the same middleware reports a second conversation", bot_framework_again


def rasa_dashbot(scene):
    bot = scene.bot()
    for when in ("at first", "after the second run"):
        bot.client("rasa_dashbot.py")
        bot.expect(when, JANUARY, **TWO_TURNS, custom_events={})
        check_not_handled(when, bot)


def rasa_hecho(scene):
    bot = scene.bot()
    for when in ("at first", "after the second run"):
        check_sent_once(bot.client("rasa_hecho.py"))
        bot.expect(when, JANUARY, **TWO_TURNS, custom_events={})
        check_not_handled(when, bot)


def both_of_rasa(scene):
    bot = scene.bot()
    bot.client("rasa_dashbot.py")
    check_sent_once(bot.client("rasa_hecho.py"))
    bot.expect("after both", JANUARY, **TWO_TURNS, custom_events={})


def bot_framework(scene):
    bot = scene.bot()
    folder = scene.folder / f"transcript-{bot.id}"
    os.makedirs(folder)
    requests = bot.record_client("botframework.mjs", FOLDER=str(folder))
    bot.expect("at first", around_today(), **TWO_TURNS, custom_events={})
    bot.send_again(requests)
    bot.expect("after the same activities once more", around_today(), **TWO_TURNS, custom_events={})


def bot_framework_again(scene):
    """The ids of a user's activities count from 0 in every conversation."""
    bot = scene.bot()
    for number in (1, 2):
        folder = scene.folder / f"transcript-{bot.id}-{number}"
        os.makedirs(folder)
        bot.client("botframework.mjs", FOLDER=str(folder), CONVERSATION=f"c-{number}")
    bot.expect("after two conversations", around_today(), total_users=1, messages=4, bot_messages=4)


def check_sent_once(printed):
    if "after 0 retries!" not in printed:
        raise Wrong(f"the broker was not content with the first answer: {printed}")


def check_not_handled(when, bot):
    not_handled = [item for item in bot.export() if item["direction"] == "incoming" and item.get("handled") is False]
    if [item["intent"] for item in not_handled] != ["nlu_fallback"]:
        raise Wrong(f"{when}: not handled are {not_handled}")
