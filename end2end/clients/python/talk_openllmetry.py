"""A bot whose calls OpenLLMetry's instrumentation of OpenAI's client tells of."""

from opentelemetry.instrumentation.openai import OpenAIInstrumentor

import talk

provider = talk.make_provider()
OpenAIInstrumentor().instrument()
talk.talk(talk.make_client(), talk.named_span)
provider.shutdown()
