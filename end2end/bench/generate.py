"""A made-up company of bots, the same every time: only the last day moves with the calendar.

Bots have Zipf's sizes, and the biggest holds half of all messages. Users return with a heavy tail, traffic has the rhythm
of days and weeks and grows over 30 months, and there are three channels. Ids have 20 bytes and are in order of time.

What the rivals could not count without more work is in the table already: `opens` (the message opens a session by the
idle rule), `day` (the local date) and the user's first message (`first_at_ms`, `first_day`).
"""

import time

import duckdb

ZONE = "Europe/Berlin"
BOTS, DAYS = 50, 912
IDLE_MS = 30 * 60_000
DAY_MS = 86_400_000

CONVERSATIONS = """
create table conversations as
with endless as (
    select bot, size, greatest(size // 40, 20) as users, c, 1 + floor(-ln(1 - r(bot, c, 1)) * 7)::int as length
    from bots, range(0, 20 + size // 4) as numbers(c)
), summed as (
    select *, sum(length) over (partition by bot order by c) as upto from endless
), placed as (
    select bot, users, c, least(length, size - (upto - length))::int as length, pow(r(bot, c, 2), 0.7) as age,
        14 + 8 * (r(bot, c, 3) + r(bot, c, 4) + r(bot, c, 5) - 1.5) as hour
    from summed where upto - length < size
), dated as (
    select *, first_date + floor(age * $days)::int as date,
        floor(users * (0.02 + 0.98 * age) * pow(r(bot, c, 6), 3))::int as user_key
    from placed, (select ($now // $day_ms)::int - $days as first_date)
)
select bot, c, length, user_key,
    case when r(bot, c, 7) < 0.1 then roll(bot, c, 8) % 3 else roll(bot, user_key, 9) % 3 end as channel,
    -- Two in five leave the weekend to others.
    ((date::bigint - case when (date + 3) % 7 >= 5 and r(bot, c, 10) < 0.4 then 3 else 0 end) * $day_ms
        + hour * 3600000)::bigint as began,
    -- Some conversations pause, and a long pause ends a session.
    1 + roll(bot, c, 11) % 12 as pauses_before,
    case when r(bot, c, 12) < 0.3 then (r(bot, c, 13) * 5400000)::bigint else 0 end as pause
from dated
"""

MESSAGES = """
create table said as
with told as (
    select bot, c, k, user_key, channel, k % 5 in (0, 2, 4) as incoming,
        began + k * 15000 + (roll(bot, c, k + 14) % 15000)::bigint + case when k >= pauses_before then pause else 0 end as at_ms
    from conversations, range(0, length) as places(k)
)
select row_number() over (order by at_ms, bot, c, k) as n, bot, user_key, incoming, channel, at_ms
from (select * replace (case when at_ms > $now then at_ms - 2::bigint * $day_ms else at_ms end as at_ms) from told)
"""

FLAGGED = """
create table messages as
with spaced as (
    select *, format('{:012x}{:08x}', at_ms, n) as id,
        at_ms - lag(at_ms) over (partition by bot, user_key, channel order by at_ms, not incoming, n) > $idle as is_late
    from said
), broken as (
    select *, count_if(coalesce(is_late, false)) over earlier as breaks, min(case when incoming then at_ms end) over person as first_at_ms
    from spaced
    window earlier as (partition by bot, user_key, channel order by at_ms, not incoming, n rows unbounded preceding),
        person as (partition by bot, user_key)
), told as (
    select *, max(case when incoming then breaks end) over before as breaks_before from broken
    window before as (partition by bot, user_key, channel order by at_ms, not incoming, n
        rows between unbounded preceding and 1 preceding)
)
select id, bot, user_key, at_ms, incoming::int as incoming, channel::int as channel,
    (incoming and (breaks_before is null or breaks > breaks_before))::int as opens,
    local_day(at_ms) as day, first_at_ms, local_day(first_at_ms) as first_day
from told order by bot, at_ms, id
"""


def sizes(count):
    """The biggest bot's half, then the other half by Zipf's law."""
    harmonic = sum(1 / rank for rank in range(1, BOTS))
    others = [int((count - count // 2) / rank / harmonic) for rank in range(1, BOTS)]
    others[0] += count - count // 2 - sum(others)
    return [count // 2, *others]


def open_or_generate(file, count):
    """Takes what an earlier run has left there, if it is as much."""
    if not file.exists():
        return generate(file, count)
    database = duckdb.connect(str(file), config={"memory_limit": "8GB"})
    (found,) = database.execute("select count(*) from messages").fetchone()
    if found != count:
        raise SystemExit(f"{file} has {found:,} messages and not {count:,}")
    return database


def generate(file, count):
    """Writes the messages into a DuckDB file, ordered by bot and time, and returns the connection."""
    database = duckdb.connect(str(file), config={"memory_limit": "8GB"})
    # The outer hash mixes: without it, figures of one row that differ in their last argument alone depend on each other.
    database.execute("create macro roll(a, b, c) as hash(hash(a, b, c))")
    database.execute("create macro r(a, b, c) as roll(a, b, c) / 18446744073709551616.0")
    zone = f"timezone('{ZONE}', make_timestamptz(at_ms * 1000))::date - date '1970-01-01'"
    database.execute(f"create macro local_day(at_ms) as ({zone})::int")
    database.execute("create table bots (bot int, size bigint)")
    database.executemany("insert into bots values (?, ?)", list(enumerate(sizes(count))))
    now = int(time.time()) // 3600 * 3_600_000
    database.execute(CONVERSATIONS, {"days": DAYS, "now": now, "day_ms": DAY_MS})
    database.execute(MESSAGES, {"now": now, "day_ms": DAY_MS})
    database.execute(FLAGGED, {"idle": IDLE_MS})
    for done in ("conversations", "said"):
        database.execute(f"drop table {done}")
    return database


SENT = """
select id, 'user-' || user_key as user_id, at_ms as "at", case when incoming = 1 then 'incoming' else 'outgoing' end as direction,
    ['web', 'telegram', 'whatsapp'][channel + 1] as channel
from messages where bot = {bot} order by at_ms, id limit {count} offset {first}
"""


def write_ndjson(database, bot, count, file):
    """One bot's first messages as `parlance import` and the intake read them."""
    database.execute(f"copy ({SENT.format(bot=bot, first=0, count=count)}) to '{file}' (format json)")


def rows(database, bot, first, count):
    """Some of a bot's messages in order of time: id, user_id, at, direction and channel of each."""
    return database.execute(SENT.format(bot=bot, first=first, count=count)).fetchall()
