"""Several servers over one database, writing to the same bot."""

import random
import time


def two_servers(scene, engine):
    """Two processes; each message arrives at both."""
    scene.serve(2)
    scene.begin_load()
    time.sleep(4)
    check_shares(scene)


def three_servers(scene, engine):
    """Three processes, of which one after the other is killed while the others go on."""
    rng = random.Random(11)
    scene.serve(3)
    load = scene.begin_load(connections=9)
    for server in scene.servers:
        time.sleep(rng.uniform(0.5, 1))
        scene.kill(server)
        acknowledged = load.acknowledged_so_far()
        time.sleep(rng.uniform(0.1, 0.5))
        scene.check_stored(acknowledged)
        scene.restart(server)
    time.sleep(1)
    check_shares(scene)


def check_shares(scene):
    """Fair or not, every server gets its turn: the report of each shows what the others stored."""
    scene.load.stop()
    path = f"/api/v1/bots/{scene.bot}/analytics?period=today&compare=none"
    figures = {server.get(path, scene.token)["totals"]["messages"]["value"] for server in scene.servers}
    if len(figures) != 1:
        scene.fail(f"the servers show different figures: {sorted(figures)}")
