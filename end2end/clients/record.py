"""Writes what each client really sends into recorded/, one file a client, for tests that replay it without the client.

    python3 -m clients.record --packages target/clients

Bodies are text, or base64 where they are protobuf. One that came compressed is written as it was before, with the
header `Content-Encoding` kept: compress it again. The key is `recorded-key` in headers, addresses and bodies; as Basic
authorization it is `cmVjb3JkZWQta2V5Og==`.
"""

import argparse
import base64
import gzip
import json
import tempfile
from pathlib import Path

from .arrivals import with_event, with_message
from .listener import Answer, Listener
from .scene import HERE, JANUARY, Clients, write_messages

KEY = "recorded-key"
# What a listener or its library adds to every request, or what a replay has to set itself.
LEFT_OUT = {"host", "connection", "content-length", "transfer-encoding", "accept", "accept-language", "sec-fetch-mode"}
GZIP = {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}
CLIENTS = {
    "segment-node-3.1.0": ("segment.mjs", {}),
    "segment-node-2.3.0": ("segment.mjs", {"PACKAGE": "segment-2"}),
    "segment-python-2.4.0": ("send_segment.py", {}),
    "segment-python-2.4.0-gzip": ("send_segment.py", {"GZIP": "1"}),
    "rudder-node-3.0.13": ("rudder.mjs", {}),
    "rudder-python-2.1.9": ("send_segment.py", {"PACKAGE": "rudderstack.analytics"}),
    "posthog-node-5.70.0": ("posthog.mjs", {}),
    "posthog-python-7.91.1": ("send_posthog.py", {}),
    "dashbot-node-12.1.0": ("dashbot.mjs", {}),
    "dashbot-node-12.1.0-microsoft": ("botframework.mjs", {}),
    "dashbot-python-0.0.22-rasa": ("rasa_dashbot.py", {}),
    "hecho-events-1.3.4-rasa": ("rasa_hecho.py", {}),
    "otlp-pydantic-ai-2.68.0": ("send_otlp.py", {}),
    "otlp-pydantic-ai-2.68.0-gzip": ("send_otlp.py", GZIP),
    "otlp-ai-6.0.326-json": ("otlp.mjs", {}),
    "otlp-ai-6.0.326-protobuf-gzip": ("otlp.mjs", {"SPANS": "proto", **GZIP}),
    "otlp-logs-and-metrics": ("send_signals.py", {}),
    "botpress-client-1.45.0": ("botpress.mjs", {}),
}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--packages", required=True, help="the folder with the clients' packages")
    clients = Clients(arguments.parse_args().packages)
    for name, (script, environment) in CLIENTS.items():
        with tempfile.TemporaryDirectory() as folder, Listener(answer) as listener:
            messages = with_event() if "posthog" in script else with_message()
            path = write_messages(folder, "messages.ndjson", messages)
            reader = {"READ_KEY": KEY, "BOT": "recorded-bot", "START": JANUARY[0], "END": JANUARY[1]}
            clients.run(script, listener.base, KEY, MESSAGES=path, FOLDER=folder, **reader, **environment)
            requests = [describe(request) for request in listener.requests]
        text = json.dumps({"client": name, "requests": requests}, indent=2, ensure_ascii=False)
        (HERE / "recorded" / f"{name}.json").write_text(text + "\n")
        print(f"{name}: {len(requests)} requests")


def answer(request):
    if request.method == "GET":
        return Answer(200, {"Content-Type": "application/json"}, b'{"records":[]}')
    if is_protobuf(request):
        return Answer(200, {"Content-Type": "application/x-protobuf"}, b"")
    wants_created = request.path.startswith("/?")
    return Answer(201 if wants_created else 200, {"Content-Type": "application/json"}, b"{}")


def describe(request):
    headers = {name: value for name, value in request.headers.items() if name.lower() not in LEFT_OUT}
    body = gzip.decompress(request.body) if find_header(request, "content-encoding") == "gzip" else request.body
    described = {"method": request.method, "path": request.path, "headers": headers}
    if is_protobuf(request):
        return {**described, "body_base64": base64.b64encode(body).decode()}
    return {**described, "body": body.decode()}


def is_protobuf(request):
    return find_header(request, "content-type") == "application/x-protobuf"


def find_header(request, name):
    return next((value for key, value in request.headers.items() if key.lower() == name), None)


if __name__ == "__main__":
    main()
