"""The machine's clock is set back and forth while messages arrive that carry no time of their own."""

import glob
from datetime import date, timedelta

STEPS = ["-1h", "+1h", "-2d", "+3d", "+0"]


def environment(folder):
    """libfaketime reads the step from a file at every look at the clock; waiting goes by the true, monotonic clock."""
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1") + glob.glob("/usr/local/lib/faketime/libfaketimeMT.so.1")
    if not found:
        raise RuntimeError("libfaketime is not installed: apt-get install libfaketime")
    (folder / "clock").write_text("+0")
    return {
        "LD_PRELOAD": found[0],
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def clock_steps(scene, engine):
    """An hour back, an hour ahead, days back and ahead, and true again."""
    scene.serve()
    load = scene.begin_load()
    for step in STEPS:
        so_far = len(load.acknowledged_so_far())
        (scene.folder / "clock").write_text(step)
        load.wait_for(lambda l: len(l.acknowledged) > so_far + 2000, 20, f"nothing was stored after the clock went {step}")
    load.stop()
    for first, last in ((-3, -1), (2, 4)):
        check_stepped(scene, first, last)
    if refused := {answer: count for answer, count in load.answers.items() if answer != 200}:
        scene.fail(f"messages were refused because of the clock: {refused}")


def check_stepped(scene, first, last):
    """The messages do carry the times that the clock showed: the fault took place."""
    first, last = (date.today() + timedelta(days=days) for days in (first, last))
    path = f"/api/v1/bots/{scene.bot}/analytics?from={first}&to={last}&compare=none"
    if not scene.servers[0].get(path, scene.token)["totals"]["messages"]["value"]:
        scene.fail(f"no message was stored from {first} to {last}: the clock was not set")
