#!/usr/bin/env python3
"""Recounts from scratch what Parlance shows, and compares.

This script shares nothing with the product but its documents: it makes up messages, sends them through the public
intake in random order with repeats, counts them by brute force after docs/METRICS.md, and holds every figure of the
read API, the CSV and the page against its own. Python's standard library only.

    oracle.py --parlance target/release/parlance [--messages 10000] [--seed 1]

It starts the server itself, on a database of its own. Exit code 0: all figures equal; 1: a difference is printed.
"""

import argparse
import contextlib
import csv
import gzip
import io
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from datetime import date, datetime, timedelta, timezone
from http.cookiejar import CookieJar
from zoneinfo import ZoneInfo

from count import Counter, METRICS
from days import Calendar, PRESETS, comparison, default_granularity, pairs, resolve, tile

ZONES = ["Europe/Berlin", "America/New_York"]
EMAIL, PASSWORD = "oracle@example.org", "a long enough password"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parlance", required=True, help="the server's binary")
    arguments.add_argument("--messages", type=int, default=10_000)
    arguments.add_argument("--ranges", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    compared = 0
    with tempfile.TemporaryDirectory() as folder, Server(options.parlance, folder) as server:
        for number, zone in enumerate(ZONES):
            rng = random.Random(options.seed * 1000 + number)
            compared += check_bot(server, zone, rng, options)
    print(f"{compared} passed, 0 failed")


def check_bot(server, zone, rng, options):
    bot = server.run("bot", "create", "--owner", EMAIL, "--name", f"Oracle {zone}", "--time-zone", zone, "--activate")
    messages = make_messages(rng, options.messages, zone)
    outcome = send(server, bot["write_key"], messages, rng)
    distinct = len(messages)
    expect(outcome["accepted"] == distinct, f"{zone}: accepted {outcome['accepted']}, sent {distinct} distinct")
    expect(not outcome["rejected"], f"{zone}: rejected {outcome['rejected'][:3]}")
    compared = 0
    for timeout_s in (30 * 60, 5 * 60):
        if timeout_s != 30 * 60:
            server.run("bot", "set", "--bot", bot["bot_id"], "--idle-timeout", f"{timeout_s // 60}m", "--wait", parse=False)
        counter = Counter(messages, timeout_s)
        compared += check_reports(server, bot["bot_id"], zone, counter, rng, options)
    other = ZONES[1 - ZONES.index(zone)]
    server.run("bot", "set", "--bot", bot["bot_id"], "--time-zone", other, "--wait", parse=False)
    compared += check_reports(server, bot["bot_id"], other, counter, rng, options)
    server.run("verify", "--bot", bot["bot_id"], parse=False)
    print(f"{zone}: {distinct} messages, {outcome['duplicates']} repeats, verify: no difference", flush=True)
    return compared


def check_reports(server, bot_id, zone, counter, rng, options):
    questions = [{"period": word} for word in PRESETS]
    questions += [{"period": word, "compare": "year"} for word in ("7d", "month", "last_month", "12mo", "year")]
    today = date.today()
    own = {"compare": "custom", "compare_from": str(today - timedelta(days=45)), "compare_to": str(today - timedelta(days=12))}
    running = {"compare": "custom", "compare_from": str(today - timedelta(days=3)), "compare_to": str(today + timedelta(days=3))}
    questions += [dict(own, period=word) for word in ("today", "24h", "28d", "28d_full", "month", "all")]
    questions += [dict(running, period="7d_full"), dict(own, period="7d", granularity="hour")]
    questions += [{"from": str(today + timedelta(days=40)), "to": str(today + timedelta(days=70))}]
    questions += [dict(question, granularity="hour") for question in clock_change_questions(calendar_changes(zone))]
    questions += [{"period": "24h", "compare": "year"}, {"period": "7d", "granularity": "hour"}, {"period": "12mo", "granularity": "month"}]
    questions += [{"period": "91d", "granularity": "week"}, {"period": "28d", "compare": "none"}]
    questions += [dict(random_range(rng), **random_options(rng, counter)) for _ in range(options.ranges)]
    for question in questions:
        check_report(server, bot_id, Calendar(zone), counter, question)
    for word in ("7d", "28d", "28d_full", "24h", "12mo", "today", "all"):
        check_page(server, bot_id, Calendar(zone), counter, word)
    return len(questions) + 7


def check_report(server, bot_id, calendar, counter, question):
    query = urllib.parse.urlencode(question)
    path = f"/api/v1/bots/{bot_id}/analytics"
    report = json.loads(server.get(f"{path}?{query}"))
    channel = question.get("channel")
    now = datetime.fromisoformat(report["as_of"])
    first = counter.first_at(channel) or counter.first_at(None)  # A channel never seen has zeros, not gaps.
    start, end, dates = resolve(question, calendar, now, first)
    where = f"{calendar.zone} {query}"
    equal(instant(report["period"]["start"]), start, where, "period.start")
    equal(instant(report["period"]["end"]), end, where, "period.end")
    window = comparison(question, calendar, (start, end, dates), now)
    current = counter.count(start, end, channel)
    previous = check_comparison(report, window, counter, channel, first, where)
    if window and max(start, window[0]) > now:
        previous = None  # What has not begun is not compared.
    for metric in METRICS:
        figure = report["totals"][metric]
        equal(figure["value"], current[metric], where, metric)
        equal(figure["previous"], previous and previous[metric], where, f"{metric}.previous")
        change = (current[metric] - previous[metric]) / previous[metric] if previous and previous[metric] else None
        equal(figure["change"], change, where, f"{metric}.change")
    granularity = question.get("granularity") or default_granularity(question, start, end, dates, calendar)
    equal(report["granularity"], granularity, where, "granularity")
    buckets = tile(calendar, start, end, granularity)
    check_rows(report["timeseries"], buckets, counter, channel, first, now, where)
    lines = [(start, None) for start, _ in buckets]
    if window:
        compared = tile(calendar, window[0], window[2] or window[1], granularity)
        starts = [[start for start, _ in side] for side in (buckets, compared)]
        lines = pairs(question, calendar, granularity, (start, end, dates), window, *starts)
    check_csv(server, f"{path}.csv?{query}", report, lines, where)


def check_comparison(report, window, counter, channel, first, where):
    if window is None:
        equal(report["comparison"], None, where, "comparison")
        return None
    start, end, cut = window
    shown = report["comparison"]
    equal(instant(shown["start"]), start, where, "comparison.start")
    equal(instant(shown["end"]), end, where, "comparison.end")
    equal(shown["cut"] and instant(shown["cut"]), cut, where, "comparison.cut")
    stop = cut or end
    coverage = "full" if first and first <= start else "partial" if first and first < stop else "none"
    equal(shown["coverage"], coverage, where, "comparison.coverage")
    for row in shown["timeseries"]:
        a, b = instant(row["start"]), instant(row["end"])
        if row["messages"] is not None:
            check_row(row, counter.count(a, min(b, stop), channel), where)
    return counter.count(start, stop, channel) if coverage != "none" else None


def check_rows(rows, buckets, counter, channel, first, now, where):
    equal([(instant(r["start"]), instant(r["end"])) for r in rows], buckets, where, "buckets")
    for row, (start, end) in zip(rows, buckets):
        is_gap = first is None or end <= first or start > now
        equal(row["messages"] is None, is_gap, where, f"gap at {start}")
        equal(row["running"], start <= now < end, where, f"running at {start}")
        if not is_gap:
            check_row(row, counter.count(start, end, channel), where)
    return rows


def check_row(row, expected, where):
    for metric in METRICS:
        equal(row[metric], expected[metric], where, f"{metric} at {row['start']}")


def check_csv(server, path, report, expected, where):
    """Every bucket of both sides in its line, with the figures of the JSON, and times as spreadsheets read them."""
    lines = list(csv.DictReader(io.StringIO(server.get(path).decode())))
    starts = lambda prefix: [line[f"{prefix}start"] and instant(line[f"{prefix}start"]) or None for line in lines]
    equal(list(zip(starts(""), starts("previous_"))), expected, where, "pairs in the CSV")
    sides = {"": report["timeseries"], "previous_": report["comparison"]["timeseries"] if report["comparison"] else []}
    for prefix, rows in sides.items():
        shown = [line for line in lines if line[f"{prefix}start"]]
        equal(len(shown), len(rows), where, f"{prefix}buckets in the CSV")
        for line, row in zip(shown, rows):
            equal(line[f"{prefix}start_local"] + line[f"{prefix}start_offset"][3:], row["start"].replace("T", " "), where, "local start in the CSV")
            for metric in METRICS:
                equal(line[prefix + metric], "" if row[metric] is None else str(row[metric]), where, f"{prefix}{metric} in the CSV")


def check_page(server, bot_id, calendar, counter, word):
    """The server-rendered cards, as somebody without JavaScript sees them."""
    html = server.page(f"/bots/{bot_id}/analytics?period={word}")
    values = re.finditer(r'id="([a-z_]+)-value"[^>]*>\s*<data value="(\d+)"', html)
    shown = {match.group(1): int(match.group(2)) for match in values}
    start, end, _ = resolve({"period": word}, calendar, datetime.now(timezone.utc), counter.first_at(None))
    expected = counter.count(start, end, None)
    for metric in METRICS[:5]:
        equal(shown.get(metric), expected[metric], f"page {calendar.zone} {word}", metric)


def make_messages(rng, count, zone):
    """Messages of the past 13 months: heavy-tailed users, bursts, ties, and a share around changes of the clock."""
    now = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(minutes=1)
    users = [f"user-{n}" for n in range(max(20, count // 25))]
    changes = clock_changes(zone, now)
    messages = []
    while len(messages) < count:
        if rng.random() < 0.15 and changes:
            at = rng.choice(changes) + timedelta(seconds=rng.randint(-5 * 3600, 5 * 3600))
        else:
            at = now - timedelta(seconds=int(rng.random() ** 1.5 * 395 * 86_400))
        user = users[min(int(rng.paretovariate(0.9)) - 1, len(users) - 1)] if rng.random() < 0.5 else rng.choice(users)
        channel = rng.choice(["web", "web", "telegram", "WhatsApp"])
        session = f"s-{rng.randint(1, 40)}" if rng.random() < 0.2 else None
        for _ in range(rng.randint(1, 8)):
            at += timedelta(milliseconds=rng.choice([0, 1, 900, 40_000, 299_000, 300_000, 301_000, 1_700_000, 1_800_000, 1_800_001]))
            if at > now or len(messages) >= count:
                break
            message = {
                "id": f"m-{len(messages):06}" if rng.random() < 0.9 else f"{rng.getrandbits(64):x}-{len(messages)}",
                "user_id": user,
                "at": at.isoformat() if rng.random() < 0.5 else round(at.timestamp() * 1000),
                "direction": "incoming" if rng.random() < 0.6 else "outgoing",
                "channel": channel,
            }
            if session:
                message["session_id"] = session
            messages.append(message)
    return messages


def calendar_changes(zone):
    """The local dates of the past year's changes of the clock."""
    return [at.astimezone(ZoneInfo(zone)).date() for at in clock_changes(zone, datetime.now(timezone.utc))]


def clock_change_questions(days):
    """Each such day, the day after it, the week around it, and the two days beside a year before."""
    for day in days:
        yield {"from": str(day), "to": str(day)}
        yield {"from": str(day + timedelta(days=1)), "to": str(day + timedelta(days=1))}
        yield {"from": str(day - timedelta(days=3)), "to": str(day + timedelta(days=3))}
        yield {"from": str(day), "to": str(day + timedelta(days=1)), "compare": "year"}


def clock_changes(zone, now):
    zone, found, at = ZoneInfo(zone), [], now - timedelta(days=395)
    while at < now:
        if at.astimezone(zone).utcoffset() != (at + timedelta(hours=1)).astimezone(zone).utcoffset():
            found.append(at + timedelta(hours=1))
        at += timedelta(hours=1)
    return found


def send(server, key, messages, rng):
    """In random order, in batches of random size and form, with one in ten sent again later."""
    queue = messages + rng.sample(messages, len(messages) // 10)
    rng.shuffle(queue)
    total = {"accepted": 0, "duplicates": 0, "rejected": []}
    while queue:
        size = rng.choice([1, 7, 100, 500])
        batch, queue = queue[:size], queue[size:]
        if rng.random() < 0.5:
            body = json.dumps(batch).encode()
        else:
            body = "\n".join(json.dumps(item) for item in batch).encode()
        answer = json.loads(server.post("/api/v1/events", body, key, zip_it=rng.random() < 0.3))
        total["accepted"] += answer["accepted"]
        total["duplicates"] += answer["duplicates"]
        total["rejected"] += answer["rejected"]
    return total


def random_range(rng):
    today = date.today()
    first = today - timedelta(days=rng.randint(0, 400))
    if rng.random() < 0.3:
        start = datetime(first.year, first.month, first.day, tzinfo=timezone.utc) - timedelta(minutes=15 * rng.randint(0, 95))
        end = start + timedelta(minutes=15 * rng.randint(1, 96 * rng.choice([1, 7, 40])))
        return {"from": start.isoformat(), "to": end.isoformat()}
    last = min(first + timedelta(days=rng.choice([0, 1, 6, 13, 30, 90, 200])), today)
    return {"from": first.isoformat(), "to": last.isoformat()}


def random_options(rng, counter):
    options = {}
    if rng.random() < 0.4:
        options["channel"] = rng.choice(["web", "telegram", "whatsapp", "never-seen"])
    if rng.random() < 0.4:
        options["compare"] = rng.choice(["previous", "year", "none"])
    if rng.random() < 0.4:
        options["granularity"] = rng.choice(["day", "week", "month"])
    return options


def instant(text):
    return datetime.fromisoformat(text).astimezone(timezone.utc)


def equal(shown, expected, where, what):
    expect(shown == expected, f"{where}: {what} is {shown}, counted {expected}")


def expect(holds, otherwise):
    if not holds:
        print(f"0 passed, 1 failed\n{otherwise}")
        sys.exit(1)


class Server(contextlib.AbstractContextManager):
    """The real server on a free port, and the real command line beside it."""

    def __init__(self, binary, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % free.getsockname()[1]
        self.binary, self.base = os.path.abspath(binary), f"http://{address}"
        self.environment = dict(
            os.environ, DATABASE_URL=f"sqlite://{folder}/oracle.db", PARLANCE_ADDR=address, PARLANCE_BASE_URL=self.base
        )
        self.run("account", "create", "--email", EMAIL, stdin=PASSWORD)
        self.token = self.run("token", "create", "--account", EMAIL)["token"]
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, stderr=subprocess.PIPE)
        while True:
            try:
                urllib.request.urlopen(f"{self.base}/readyz").read()
                break
            except OSError:
                expect(self.process.poll() is None, "the server did not start")
                time.sleep(0.05)
        self.browser = None

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()

    def run(self, *words, stdin="", parse=True):
        done = subprocess.run([self.binary, *words], env=self.environment, input=stdin, capture_output=True, text=True)
        expect(done.returncode == 0, f"{' '.join(words)} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout) if parse else done.stdout

    def get(self, path):
        return self.open(urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {self.token}"}))

    def post(self, path, body, key, zip_it):
        headers = {"Authorization": f"Bearer {key}"}
        if zip_it:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        return self.open(urllib.request.Request(self.base + path, data=body, headers=headers))

    def page(self, path):
        if self.browser is None:
            self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            form = urllib.parse.urlencode({"email": EMAIL, "password": PASSWORD}).encode()
            headers = {"Origin": self.base, "Accept": "text/html"}
            self.browser.open(urllib.request.Request(self.base + self.sign_in_action(), data=form, headers=headers))
        return self.browser.open(self.base + path).read().decode()

    def sign_in_action(self):
        html = urllib.request.urlopen(self.base + "/sign-in").read().decode()
        return re.search(r'<form[^>]*action="([^"]+)"', html).group(1)

    def open(self, request):
        try:
            return urllib.request.urlopen(request).read()
        except urllib.error.HTTPError as error:
            expect(False, f"{request.full_url} answered {error.code}: {error.read().decode()}")


if __name__ == "__main__":
    main()
