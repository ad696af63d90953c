"""A bot on pydantic-ai whose runs are traced; the model is a test model.

TURNS is how often it is asked, each time by somebody else; REMEMBER=1: by one who goes on with the conversation.
"""

import os

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from pydantic_ai import Agent
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.test import TestModel

provider = TracerProvider(resource=Resource.create({"service.name": "support-bot"}))
# Two spans a turn, in batches of an odd number: the halves of a turn come in different requests.
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), max_export_batch_size=15))
Agent.instrument_all(InstrumentationSettings(tracer_provider=provider))
agent = Agent(TestModel(custom_output_text="hi there"), name="support")
history = None
for _ in range(int(os.environ.get("TURNS", "1"))):
    result = agent.run_sync("hello", message_history=history)
    history = result.all_messages() if "REMEMBER" in os.environ else None
provider.shutdown()
