"""Botpress's client reads what other clients have written."""

from .arrivals import with_event, with_message
from .scene import JANUARY, Wrong, around_today, write_messages

ONE_TURN = {"newUsers": 1, "returningUsers": 0, "sessions": 1, "messages": 1, "userMessages": 1, "botMessages": 1}
ONE_EVENT = {"events": 1, "eventTypes": {"handoff": 1}, "customEvents": {"handoff": 1}}
MODEL = {"calls": 1, "errors": 0, "inputTokens": 12, "outputTokens": 34}
LATENCY = {"mean": 812, "min": 812, "max": 812, "sd": 0}
COST = {"sum": 0.0012, "mean": 0.0012, "min": 0.0012, "max": 0.0012, "sd": 0}


def cases():
    for client, script, messages in (
        ("@segment/analytics-node 3.1.0", "segment.mjs", with_message()),
        ("posthog-node 5.70.0", "posthog.mjs", with_event()),
    ):
        yield f"@botpress/client 1.45.0 reads what {client} has written", written(script, messages)
    for client, script, model in (
        ("pydantic-ai 2.68.0", "send_otlp.py", {"calls": 1, "errors": 0, "inputTokens": 51, "outputTokens": 2}),
        ("ai 6.0.326", "otlp.mjs", {"calls": 2, "errors": 0, "inputTokens": 34, "outputTokens": 8}),
    ):
        yield f"@botpress/client 1.45.0 reads what {client} has written", traced(script, ONE_TURN, model)
    failed = traced("otlp.mjs", {"userMessages": 1, "botMessages": 0}, {"calls": 1, "errors": 1}, FAILS="1")
    yield "@botpress/client 1.45.0 reads of a call that failed", failed
    yield "@botpress/client 1.45.0 hears that its token is unknown", wrong_token
    yield "@botpress/client 1.45.0 hears that there is no such bot", no_such_bot


def written(script, messages):
    """The period as dates, and as the instants that programs make of them."""

    def case(scene):
        bot = scene.bot()
        bot.client(script, MESSAGES=write_messages(scene.folder, f"{bot.id}.ndjson", messages))
        for period in (JANUARY, ("2026-01-01T00:00:00.000Z", "2026-01-31T00:00:00.000Z")):
            record = only_record(bot.records(*period))
            expect("the record", record, {**ONE_TURN, **ONE_EVENT})
            expect("llm", record["llm"], MODEL)
            expect("llm.latency", record["llm"]["latency"], LATENCY)
            expect("llm.cost", record["llm"]["cost"], COST)

    return case


def traced(script, turn, model, **environment):
    def case(scene):
        bot = scene.bot()
        bot.client(script, **environment)
        record = only_record(bot.records(*around_today()))
        expect("the record", record, turn)
        expect("llm", record["llm"], model)

    return case


def wrong_token(scene):
    bot = scene.bot()
    expect_error(scene, "401 Unauthorized", READ_KEY="no-such-token", BOT=bot.id)


def no_such_bot(scene):
    expect_error(scene, "404 ResourceNotFound", READ_KEY=scene.token, BOT="no-such-bot")


def only_record(records):
    """The one with anything in it."""
    filled = [record for record in records if record["userMessages"] or record["botMessages"] or record["llm"]["calls"]]
    if len(filled) != 1:
        raise Wrong(f"{len(filled)} of {len(records)} records have figures instead of 1")
    return filled[0]


def expect(what, shown, expected):
    differing = [name for name in expected if shown[name] != expected[name]]
    wrong = [f"{name} {shown[name]} instead of {expected[name]}" for name in differing]
    if wrong:
        raise Wrong(f"{what}: {', '.join(wrong)}")


def expect_error(scene, sentence, **environment):
    period = dict(zip(("START", "END"), JANUARY))
    done = scene.clients.attempt("botpress.mjs", scene.base, "", **period, **environment)
    if done.returncode != 1 or not done.stderr.startswith(sentence):
        raise Wrong(f"it ended with {done.returncode}: {done.stdout[:300]}{done.stderr[:300]}")
