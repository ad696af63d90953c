"""What Rasa hands to an event broker in one conversation: two turns, the second of them not understood."""

import json

SENDER = "user-1"
AT = 1767323045.5


def events():
    yield action("action_session_start", AT)
    yield {"event": "session_started", "timestamp": AT + 0.001} | common()
    yield action("action_listen", AT + 0.002)
    yield user("hello", "greet", 0.98, AT + 1, "m-1")
    yield action("utter_greet", AT + 1.1)
    yield bot("Hey! How are you?", "utter_greet", AT + 1.2)
    yield action("action_listen", AT + 1.3)
    yield user("flurb the wombat", "nlu_fallback", 0.3, AT + 20, "m-2")
    yield action("action_default_fallback", AT + 20.1)
    yield bot("I did not understand that.", "utter_default", AT + 20.2)
    yield {"event": "rewind", "timestamp": AT + 20.3} | common()
    yield action("action_listen", AT + 20.4)


def common():
    return {"sender_id": SENDER, "metadata": {"model_id": "a1b2"}}


def action(name, at):
    return {"event": "action", "timestamp": at, "name": name, "policy": None, "confidence": 1.0} | common()


def user(text, intent, confidence, at, message_id):
    intent = {"name": intent, "confidence": confidence}
    parsed = {"intent": intent, "entities": entities(text), "text": text, "message_id": message_id, "metadata": {}}
    message = {"event": "user", "timestamp": at, "text": text, "parse_data": parsed, "input_channel": "rest"}
    return message | {"message_id": message_id} | common()


def entities(text):
    """One broker writes them into the text before it reports it."""
    start = text.find("wombat")
    return [] if start < 0 else [{"entity": "animal", "start": start, "end": start + 6, "value": "wombat"}]


def bot(text, action_name, at):
    empty = dict.fromkeys(["elements", "quick_replies", "buttons", "attachment", "image", "custom"])
    message = {"event": "bot", "timestamp": at, "text": text, "data": empty}
    return message | common() | {"metadata": {"utter_action": action_name, "model_id": "a1b2"}}


if __name__ == "__main__":
    for event in events():
        print(json.dumps(event))
