"""Bots that never give up: what got no 2xx is sent again under the same ids, and a book is kept of all of it."""

import http.client
import json
import random
import threading
import time
from collections import Counter

SIZES = [1, 1, 1, 5, 40]
ANSWER_S = 60
GIVE_UP_S = 60
PAUSE_S = 0.1


class Load:
    """Connections in pairs. Both of a pair send the same batches, so that every message arrives at least twice,
    often at once, and, where there are several servers, through two of them."""

    def __init__(self, addresses, key, connections=8, seed=1):
        self.addresses, self.key, self.seed = addresses, key, seed
        self.lock = threading.Lock()
        self.sent, self.acknowledged = set(), set()
        self.answers, self.incidents, self.violations = Counter(), set(), []
        self.accepted = self.broken = self.requests = 0
        self.longest_s = 0.0
        self.stopping, self.given_up = threading.Event(), threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(connections)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def stop(self):
        """Takes nothing new up, and waits until everything that was sent has been acknowledged."""
        self.stopping.set()
        deadline = time.monotonic() + GIVE_UP_S
        for thread in self.threads:
            thread.join(max(0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self.threads):
            self.given_up.set()
            self.violations.append("some messages were never acknowledged, though the server was back")

    def acknowledged_so_far(self):
        with self.lock:
            return set(self.acknowledged)

    def wait_for(self, holds, seconds, otherwise):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.lock:
                if holds(self):
                    return True
            time.sleep(0.02)
        self.violations.append(otherwise)
        return False

    def _work(self, number):
        pair, rng = number // 2, random.Random(self.seed * 1000 + number // 2)
        connection = Connection(self.addresses[number % len(self.addresses)], self.key)
        made = 0
        while not self.stopping.is_set():
            batch = [message(f"{self.seed}-{pair}-{made + n}", rng) for n in range(rng.choice(SIZES))]
            made += len(batch)
            with self.lock:
                self.sent.update(item["id"] for item in batch)
            while not self._send(connection, batch) and not self.given_up.wait(PAUSE_S):
                pass

    def _send(self, connection, batch):
        began = time.monotonic()
        try:
            status, headers, body = connection.post(batch)
        except (OSError, http.client.HTTPException) as error:
            with self.lock:
                self.broken += 1
                self.answers[type(error).__name__] += 1
            return False
        with self.lock:
            self.requests += 1
            self.longest_s = max(self.longest_s, time.monotonic() - began)
            return self._book(batch, status, headers, body)

    def _book(self, batch, status, headers, body):
        if status != 200:
            self._book_failure(status, headers, body)
            return False
        self.answers[200] += 1
        self.accepted += body["accepted"]
        if body["rejected"] or body["accepted"] + body["duplicates"] != len(batch):
            self.violations.append(f"{len(batch)} messages were answered with {body}")
        self.acknowledged.update(item["id"] for item in batch)
        return True

    def _book_failure(self, status, headers, body):
        self.answers[f"{status} {body.get('code')}"] += 1
        self.incidents.add(body.get("id"))
        is_problem = headers.get("Content-Type") == "application/problem+json"
        if status != 503 or not is_problem or not body.get("code") or not headers.get("Retry-After"):
            self.violations.append(f"an unclear failure: {status} {body}, Retry-After {headers.get('Retry-After')}")


class Connection:
    def __init__(self, address, key):
        self.address, self.headers, self.http = address, {"Authorization": f"Bearer {key}"}, None

    def post(self, batch):
        self.http = self.http or http.client.HTTPConnection(self.address, timeout=ANSWER_S)
        try:
            self.http.request("POST", "/api/v1/events", json.dumps(batch).encode(), self.headers)
            answer = self.http.getresponse()
            text = answer.read()
        except BaseException:
            self.http.close()
            self.http = None
            raise
        try:
            return answer.status, answer.headers, json.loads(text)
        except ValueError:
            return answer.status, answer.headers, {"unreadable": text[:200].decode(errors="replace")}


def message(id, rng):
    return {
        "id": id,
        "user_id": f"user-{int(400 * rng.random() ** 3)}",
        "direction": "incoming" if rng.random() < 0.6 else "outgoing",
        "channel": rng.choice(["web", "telegram", "whatsapp"]),
    }
