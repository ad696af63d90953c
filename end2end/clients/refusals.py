"""Clients with a wrong key hear so, in words they understand, and nothing is stored."""

from .arrivals import BATCHING, with_message
from .scene import JANUARY, Wrong, write_messages


def cases():
    for client, script, environment in [*BATCHING, *OTHERS]:
        yield f"{client} hears that its key is unknown", wrong_key(script, environment)
    yield "@botpress/client hears that its token is unknown", wrong_token
    yield "@botpress/client hears that there is no such bot", no_such_bot


OTHERS = [("opentelemetry-python", "send_otlp.py", {}), ("hecho-events 1.3.4", "rasa_hecho.py", {})]


def wrong_key(script, environment):
    def case(scene):
        path = write_messages(scene.folder, f"wrong-{script}-{'-'.join(environment)}.ndjson", with_message())
        done = scene.clients.attempt(script, scene.base, "no-such-key", MESSAGES=path, **environment)
        if "401" not in done.stdout + done.stderr:
            raise Wrong(f"it printed nothing of 401: {done.stdout[:500]}{done.stderr[:500]}")

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
