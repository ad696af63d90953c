"""The server goes: killed at any moment, or asked to stop; or nobody is left who reads its log."""

import random
import time

from .load import Connection

KILLS = 25
KILLS_AT_START = 5
STOPS = 5


def kill(scene, engine):
    """`kill -9` at random moments under load, and now and then while starting; then a restart."""
    rng = random.Random(7)
    server = scene.serve()
    load = scene.begin_load(seed=rng.randrange(1000))
    at_start = set(rng.sample(range(KILLS + KILLS_AT_START), KILLS_AT_START))
    for number in range(KILLS + KILLS_AT_START):
        time.sleep(rng.uniform(0, 0.1 if number in at_start else 0.6))
        scene.kill(server)
        acknowledged = load.acknowledged_so_far()
        scene.restart(server, wait=number + 1 not in at_start)
        if number + 1 not in at_start:
            scene.check_stored(acknowledged)


def drain(scene, engine):
    """SIGTERM under load: what is under way is answered, and the server ends by itself."""
    server = scene.serve()
    load = scene.begin_load()
    for _ in range(STOPS):
        time.sleep(0.8)
        code = server.stop()
        if code != 0:
            scene.fail(f"asked to stop, the server ended with {code}")
        acknowledged = load.acknowledged_so_far()
        scene.check_stored(acknowledged)
        scene.restart(server)


def log_lost(scene, engine):
    """Whoever read the log has gone, and every line that the server writes fails."""
    server = scene.serve()
    server.stop()
    with server.start_with_pipe() as log:
        server.wait_until_ready()
        log.close()
        load = scene.begin_load()
        refuse(scene, server)
        load.wait_for(lambda l: len(l.acknowledged) > 500, 20, "nothing was stored without a log")
        refuse(scene, server)


def refuse(scene, server):
    """A refusal is a line in the log, and has to reach the client all the same."""
    try:
        status = Connection(server.address, "pw_unknown").post([])[0]
    except OSError as error:
        status = type(error).__name__
    if status != 401:
        scene.fail(f"a request that is logged was answered with {status} instead of 401, because the log has gone")
