"""Throws at a server all that is known to have hurt it, at once, and watches what it does to everybody else.

    python -m bombs --parlance target/release/parlance [--seconds 60] [--connections 200] [--mixed MINUTES]

Prints a table: memory at its peak and afterwards, the disk, how long /healthz took, and how long another bot waited for
its messages to be stored. Ends with 1 when a figure misses its aim. Needs the standard library only.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from . import payloads
from .scene import Scene
from .watch import Watch

#: Processes that the connections are shared among.
PROCESSES = 4
#: Peak of memory in bytes, /healthz and another bot's intake in seconds.
AIMS = {"memory": 600e6, "healthz": 0.25, "intake": 2.0}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parlance", required=True, help="the server's binary")
    arguments.add_argument("--seconds", type=int, default=60, help="how long each mix of bombs is thrown")
    arguments.add_argument("--connections", type=int, default=200)
    arguments.add_argument("--only", help="one kind of bomb, by its name")
    arguments.add_argument("--mixed", type=float, default=0, help="minutes of ordinary traffic afterwards, for memory that leaks")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="parlance-bombs-") as folder:
        scene = Scene(options.parlance, Path(folder))
        try:
            sys.exit(run(scene, options))
        finally:
            scene.server.end()


def run(scene, options):
    kinds = payloads.kinds(scene)
    if options.only:
        storms = [(options.only, [kinds[options.only]])]
    else:
        storms = [(name, [throw]) for name, throw in kinds.items()] + [("all at once", list(kinds.values()))]
    rows = []
    for name, throwers in storms:
        rows.append((name, storm(scene, throwers, options)))
        show(rows[-1:])
    print()
    show(rows)
    if options.mixed:
        mixed(scene, options.mixed * 60)
    missed = [(name, what) for name, seen in rows for what in seen.missed(AIMS)]
    for name, what in missed:
        print(f"missed: {what} at {name}")
    print(f"aims: {len(rows) * len(AIMS) - len(missed)} passed, {len(missed)} failed")
    return 1 if missed else 0


def storm(scene, throwers, options):
    """Every connection throws again and again until the time is over.

    The throwers have processes of their own at the lowest priority, as they would have machines of their own: neither
    the server nor who watches it waits for theirs.
    """
    scene.start()
    end = time.monotonic() + options.seconds
    shares = [range(first, options.connections, PROCESSES) for first in range(PROCESSES)]
    attackers = [
        multiprocessing.get_context("fork").Process(target=attack, args=(throwers, scene, share, end), daemon=True)
        for share in shares
    ]
    for attacker in attackers:
        attacker.start()
    watch = Watch(scene).start()
    for attacker in attackers:
        attacker.join(timeout=options.seconds + 90)
    return watch.end()


def attack(throwers, scene, places, end):
    os.nice(19)
    threads = [
        threading.Thread(target=keep_throwing, args=(throwers[place % len(throwers)], scene, end), daemon=True)
        for place in places
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def keep_throwing(throw, scene, end):
    while time.monotonic() < end:
        try:
            throw(scene, end)
        except OSError:
            # Refused, reset, or given up: another one.
            time.sleep(random.random() / 10)


def mixed(scene, seconds):
    """Ordinary traffic of many kinds. Memory at the beginning and at the end."""
    scene.start()
    end, begin = time.monotonic() + seconds, None
    counts = {"requests": 0}
    while time.monotonic() < end:
        for request in payloads.ordinary(scene):
            scene.ask(*request)
            counts["requests"] += 1
        if begin is None and counts["requests"] > 5_000:
            begin = scene.server.memory()
    print(f"mixed traffic: {counts['requests']} requests, memory {(begin or 0) / 1e6:.0f} MB at the beginning, {scene.server.memory() / 1e6:.0f} MB at the end")


def show(rows):
    print("| bombs | sent | peak memory | 10 s later | disk | /healthz, slowest | another bot: p99, slowest | its failures |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, seen in rows:
        print(f"| {name} | {seen} |", flush=True)


main()
