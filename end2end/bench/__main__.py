"""Measures Parlance, and beside it what somebody would take instead. See docs/BENCHMARKS.md, which this writes.

    python -m bench --parlance target/release/parlance [--messages 1000000] [--engine sqlite|postgres]
        [--against duckdb,postgres,sqlite] [--keep-rules] [--alone] [--made-up FILE] [--folder FOLDER] [--write FILE]

Needs the packages duckdb and psycopg, and Debian's postgresql; script/bench.sh sees to that.
"""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path


from . import generate, page, reports
from .doors import measure_doors
from .figures import Figure, Figures, say
from .measure import held_back, measure_changes, measure_even_users, measure_first_messages, measure_intake
from .product import Parlance, PostgresCluster, SqliteFile
from .question import WORDS
from .rivals import RIVALS

ENGINES = {"sqlite": SqliteFile, "postgres": PostgresCluster}
MEGABYTE = 1_000_000


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parlance", required=True, help="the server's binary")
    arguments.add_argument("--messages", type=int, default=1_000_000)
    arguments.add_argument("--engine", choices=ENGINES, default="sqlite")
    arguments.add_argument("--against", default=",".join(RIVALS), help="the rivals; all unless told")
    arguments.add_argument("--keep-rules", action="store_true", help="change no zone and no timeout, which takes longest")
    arguments.add_argument("--alone", action="store_true", help="give Parlance the biggest bot alone: half of all messages, and of the disk")
    arguments.add_argument("--made-up", type=Path, help="where the made-up messages are kept for the next run, and taken from")
    arguments.add_argument("--folder", help="where the databases are made and deleted; default: the system's temporary folder")
    arguments.add_argument("--write", help="the page that gets the results")
    options = arguments.parse_args()
    options.busy = os.getloadavg()[0]
    options.stored = options.messages // 2 if options.alone else options.messages
    with tempfile.TemporaryDirectory(prefix="parlance-bench-", dir=options.folder) as name:
        folder = Path(name)
        folder.chmod(0o755)
        run(options, folder)


def run(options, folder):
    say(f"Making up {options.messages:,} messages of {generate.BOTS} bots")
    generated = generate.open_or_generate(options.made_up or folder / "generated.duckdb", options.messages)
    engine, rivals, figures, table, end = ENGINES[options.engine](folder), [], Figures(), {}, ""
    parlance = Parlance(options.parlance, engine, folder)
    try:
        figures += load(parlance, generated, options)
        parlance.server.start()
        figures += measure_intake(parlance, generated, options, folder)
        for rival in (RIVALS[name] for name in options.against.split(",")):
            say(f"Loading the same into {rival.__name__}")
            rivals.append(rival(folder, generated))
        table = reports.time_reports(parlance, rivals)
        print(page.reports_table(table, [rival.name for rival in rivals]), flush=True)
        figures += report_figures(parlance, table, options)
        figures += [Figure(f"on disk, {rival.name}", rival.size() / options.messages, "bytes a message") for rival in rivals]
        while rivals:
            rivals.pop().end()
        if not options.keep_rules:
            figures += measure_changes(parlance, options)
        figures += measure_even_users(parlance, generated, options)
        figures += measure_doors(parlance, options)
        figures += measure_first_messages(generated, options, ENGINES[options.engine], folder)
        say("Recounting everything from the raw messages")
        parlance.command("verify")
    except KeyboardInterrupt:
        if not table:
            raise
        end = " It was interrupted before its last steps."
    finally:
        parlance.server.end()
        for ended in [*rivals, engine]:
            ended.end()
    publish(options, table, figures, end)


def load(parlance, generated, options):
    say("Importing them into Parlance")
    held = held_back(options)
    total_s, biggest_s = parlance.load(generated, held, bots=1 if options.alone else generate.BOTS)
    least = {"sqlite": 50_000, "postgres": 80_000}[options.engine]
    imported, of_biggest = options.stored - held, options.messages // 2 - held
    if not options.alone:
        yield Figure("`parlance import`, all bots one after the other", imported / total_s, "messages/s", least=least)
    yield Figure("`parlance import`, the biggest bot", of_biggest / biggest_s, "messages/s", least=least)


def report_figures(parlance, table, options):
    most = {"sqlite": 5, "postgres": 10}[options.engine]
    slowest = max(table, key=lambda period: table[period]["Parlance"])
    duck = next((name for name in next(iter(table.values())) if name.startswith("DuckDB")), None)
    yield Figure(f"slowest report, median ({WORDS[slowest]})", table[slowest]["Parlance"], "ms", most=most)
    if duck:
        least_gain = min(row[duck] / row["Parlance"] for period, row in table.items() if period != "7d")
        yield Figure("times faster than DuckDB, 28 days and longer, at least", least_gain, "", least=100)
    parlance.server.stop()
    yield Figure("on disk, everything included", parlance.engine.size() / options.stored, "bytes a message", most=160)
    yield Figure("first report after a cold start", reports.time_cold_start(parlance), "ms", most=300)
    reports.answers(parlance)
    yield Figure("memory at rest, after a report of each period", parlance.server.memory() / MEGABYTE, "MB", most=60)


def publish(options, table, figures, end):
    names = [name for name in next(iter(table.values())) if name not in ("Parlance", "granularity", "figures")]
    engine = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[options.engine]
    version = subprocess.run([options.parlance, "--version"], capture_output=True, text=True).stdout.strip()
    body = "\n\n".join([f"{page.machine(options.busy)}; {version}.{end}", page.reports_table(table, names), page.figures_table(figures)])
    alone = " with the biggest bot alone" if options.alone else ""
    heading = f"{options.messages:,} messages, Parlance on {engine}{alone}"
    print(f"\n## {heading}\n\n{body}")
    if options.write:
        page.write(options.write, heading, body)


if __name__ == "__main__":
    main()
