"""The bot of `send_otlp`, traced to the address and with the keys that Langfuse's clients make of their environment.

The word on the command line is the variable from which the client takes the address: it has had two names.
"""

import base64
import os
import sys

pair = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
basic = base64.b64encode(pair.encode()).decode()
os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = f"{os.environ[sys.argv[1]]}/api/public/otel/v1/traces"
os.environ["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = f"Authorization=Basic%20{basic}"

import send_otlp  # noqa: E402, F401
