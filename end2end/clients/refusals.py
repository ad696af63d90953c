"""Clients with a wrong key hear so, in words they understand, and nothing is stored."""

from .arrivals import with_message
from .scene import JANUARY, Wrong, write_messages


def cases():
    for client, script, environment, sentence in WRONG_KEYS:
        yield f"{client} hears that its key is unknown", wrong_key(script, environment, sentence)
    yield "@botpress/client hears that its token is unknown", wrong_token
    yield "@botpress/client hears that there is no such bot", no_such_bot


WRONG_KEYS = [
    ("@segment/analytics-node 3.1.0", "segment.mjs", {}, "[401]"),
    ("@rudderstack/rudder-sdk-node 3.0.13", "rudder.mjs", {}, "401"),
    ("posthog-node 5.70.0", "posthog.mjs", {}, "401"),
    ("segment-analytics-python 2.4.0", "send_segment.py", {}, "(401)"),
    ("rudder-sdk-python 2.1.9", "send_segment.py", {"PACKAGE": "rudderstack.analytics"}, "(401)"),
    ("posthog-python 7.91.1", "send_posthog.py", {}, "(401)"),
    ("opentelemetry-python", "send_otlp.py", {}, "401"),
    ("hecho-events 1.3.4", "rasa_hecho.py", {}, "status code:401"),
]


def wrong_key(script, environment, sentence):
    def case(scene):
        path = write_messages(scene.folder, f"wrong-{script}-{len(environment)}.ndjson", with_message())
        done = scene.clients.attempt(script, scene.base, "no-such-key", MESSAGES=path, **environment)
        if sentence not in done.stdout + done.stderr:
            raise Wrong(f"it printed nothing of {sentence}: {done.stdout[:500]}{done.stderr[:500]}")

    return case


def wrong_token(scene):
    bot = scene.bot()
    expect_error(scene, "401 Unauthorized", READ_KEY="no-such-token", BOT=bot.id)


def no_such_bot(scene):
    expect_error(scene, "404 ResourceNotFound", READ_KEY=scene.token, BOT="no-such-bot")


def expect_error(scene, sentence, **environment):
    period = dict(zip(("START", "END"), JANUARY))
    done = scene.clients.attempt("botpress.mjs", scene.base, "", **period, **environment)
    if done.returncode != 1 or not done.stderr.startswith(sentence):
        raise Wrong(f"it ended with {done.returncode}: {done.stdout[:300]}{done.stderr[:300]}")
