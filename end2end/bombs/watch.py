"""What a server does to others while it is under attack."""

import json
import threading
import time

HEALTH_EVERY_S, INTAKE_EVERY_S, MEMORY_EVERY_S = 0.1, 0.2, 0.02


class Watch:
    def __init__(self, scene):
        self.scene, self.done = scene, threading.Event()
        self.health, self.intake, self.failures, self.peak = [], [], 0, 0
        self.threads = [threading.Thread(target=it) for it in (self.watch_health, self.watch_intake, self.watch_memory)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def end(self):
        self.done.set()
        for thread in self.threads:
            thread.join()
        time.sleep(10)
        return Seen(self, self.scene)

    def watch_health(self):
        while not self.done.wait(HEALTH_EVERY_S):
            began = time.monotonic()
            try:
                self.scene.ask("GET", "/healthz", {}, timeout=20)
            except OSError:
                self.failures += 1
            self.health.append(time.monotonic() - began)

    def watch_intake(self):
        headers, number = {"Authorization": f"Bearer {self.scene.other[1]}"}, 0
        while not self.done.wait(INTAKE_EVERY_S):
            number += 1
            began = time.monotonic()
            body = json.dumps({"id": f"{began}-{number}", "user_id": "u", "direction": "incoming"})
            try:
                self.failures += self.scene.ask("POST", "/api/v1/events", headers, body, timeout=30) != 200
            except OSError:
                self.failures += 1
            self.intake.append(time.monotonic() - began)

    def watch_memory(self):
        while not self.done.wait(MEMORY_EVERY_S):
            self.peak = max(self.peak, self.scene.server.memory())


class Seen:
    """The figures of one storm."""

    def __init__(self, watch, scene):
        intake = sorted(watch.intake)
        self.sent, self.peak, self.later, self.disk = scene.sent.value, watch.peak, scene.server.memory(), scene.disk()
        self.health, self.failures = max(watch.health), watch.failures
        self.p99, self.slowest = intake[int(len(intake) * 0.99)], intake[-1]

    def missed(self, aims):
        found = {"memory": self.peak, "healthz": self.health, "intake": self.p99}
        return [what for what, aim in aims.items() if found[what] > aim] + (["failures"] if self.failures else [])

    def __str__(self):
        return (
            f"{self.sent / 1e6:.1f} MB | {self.peak / 1e6:.0f} MB | {self.later / 1e6:.0f} MB | {self.disk / 1e6:.0f} MB"
            f" | {self.health * 1000:.0f} ms | {self.p99 * 1000:.0f}, {self.slowest * 1000:.0f} ms | {self.failures}"
        )
