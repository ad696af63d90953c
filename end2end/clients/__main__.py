"""Other people's clients, unchanged, against the real server: what they report is counted exactly, and once.

    python3 -m clients --parlance target/release/parlance --packages target/clients [--only WORD …]

Each case has a bot of its own. A line a case, then the counts. Exit code 1 when anything does not hold, with a
sentence on it. The runner needs Python's standard library only; the clients are installed by script/clients.sh.
"""

import argparse
import os
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

from . import arrivals, brokers, clocks, imports, models, pasted, readers, refusals, storms, week
from .scene import Scene, Wrong

ROOMS = [arrivals, clocks, storms, brokers, imports, models, pasted, refusals, week, readers]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parlance", required=True, help="the server's binary")
    arguments.add_argument("--packages", required=True, help="the folder with the clients' packages")
    arguments.add_argument("--only", nargs="*", default=[""], help="words in the names of cases")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    options = arguments.parse_args()
    cases = [case for room in ROOMS for case in room.cases() if any(word in case[0] for word in options.only)]
    with tempfile.TemporaryDirectory(prefix="parlance-clients-") as folder:
        # PostgreSQL's own account has to get in.
        os.chmod(folder, 0o755)
        with Scene(options.parlance, options.packages, folder) as scene, ThreadPoolExecutor(options.jobs) as pool:
            outcomes = [show(*outcome) for outcome in pool.map(lambda case: perform(scene, *case), cases)]
            outcomes.append(show(*perform(scene, "no figure differs from a recount of the raw messages", verify)))
    failed = sum(1 for failure in outcomes if failure)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def perform(scene, name, case):
    try:
        case(scene)
        return name, None
    except Wrong as wrong:
        return name, str(wrong)
    except Exception:
        return name, traceback.format_exc()


def verify(scene):
    scene.command("verify")
    if "panicked" in scene.server.read_log():
        raise Wrong("the server has panicked")


def show(name, failure):
    print(f"FAILED: {name}: {failure}" if failure else f"ok: {name}", flush=True)
    return failure


if __name__ == "__main__":
    main()
