"""Puts a run into docs/BENCHMARKS.md: one section for each engine and size, the latest run of each."""

import os
import re
from datetime import datetime, timezone
from pathlib import Path

from .question import WORDS

INTRODUCTION = """# Benchmarks

Written by `make bench`; `script/bench.sh MESSAGES ENGINE` does other sizes and PostgreSQL. Each section is one run on one machine, everything beside each other.

**What is asked.** The report of the biggest bot, which holds half of all messages: users, new and returning users, sessions and messages of a period and of the one before, and the same for every bar of the chart, in the bot's time zone.
Parlance answers over HTTP, without any cache of answers. The others answer the same from their own process, and need not draw the bars of the period before.
They hold the same rows with numbers in place of texts, sorted or indexed for this one question, and get for free what would cost them most: which message opens a session, local dates, and each user's first message are columns that were computed for them.
**A time is printed only after every figure and every bar agreed exactly.** Times are medians of warm calls, one right after the other. Beside the intake, and at rest to compare with that, each comes 10 ms after the one before: after a pause a report takes longer by itself, as everything that the server answers does.

**What is made up.** 50 bots with Zipf's sizes, users who return with a heavy tail, days and weeks with their rhythm, growth over 30 months, three channels, ids of 20 bytes in order of time, no text. The same every time.

**What durable means.** An answer comes after the messages are on disk (SQLite: WAL, `synchronous=FULL`; PostgreSQL: `fsync` and `synchronous_commit` on). The client that sends runs on the same cores.

**What is sent.** Everything is imported but the newest messages of the biggest bot, which go through the intake in order of time, before the reports are asked for; conversations stay together in them as far as batches do. The worst case stands beside: each message from a user drawn evenly. Bare inserts, a thousand rows a transaction, go into a table with a unique text id that holds as many rows already as Parlance does.
"""


def write(file, heading, body):
    """Replaces the section of that heading, or adds it."""
    file = Path(file)
    sections = re.split(r"^(?=## )", file.read_text(), flags=re.M)[1:] if file.exists() else []
    kept = [section.strip() for section in sections if not section.startswith(f"## {heading}\n")]
    kept.append(f"## {heading}\n\n{body.strip()}")
    file.write_text("\n\n".join([INTRODUCTION.strip(), *sorted(kept, key=order)]) + "\n")


def order(section):
    """SQLite before PostgreSQL, small before large."""
    heading = section.splitlines()[0]
    return "PostgreSQL" in heading, int(re.sub(r"\D", "", heading.split("messages")[0]) or 0)


def machine(busy):
    """What it ran on, and the load average before it began: above none, others were at work beside it."""
    with open("/proc/cpuinfo") as cpu, open("/proc/meminfo") as memory:
        model = next(line.split(":")[1].strip() for line in cpu if line.startswith("model name"))
        gigabytes = int(next(memory).split()[1]) / 1e6
    today = datetime.now(timezone.utc).date()
    linux = os.uname().release.split("-")[0]
    return (
        f"{today}, {os.cpu_count()} cores of {model}, {gigabytes:.0f} GB of memory, Linux {linux}; "
        f"load average {busy:.1f} before the run began"
    )


def reports_table(table, names):
    lines = [
        "| report | " + " | ".join(["Parlance", *names]) + " | users · sessions · messages |",
        "|---|" + "--:|" * (len(names) + 2),
    ]
    for period, row in table.items():
        own = row["Parlance"]
        others = [f"{row[name]:,.1f} ms (× {times(row[name] / own)})" for name in names]
        users, _, _, sessions, messages = row["figures"]
        counted = f"{users:,} · {sessions:,} · {messages:,}"
        lines.append(f"| {WORDS[period]}, by {row['granularity']} | " + " | ".join([f"**{own:.2f} ms**", *others, counted]) + " |")
    return "\n".join(lines)


def times(ratio):
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def figures_table(figures):
    lines = ["| what | measured | aim | |", "|---|--:|--:|---|"]
    for figure in figures:
        lines.append(f"| {figure.what} | **{figure.shown()}** | {figure.aim()} | {figure.verdict()} |")
    return "\n".join(lines)
