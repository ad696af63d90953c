"""The database cannot be written for a while: no space, a lock, or it is not there at all."""

import sqlite3
import time

from . import disk

BUSY_S = 15
RECOVERY_S = 20


def disk_full(scene, engine):
    """No space left, until somebody makes some."""
    scene.serve()
    load = scene.begin_load()
    time.sleep(1)
    fault = disk.fill(engine.folder, scene.servers[0].process.pid)
    load.wait_for(refusals(20), RECOVERY_S, "the disk was full, and nobody was told")
    time.sleep(2)
    fault.undo()
    engine.start_again()
    wait_for_recovery(load)


def locked(scene, engine):
    """Another process holds the SQLite file for longer than the server waits for it."""
    scene.serve()
    load = scene.begin_load()
    time.sleep(1)
    other = sqlite3.connect(engine.file, isolation_level=None, timeout=30)
    other.execute("begin immediate")
    load.wait_for(refusals(1), BUSY_S + 5, f"the file was locked, and nobody was told within {BUSY_S + 5} s")
    time.sleep(BUSY_S)
    other.execute("rollback")
    other.close()
    wait_for_recovery(load)
    # Whoever comes while the server waits for the file waits for its turn as well as for their own.
    if load.longest_s > 2 * BUSY_S + 5:
        scene.fail(f"a request waited {load.longest_s:.0f} s for its answer")


def database_away(scene, engine):
    """PostgreSQL is stopped, and crashes, and comes back."""
    scene.serve()
    load = scene.begin_load()
    for mode in ("fast", "immediate", "fast"):
        time.sleep(1)
        before = refused(load)
        engine.cluster.stop(mode)
        load.wait_for(lambda l: refused(l) > before, RECOVERY_S, "the database was away, and nobody was told")
        time.sleep(1)
        engine.cluster.start()
        wait_for_recovery(load)
        scene.check_stored(load.acknowledged_so_far())


def refused(load):
    return sum(count for answer, count in load.answers.items() if str(answer).startswith("503"))


def refusals(count):
    return lambda load: refused(load) >= count


def wait_for_recovery(load):
    """Within seconds messages are acknowledged again, without anybody touching the server."""
    so_far = len(load.acknowledged_so_far())
    load.wait_for(lambda l: len(l.acknowledged) > so_far + 100, RECOVERY_S, "the server did not recover by itself")
