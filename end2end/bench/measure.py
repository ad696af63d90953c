"""What is measured after the reports: changing a rule, and the intake, on the database as it is and on an empty one."""

from . import intake, reports
from .figures import Figure, say
from .generate import ZONE
from .product import Parlance, Reader

OTHER_ZONE = "America/New_York"
SINGLES_S = 10
BATCHES = f"batches of {intake.BATCH}, {intake.BATCH_CONNECTIONS} connections"


def measure_changes(parlance, options):
    """There and back again: afterwards every figure is what it was."""
    say("Changing the time zone and the session timeout of the biggest bot, while it is being read")
    before = reports.answers(parlance)
    zone_s, zone_ms = parlance.change(0, "--time-zone", OTHER_ZONE)
    if reports.answers(parlance) == before:
        raise SystemExit("the time zone changed, and no figure did")
    parlance.change(0, "--time-zone", ZONE)
    timeout_s, timeout_ms = parlance.change(0, "--idle-timeout", "10m")
    parlance.change(0, "--idle-timeout", "30m")
    if reports.answers(parlance) != before:
        raise SystemExit("the rules are what they were, and the figures are not")
    share = f"{options.messages // 2:,} messages"
    return [
        Figure(f"another time zone for {share}", zone_s, "s", most=30),
        Figure("slowest report meanwhile", zone_ms, "ms"),
        Figure(f"another session timeout for {share}", timeout_s, "s", most=300),
        Figure("slowest report meanwhile", timeout_ms, "ms"),
    ]


def measure_intake(parlance, generated, options, folder):
    """On top of everything that was imported."""
    say("Sending more, durably: one by one and in batches")
    count = sample(options)
    users = generated.execute("select count(distinct user_key) from messages where bot = 0").fetchone()[0]
    messages = intake.Messages(users)
    idle_ms = Reader(parlance).median("28d")
    singles = intake.send_singles(parlance, messages, 20_000 * SINGLES_S, SINGLES_S)
    ordered = intake.send_batches(parlance, messages, count)
    random_ids = intake.send_batches(parlance, messages, count, ordered=False)
    busy_ms, memory = intake.measure_beside(parlance, messages, count)
    bare = bare_rates(options, parlance, users, count, folder)
    least = {"sqlite": 10_000, "postgres": 5_000}[options.engine]
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[options.engine]
    bare_words = f"beside it, bare inserts of such rows into {name}, 1,000 a transaction"
    return [
        Figure(f"single messages, {intake.CONNECTIONS} connections", singles.rate, "messages/s", least=least),
        Figure("the answer times of that, median", singles.percentile(0.5), "ms"),
        Figure("the answer times of that, 99th percentile", singles.percentile(0.99), "ms", most=50),
        Figure("the processor time of that in Parlance's own process", singles.processor_us, "µs a message"),
        Figure(f"{BATCHES}, ids in order of time", ordered.rate, "messages/s", least=40_000),
        Figure("the processor time of that in Parlance's own process", ordered.processor_us, "µs a message"),
        Figure(bare_words, bare[0], "rows/s"),
        Figure(f"{BATCHES}, random ids (UUIDv4)", random_ids.rate, "messages/s", least=bare[1]),
        Figure("the processor time of that in Parlance's own process", random_ids.processor_us, "µs a message"),
        Figure(f"{bare_words}, random ids", bare[1], "rows/s"),
        Figure("report of 28 days at rest, median", idle_ms, "ms"),
        Figure("the same while batches arrive at full speed", busy_ms, "ms", most=3 * idle_ms),
        Figure("most memory meanwhile", memory / 1e6, "MB", most=300),
    ]


def bare_rates(options, parlance, users, count, folder):
    rates = []
    for ordered in (True, False):
        rows = list(intake.Messages(users).rows(count, ordered))
        if options.engine == "sqlite":
            rates.append(intake.bare_sqlite(folder, rows))
        else:
            rates.append(intake.bare_postgres(parlance.engine.url, rows))
    return rates


def measure_first_messages(options, engine, folder):
    """The same batches into an empty database: how much the intake slows down as it fills."""
    empty = folder / "empty"
    empty.mkdir(mode=0o755)
    made = engine(empty)
    parlance = Parlance(options.parlance, made, empty)
    try:
        parlance.create_bot()
        parlance.server.start()
        sent = intake.send_batches(parlance, intake.Messages(1_000), sample(options))
    finally:
        parlance.server.end()
        made.end()
    return [
        Figure(f"{BATCHES}, into an empty database, ids in order of time", sent.rate, "messages/s", least=40_000),
        Figure("the processor time of that in Parlance's own process", sent.processor_us, "µs a message"),
    ]


def sample(options):
    """Messages for one measurement of the intake."""
    return min(max(options.messages // 5, 50_000), 1_000_000)
