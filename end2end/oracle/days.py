"""Days, weeks, months, presets and comparisons after docs/METRICS.md, with Python's own zone rules."""

import calendar as months
from itertools import zip_longest
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

PRESETS = [
    *("today", "yesterday", "24h", "7d", "28d", "91d", "7d_full", "28d_full", "91d_full"),
    *("week", "last_week", "month", "last_month", "year", "12mo", "all"),
]
DAY = timedelta(days=1)


class Calendar:
    """A zone, with weeks from Monday."""

    def __init__(self, zone):
        self.zone = zone
        self.rules = ZoneInfo(zone)

    def date(self, at):
        return at.astimezone(self.rules).date()

    def day_start(self, day):
        at = datetime(day.year, day.month, day.day, tzinfo=self.rules).astimezone(timezone.utc)
        while self.date(at) < day:
            at += timedelta(minutes=15)
        while self.date(at - timedelta(minutes=15)) >= day:
            at -= timedelta(minutes=15)
        return at


def resolve(question, calendar, now, first):
    """Start, end (UTC, half-open) and the dates (inclusive), `None` where instants were asked for."""
    if "from" in question and "T" in question["from"]:
        start, end = (datetime.fromisoformat(question[key]).astimezone(timezone.utc) for key in ("from", "to"))
        return start, end, None
    if question.get("period") == "24h":
        end = _hour_end(calendar, now)
        return end - DAY, end, None
    if "from" in question:
        dates = (date.fromisoformat(question["from"]), date.fromisoformat(question["to"]))
    else:
        today = calendar.date(now)
        dates = preset_dates(question["period"], today, calendar.date(first) if first else today)
    return calendar.day_start(dates[0]), calendar.day_start(dates[1] + DAY), dates


def preset_dates(word, today, first):
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    return {
        "today": (today, today),
        "yesterday": (today - DAY, today - DAY),
        "7d": (today - 6 * DAY, today),
        "28d": (today - 27 * DAY, today),
        "91d": (today - 90 * DAY, today),
        "7d_full": (today - 7 * DAY, today - DAY),
        "28d_full": (today - 28 * DAY, today - DAY),
        "91d_full": (today - 91 * DAY, today - DAY),
        "week": (monday, today),
        "last_week": (monday - 7 * DAY, monday - DAY),
        "month": (month, today),
        "last_month": ((month - DAY).replace(day=1), month - DAY),
        "year": (today.replace(month=1, day=1), today),
        "12mo": (add_months(today, -12) + DAY, today),
        "all": (first, today),
    }[word]


def comparison(question, calendar, resolved, now):
    """Start, end and cut of what a period is compared with; `None` when with nothing."""
    mode, word = question.get("compare", "previous"), question.get("period")
    start, end, dates = resolved
    if mode == "none" or (word == "all" and mode != "custom"):
        return None
    is_running = start <= now < end
    compared = compared_dates(question, dates)
    if compared is None:
        window = _earlier_instants(mode, calendar, start, end)
    else:
        window = (calendar.day_start(compared[0]), calendar.day_start(compared[1] + DAY))
    cut = window[1]
    if is_running and dates and compared:
        day = compared[0] + (calendar.date(now) - dates[0])
        # Today's position may lie beyond its last date: all of it counts.
        cut = _same_clock(calendar, day, now) if day <= compared[1] else window[1]
    elif is_running:
        cut = window[0] + (now - start) // timedelta(minutes=1) * timedelta(minutes=1)
    if now < window[1]:
        cut = min(cut, now.replace(second=0, microsecond=0))
    cut = min(max(cut, window[0]), window[1])
    return (*window, cut if cut < window[1] else None)


def compared_dates(question, dates):
    """The dates that a question is compared with; `None` when with instants."""
    mode, word = question.get("compare", "previous"), question.get("period")
    if mode == "custom":
        return tuple(date.fromisoformat(question[key]) for key in ("compare_from", "compare_to"))
    return dates and _earlier_dates(mode, word, *dates)


