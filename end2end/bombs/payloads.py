"""Requests that have hurt a server of this kind. Each is small beside what it asks for."""

import functools
import gzip
import itertools
import json
import random
import socket
import time

MIB = 1024 * 1024
DOORS = ["/v1/batch", "/batch", "/track", "/rasa/events", "/chatwoot", "/v1/traces", "/v1/logs", "/?platform=rasa"]
NUMBERS = itertools.count()


def kinds(scene):
    """By name, what throws one bomb."""
    key = {"Authorization": f"Bearer {scene.attacked[1]}"}
    gzipped = {"Content-Encoding": "gzip"}
    protobuf, in_json = {"Content-Type": "application/x-protobuf"}, {"Content-Type": "application/json"}
    return {
        "empty spans, protobuf": posting("/v1/traces", key | gzipped | protobuf, lambda: empty_spans(16_000_000)),
        "empty spans, JSON": posting("/v1/traces", key | gzipped | in_json, empty_spans_in_json),
        "attributes without end": posting("/v1/traces", key | gzipped | protobuf, wide_span),
        "spans that wait": throw_spans_that_wait,
        "bodies without a key": throw_without_key,
        "slow bodies without a key": throw_slowly(None),
        "slow bodies with a key": throw_slowly(scene.attacked[1]),
        "silent connections": throw_silence,
        "half headers": throw_half_headers,
        "no UTF-8": posting("/api/v1/events", key | gzipped, no_utf_8),
        "full batches": throw_full_batch,
        "long texts": throw_long_texts,
        "answers not taken": throw_unread_answers,
        "sign-ins": throw_sign_in,
    }


def ordinary(scene):
    """One round of what a bot and its owner ask for."""
    key, token = {"Authorization": f"Bearer {scene.other[1]}"}, {"Authorization": f"Bearer {scene.token}"}
    path = f"/api/v1/bots/{scene.other[0]}"
    yield "POST", "/api/v1/events", key, json.dumps([message(random.randrange(1000)) for _ in range(50)])
    yield "POST", "/batch", key, json.dumps({"batch": []})
    yield "POST", "/v1/traces", key | {"Content-Type": "application/x-protobuf"}, empty_spans_plain(3)
    yield "GET", f"{path}/analytics?period=28d", token
    yield "GET", f"{path}/events.csv?period=7d", token
    yield "GET", "/sign-in", {}
    yield "GET", "/healthz", {}


def posting(path, headers, make):
    @functools.cache
    def body():
        return make()

    def throw(scene, _end):
        scene.count(len(body()))
        scene.ask("POST", path, headers, body())

    return throw


def message(user):
    return {"id": f"{time.time_ns()}-{next(NUMBERS)}", "user_id": f"u-{user}", "direction": "incoming"}


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    return varint(number << 3 | 2) + varint(len(value)) + value


def empty_spans_plain(count):
    return field(1, field(2, b"\x12\x00" * count))


def empty_spans(count):
    return gzip.compress(empty_spans_plain(count), 9)


def empty_spans_in_json():
    spans = "{}," * 10_000_000
    return gzip.compress(f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}{{}}]}}]}}]}}'.encode(), 9)


def wide_span():
    return gzip.compress(field(1, field(2, field(2, b"\x4a\x00" * 16_000_000))), 9)


def span_that_waits(trace, model_bytes):
    attributes = field(9, field(1, b"llm.model_name") + field(2, field(1, b"x" * model_bytes)))
    attributes += field(9, field(1, b"llm.token_count.prompt") + field(2, b"\x18\x01"))
    ids = field(1, trace) + field(2, random.randbytes(8)) + field(4, b"\x01" * 8)
    return field(1, field(2, field(2, ids + attributes)))


WAITING_TRACES = [random.randbytes(16) for _ in range(4)]


def throw_spans_that_wait(scene, _end):
    body = gzip.compress(span_that_waits(random.choice(WAITING_TRACES), 30_000_000), 1)
    headers = {"Authorization": f"Bearer {scene.attacked[1]}", "Content-Encoding": "gzip", "Content-Type": "application/x-protobuf"}
    scene.count(len(body))
    scene.ask("POST", "/v1/traces", headers, body)


@functools.cache
def letters():
    return gzip.compress(b"a" * (32 * MIB), 9)


def throw_without_key(scene, _end):
    scene.count(len(letters()))
    scene.ask("POST", random.choice(DOORS), {"Content-Encoding": "gzip"}, letters())


def throw_slowly(key):
    def throw(scene, end):
        """Nearly all of a large body at once, and the rest of it a few bytes at a time."""
        length = 5 * MIB - 1
        path, authorization = ("/api/v1/events", f"Authorization: Bearer {key}\r\n") if key else ("/batch", "")
        with socket.create_connection(scene.address, timeout=60) as connection:
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: {length}\r\n\r\n"
            connection.sendall(head.encode() + b" " * (length - 1000))
            scene.count(length - 1000)
            trickle(connection, end)

    return throw


def trickle(connection, end):
    while time.monotonic() < end:
        connection.sendall(b" ")
        time.sleep(1)


def throw_silence(scene, end):
    with socket.create_connection(scene.address, timeout=60) as connection:
        connection.settimeout(max(0.1, end - time.monotonic()))
        connection.recv(1)


def throw_half_headers(scene, end):
    with socket.create_connection(scene.address, timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 30_000)
        scene.count(30_000)
        trickle(connection, end)


def no_utf_8():
    return gzip.compress(b'["' + b"\xff" * (32 * MIB - 10) + b'"]', 9)


def throw_full_batch(scene, _end):
    body = json.dumps([message(next(NUMBERS)) for _ in range(10_000)]).encode()
    scene.count(len(body))
    scene.ask("POST", "/api/v1/events", {"Authorization": f"Bearer {scene.attacked[1]}"}, body)


def throw_long_texts(scene, _end):
    batch = [message(1) | {"text": "x" * 65_000} for _ in range(480)]
    body = gzip.compress(json.dumps(batch).encode(), 1)
    scene.count(len(body))
    headers = {"Authorization": f"Bearer {scene.attacked[1]}", "Content-Encoding": "gzip"}
    scene.ask("POST", "/api/v1/events", headers, body)


def throw_unread_answers(scene, end):
    """A large report, again and again, of which nobody reads a byte."""
    path = f"/api/v1/bots/{scene.attacked[0]}/analytics?from=2026-10-01&to=2026-11-28&granularity=hour"
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {scene.token}\r\n\r\n".encode()
    with socket.create_connection(scene.address, timeout=60) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(30):
            connection.sendall(request)
            scene.count(len(request))
        time.sleep(max(0, min(40, end - time.monotonic())))


def throw_sign_in(scene, _end):
    body = f"email=x{random.randrange(10**9)}@example.org&password={'x' * 100}"
    headers = {"Origin": f"http://127.0.0.1:{scene.server.port}", "Content-Type": "application/x-www-form-urlencoded"}
    scene.count(len(body))
    scene.ask("POST", "/fn/sign_in", headers, body)
