"""Clients with a wrong key hear so, in words they understand, and nothing is stored."""

from .arrivals import BATCHING, with_message
from .scene import Wrong, write_messages


def cases():
    for client, script, environment in [*BATCHING, *OTHERS]:
        yield f"{client} hears that its key is unknown", wrong_key(script, environment)


OTHERS = [("opentelemetry-python", "send_otlp.py", {}), ("hecho-events 1.3.4", "rasa_hecho.py", {})]


def wrong_key(script, environment):
    def case(scene):
        path = write_messages(scene.folder, f"wrong-{script}-{'-'.join(environment)}.ndjson", with_message())
        done = scene.clients.attempt(script, scene.base, "no-such-key", MESSAGES=path, **environment)
        if "401" not in done.stdout + done.stderr:
            raise Wrong(f"it printed nothing of 401: {done.stdout[:500]}{done.stderr[:500]}")

    return case
