#!/usr/bin/env python3
"""Imports a million messages through `parlance import` and times the report that reads a year of them.

    million.py --parlance target/release/parlance [--messages 1000000] [--calls 50]

Prints the import's time, the database's size per message and the median, minimum and maximum of the calls.
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.client import HTTPConnection
from pathlib import Path

PERIODS = ["7d", "28d", "91d", "12mo", "all"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parlance", required=True)
    arguments.add_argument("--messages", type=int, default=1_000_000)
    arguments.add_argument("--calls", type=int, default=50)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(options, Path(folder))


def measure(options, folder):
    file = folder / "messages.ndjson"
    write_messages(file, options.messages)
    environment = dict(os.environ, DATABASE_URL=f"sqlite://{folder}/bench.db")
    run = lambda *words, stdin="": subprocess.run(
        [options.parlance, *words], env=environment, input=stdin, capture_output=True, text=True, check=True
    ).stdout
    run("account", "create", "--email", "bench@example.org", stdin="a long enough password")
    token = json.loads(run("token", "create", "--account", "bench@example.org"))["token"]
    bot = ["bot", "create", "--owner", "bench@example.org", "--name", "Bench", "--time-zone", "Europe/Berlin", "--activate"]
    bot_id = json.loads(run(*bot))["bot_id"]
    began = time.perf_counter()
    print(run("import", "--bot", bot_id, "--format", "ndjson", str(file)).strip())
    seconds = time.perf_counter() - began
    print(f"import: {seconds:.1f} s, {options.messages / seconds:,.0f} messages/s")
    size = sum(part.stat().st_size for part in folder.glob("bench.db*"))
    print(f"database: {size / 1e6:,.0f} MB, {size / options.messages:.0f} bytes per message")
    time_reports(options, environment, bot_id, token)


def write_messages(file, count):
    """A year in order of time: heavy-tailed users, three channels, 20-byte ids, two messages in five from the bot."""
    rng = random.Random(7)
    now = int(time.time() * 1000) - 60_000
    span = 365 * 86_400_000
    with file.open("w") as out:
        for number in range(count):
            at = now - span + span * number // count
            user = int(min(rng.paretovariate(0.6), 1e9)) % (count // 40)
            direction = "incoming" if rng.random() < 0.6 else "outgoing"
            channel = ("web", "telegram", "whatsapp")[user % 3]
            out.write(
                f'{{"id":"m-{number:018}","user_id":"u-{user}","at":{at},"direction":"{direction}","channel":"{channel}"}}\n'
            )


def time_reports(options, environment, bot_id, token):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(environment, PARLANCE_ADDR=f"127.0.0.1:{port}")
    server = subprocess.Popen([options.parlance, "serve"], env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(port, server)
        connection = HTTPConnection("127.0.0.1", port)
        for period in PERIODS:
            times = [call(connection, bot_id, token, period) for _ in range(options.calls)]
            print(
                f"report {period}: median {statistics.median(times):.2f} ms, "
                f"from {min(times):.2f} to {max(times):.2f} ms over {options.calls} calls (the first is cold)"
            )
    finally:
        server.terminate()
        server.wait()


def call(connection, bot_id, token, period):
    began = time.perf_counter()
    path = f"/api/v1/bots/{bot_id}/analytics?period={period}"
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    elapsed = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        sys.exit(body.decode())
    return elapsed


def wait_until_ready(port, server):
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").read()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("the server did not start")


if __name__ == "__main__":
    main()
