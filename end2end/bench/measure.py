"""What is measured after the reports: changing a rule, and the intake, on the database as it is and on an empty one."""

from . import generate, intake, reports
from .figures import Figure, say
from .product import PAUSE_S, Parlance

OTHER_ZONE = "America/New_York"
SINGLES_S = 10
PROCESSOR = "the processor time of that in Parlance's own process"
BATCHES = f"batches of {intake.BATCH}, {intake.BATCH_CONNECTIONS} connections"


def measure_changes(parlance, options):
    """There and back again: afterwards every figure is what it was."""
    say("Changing the time zone and the session timeout of the biggest bot, while it is being read")
    before = reports.answers(parlance)
    zone_s, zone_ms = parlance.change(0, "--time-zone", OTHER_ZONE)
    if reports.answers(parlance) == before:
        raise SystemExit("the time zone changed, and no figure did")
    parlance.change(0, "--time-zone", generate.ZONE)
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


def held_back(options):
    """How many messages `measure_intake` sends: those it measures one by one, and three times those in batches."""
    return singles(options) + 3 * sample(options)


def measure_intake(parlance, generated, options, folder):
    """The newest messages of the biggest bot, on top of everything that was imported."""
    say("Sending the newest messages, durably: one by one and in batches")
    newest, count = intake.Newest(generated, held_back(options)), sample(options)
    idle_ms = intake.measure_at_rest(parlance)
    single = intake.send_singles(parlance, newest.rows(singles(options)), SINGLES_S)
    rows = newest.rows(count)
    ordered, bare = intake.send_batches(parlance, rows), bare_rate(options, parlance, folder, "ordered", rows)
    rows = intake.with_random_ids(newest.rows(count))
    random_ids, bare_random = intake.send_batches(parlance, rows), bare_rate(options, parlance, folder, "random", rows)
    busy_ms, memory = intake.measure_beside(parlance, newest.rows(count))
    least = {"sqlite": 10_000, "postgres": 5_000}[options.engine]
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[options.engine]
    bare_words = f"beside it, bare inserts of such rows into as big a table of {name}, {intake.BARE_ROWS:,} a transaction"
    return [
        Figure(f"single messages, {intake.CONNECTIONS} connections", single.rate, "messages/s", least=least),
        Figure("the answer times of that, median", single.percentile(0.5), "ms"),
        Figure("the answer times of that, 99th percentile", single.percentile(0.99), "ms", most=50),
        Figure(PROCESSOR, single.processor_us, "µs a message"),
        Figure(f"{BATCHES}, ids in order of time", ordered.rate, "messages/s", least=40_000),
        Figure(PROCESSOR, ordered.processor_us, "µs a message"),
        Figure(bare_words, bare, "rows/s"),
        Figure(f"{BATCHES}, random ids (UUIDv4)", random_ids.rate, "messages/s", least=bare_random),
        Figure(PROCESSOR, random_ids.processor_us, "µs a message"),
        Figure(f"{bare_words}, random ids", bare_random, "rows/s"),
        Figure(f"report of 28 days at rest, {PAUSE_S * 1000:.0f} ms after the one before, median", idle_ms, "ms"),
        Figure("the same while batches arrive at full speed", busy_ms, "ms", most=3 * idle_ms),
        Figure("most memory meanwhile", memory / 1e6, "MB", most=300),
    ]


def measure_even_users(parlance, generated, options):
    """The worst case: no two messages of a batch belong together. It comes last, since nobody else has these messages."""
    say("Sending messages of users drawn evenly")
    (users,) = generated.execute("select count(distinct user_key) from messages where bot = 0").fetchone()
    sent = intake.send_batches(parlance, intake.from_even_users(sample(options), users))
    return [
        Figure(f"{BATCHES}, each message from a user drawn evenly", sent.rate, "messages/s"),
        Figure(PROCESSOR, sent.processor_us, "µs a message"),
    ]


def bare_rate(options, parlance, folder, ids, rows):
    """Of a table that holds as many messages as Parlance."""
    filled = options.stored - held_back(options)
    if options.engine == "sqlite":
        return intake.bare_sqlite(folder, filled, ids, rows)
    return intake.bare_postgres(parlance.engine.url, filled, ids, rows)


def measure_first_messages(generated, options, engine, folder):
    """The first messages of the biggest bot into an empty database: how much the intake slows down as it fills."""
    say("Sending the first messages into an empty database")
    empty = folder / "empty"
    empty.mkdir(mode=0o755)
    made = engine(empty)
    parlance = Parlance(options.parlance, made, empty)
    try:
        parlance.create_bot()
        parlance.server.start()
        sent = intake.send_batches(parlance, generate.rows(generated, 0, 0, sample(options)))
    finally:
        parlance.server.end()
        made.end()
    return [
        Figure(f"{BATCHES}, into an empty database, ids in order of time", sent.rate, "messages/s", least=40_000),
        Figure(PROCESSOR, sent.processor_us, "µs a message"),
    ]


def sample(options):
    """Messages for one measurement of batches."""
    return min(options.messages // 10, 1_000_000)


def singles(options):
    """Messages for the measurement one by one; more than go into its time at the speed that is the aim."""
    return min(options.messages // 10, 150_000)