def pairs(question, calendar, granularity, resolved, window, current, previous):
    """Which bucket stands beside which, as starts: days and hours by their place on the calendar, others in order."""
    days = _days_later(question, calendar, resolved, window)
    if granularity in ("week", "month") or days is None:
        return list(zip_longest(current, previous))
    places = {}
    for side, starts in ((0, current), (1, previous)):
        for start in starts:
            local = start.astimezone(calendar.rules)
            hour = local.hour if granularity == "hour" else 0
            place = (local.date() + side * days, hour)
            places.setdefault(place, ([], []))[side].append(start)
    return [pair for place in sorted(places) for pair in zip_longest(*places[place])]


def _days_later(question, calendar, resolved, window):
    start, _, dates = resolved
    compared = compared_dates(question, dates)
    if dates and compared:
        return dates[0] - compared[0]
    local = [at.astimezone(calendar.rules).replace(tzinfo=None) for at in (start, window[0])]
    for distance in (local[0] - local[1], start - window[0]):
        if distance % DAY == timedelta(0):
            return distance
    return None


def _hour_end(calendar, now):
    day = calendar.date(now)
    edges = [*_hours(calendar, day), calendar.day_start(day + DAY)]
    return min(edge for edge in edges if edge > now)


def _same_clock(calendar, day, now):
    """The first instant of the day at now's wall-clock minute; in a gap, the first instant behind it."""
    clock = now.astimezone(calendar.rules).replace(second=0, microsecond=0).time()
    at = calendar.day_start(day)
    while at < calendar.day_start(day + DAY) and at.astimezone(calendar.rules).time() < clock:
        at += timedelta(minutes=1)
    return at


def _earlier_instants(mode, calendar, start, end):
    if mode == "year":
        return tuple(_year_back(calendar, at) for at in (start, end))
    return start - (end - start), start


def _year_back(calendar, at):
    local = at.astimezone(calendar.rules)
    day = add_months(local.date(), -12)
    return datetime.combine(day, local.time(), calendar.rules).astimezone(timezone.utc)


def _earlier_dates(mode, word, first, last):
    whole_months = _whole_months(first, last)
    if mode == "year":
        if whole_months:
            return add_months(first, -12), _month_end(add_months(first, -12), whole_months)
        return add_months(first, -12), add_months(last, -12)
    if word in ("year", "12mo"):
        return add_months(first, -12), add_months(last, -12)
    if word == "month":
        return add_months(first, -1), add_months(last, -1)
    if word in ("week", "last_week"):
        return first - 7 * DAY, last - 7 * DAY
    if (word is None or word == "last_month") and whole_months:
        before = add_months(first, -whole_months)
        return before, first - DAY
    count = (last - first).days + 1
    return first - count * DAY, last - count * DAY


def _whole_months(first, last):
    """How many whole calendar months the dates are, 0 when they are not."""
    if first.day != 1 or (last + DAY).day != 1:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _month_end(first, count):
    return add_months(first, count) - DAY


def add_months(day, count):
    month = day.year * 12 + day.month - 1 + count
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def default_granularity(question, start, end, dates, calendar):
    if question.get("period") == "24h":
        return "hour"
    first, last = dates or (calendar.date(start), calendar.date(end - timedelta(milliseconds=1)))
    count = (last - first).days + 1
    whole_year = dates is not None and dates == (date(first.year, 1, 1), date(first.year, 12, 31))
    if count <= 2:
        return "hour"
    if count <= 92:
        return "day"
    if count > 731 or whole_year or question.get("period") == "year":
        return "month"
    return "week"


def tile(calendar, start, end, granularity):
    """The buckets of a granularity, cut at the edges."""
    edges = [at for at in sorted(_edges(calendar, start, end, granularity)) if start < at < end]
    edges = [start, *edges, end]
    return [(a, b) for a, b in zip(edges, edges[1:]) if a < b]


def _edges(calendar, start, end, granularity):
    day, last = calendar.date(start) - DAY, calendar.date(end) + DAY
    while day <= last:
        starts_week = granularity == "week" and day.weekday() == 0
        if granularity in ("hour", "day") or starts_week or (granularity == "month" and day.day == 1):
            yield calendar.day_start(day)
        if granularity == "hour":
            yield from _hours(calendar, day)
        day += DAY


def _hours(calendar, day):
    at, stop = calendar.day_start(day), calendar.day_start(day + DAY)
    before = None
    while at < stop:
        local = at.astimezone(calendar.rules)
        hour = (local.hour, local.utcoffset())
        if hour != before:
            yield at
        before = hour
        at += timedelta(minutes=15)
