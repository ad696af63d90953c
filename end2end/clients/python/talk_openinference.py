"""A bot whose calls OpenInference's instrumentation of OpenAI's client tells of. Each call is a trace of its own."""

from openinference.instrumentation import using_attributes
from openinference.instrumentation.openai import OpenAIInstrumentor

import talk

provider = talk.make_provider()
OpenAIInstrumentor().instrument(tracer_provider=provider)
talk.talk(
    talk.make_client(),
    lambda user, session: using_attributes(user_id=user, session_id=session, metadata={"channel": "web"}),
)
provider.shutdown()
