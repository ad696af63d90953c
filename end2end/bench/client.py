"""A client that costs the machine little: some connections on one thread, each sending when it has its answer."""

import selectors
import socket
import time

OK = b"HTTP/1.1 200"
NATIVE = "/api/v1/events"


class Sent:
    """What came of it: messages, seconds, and the answer times in milliseconds, sorted."""

    def __init__(self, messages, seconds, times):
        self.messages, self.seconds, self.times = messages, seconds, sorted(times)

    @property
    def rate(self):
        return self.messages / self.seconds

    def percentile(self, share):
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def drive(address, key, bodies, connections, seconds=None, path=NATIVE):
    """Sends every body, or as many as go into the time. A body is its bytes and how many messages it holds, all new.

    Raises RuntimeError at the first answer that is none, or that doesn't say that all of them were accepted; only the
    native intake says that.
    """
    host, port = address.split(":")
    selector, times, messages, left = selectors.DefaultSelector(), [], 0, iter(bodies)
    began = time.perf_counter()
    for _ in range(connections):
        line = Line(socket.create_connection((host, int(port))), host, key, path)
        if line.send(left):
            selector.register(line.socket, selectors.EVENT_READ, line)
    while selector.get_map():
        for event, _ in selector.select():
            line = event.data
            if not line.receive():
                continue
            times.append((time.perf_counter() - line.sent_at) * 1000)
            messages += line.count
            is_over = seconds and time.perf_counter() - began > seconds
            if is_over or not line.send(left):
                selector.unregister(line.socket)
                line.socket.close()
    return Sent(messages, time.perf_counter() - began, times)


class Line:
    """One kept connection."""

    def __init__(self, connected, host, key, path):
        self.socket, self.answer, self.path = connected, b"", path
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Length: "

    def send(self, left):
        body, self.count = next(left, (None, 0))
        if body is None:
            return False
        self.sent_at = time.perf_counter()
        self.socket.sendall(f"{self.head}{len(body)}\r\n\r\n".encode() + body)
        return True

    def receive(self):
        """Whether the answer is complete; it is the one that was hoped for then."""
        part = self.socket.recv(65536)
        self.answer += part
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if part and not (end and len(body) >= content_length(head)):
            return False
        is_stored = self.path != NATIVE or b'"accepted":%d,' % self.count in body
        if not head.startswith(OK) or not is_stored:
            raise RuntimeError(f"unexpected answer: {self.answer.decode(errors='replace')}")
        self.answer = b""
        return True


def content_length(head):
    lines = head.lower().split(b"\r\n")
    return next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
