"""Breaks what a server stands on, under load, and then counts.

    python3 -m faults --parlance target/release/parlance [--engine sqlite|postgres] [--only NAME …]

After each fault everything that was acknowledged is stored once, nothing counts twice, `parlance verify` agrees, every
refusal was a 503 with a problem code, Retry-After and a line in the log, and the server went on by itself.
Exit code 1 when anything of this does not hold, with a sentence for each. Python's standard library only.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from . import away, clocks, company, crashes, disk
from .engines import ENGINES
from .scene import Scene

EVERYWHERE = [
    crashes.kill,
    crashes.drain,
    crashes.log_lost,
    away.disk_full,
    company.two_servers,
    company.three_servers,
    clocks.clock_steps,
]
SCENARIOS = {"sqlite": [*EVERYWHERE, away.locked], "postgres": [*EVERYWHERE, away.database_away]}
COLUMNS = ["kills", "restarts", "requests", "refused", "cut off", "acknowledged", "stored", "duplicates"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parlance", required=True, help="the server's binary")
    arguments.add_argument("--engine", choices=ENGINES, default="sqlite")
    arguments.add_argument("--only", nargs="*", help="names of scenarios")
    options = arguments.parse_args()
    chosen = [play for play in SCENARIOS[options.engine] if not options.only or play.__name__ in options.only]
    rows = [perform(play, options) for play in chosen]
    print_table(options.engine, rows)
    sys.exit(1 if not rows or any(row["violations"] for row in rows) else 0)


def perform(play, options):
    began = time.monotonic()
    print(f"{play.__name__}: {play.__doc__}", flush=True)
    with tempfile.TemporaryDirectory(prefix="parlance-faults-") as name:
        folder, database = Path(name), Path(name) / "database"
        folder.chmod(0o755)
        database.mkdir(mode=0o755)
        try:
            if play is away.disk_full:
                disk.mount_small(database)
            row = act(play, options, folder, database)
        finally:
            disk.unmount(database)
    print(f"  {time.monotonic() - began:.0f} s; answers: {row['answers']}; longest wait {row['longest_s']:.1f} s")
    for sentence in row["violations"]:
        print(f"  VIOLATION: {sentence}")
    return row


def act(play, options, folder, database):
    extra = clocks.environment(folder) if play is clocks.clock_steps else {}
    engine = ENGINES[options.engine](database)
    scene = Scene(os.path.abspath(options.parlance), engine.url, folder, extra)
    try:
        scene.prepare()
        play(scene, engine)
        scene.finish()
    except Exception:
        scene.fail(f"the scenario could not go on: {traceback.format_exc()}")
    finally:
        scene.end()
        engine.end()
    return sum_up(play.__name__, scene)


def sum_up(name, scene):
    load = scene.load
    figures = [0, 0, 0, 0]
    if load:
        refused = sum(count for answer, count in load.answers.items() if str(answer).startswith("503"))
        figures = [load.requests, refused, load.broken, len(load.acknowledged)]
    counts = [scene.kills, scene.restarts, *figures, scene.stored, scene.duplicates]
    answers = ", ".join(f"{answer} × {count}" for answer, count in load.answers.items()) if load else "none"
    row = dict(zip(COLUMNS, counts), name=name, violations=scene.violations)
    return dict(row, answers=answers, longest_s=load.longest_s if load else 0)


def print_table(engine, rows):
    print(f"\n{engine:15}" + "".join(f"{column:>13}" for column in COLUMNS))
    total = {column: sum(row[column] for row in rows) for column in COLUMNS}
    for row in [*rows, dict(total, name="all")]:
        print(f"{row['name']:15}" + "".join(f"{row[column]:>13,}" for column in COLUMNS))
    violations = sum(len(row["violations"]) for row in rows)
    print(f"{len(rows)} scenarios, {violations} violations")


if __name__ == "__main__":
    main()
