"""A bot that Logfire's SDK traces, sent by OpenTelemetry's own settings instead of to Logfire."""

import logfire

import talk

logfire.configure(send_to_logfire=False, console=False, metrics=False)
logfire.instrument_openai()


def turn(user, session):
    return logfire.span("answer", **{"user.id": user, "session.id": session, "channel": "web"})


talk.talk(talk.make_client(), turn)
logfire.shutdown()
