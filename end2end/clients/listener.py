"""A small HTTP server in front of the real one, or instead of it: keeps every request, and answers as it is told."""

import contextlib
import http.client
import threading
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Request = namedtuple("Request", "method path headers body")
Answer = namedtuple("Answer", "status headers body")


class Listener(contextlib.AbstractContextManager):
    """Listens on a free port of the loopback; `answer` is called for one request at a time."""

    def __init__(self, answer):
        self.answer, self.requests, self.failures, self.turn = answer, [], [], threading.Lock()
        handler = type("Handler", (_Handler,), {"listener": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def take(self, request):
        with self.turn:
            self.requests.append(request)
            try:
                return self.answer(request)
            except Exception as failure:
                self.failures.append(failure)
                return Answer(500, {}, b"{}")


def forward(address, request):
    """Hands a request on as it came, and gives what the server answers."""
    connection = http.client.HTTPConnection(address, timeout=60)
    with contextlib.closing(connection):
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        connection.request(request.method, request.path, request.body, headers)
        response = connection.getresponse()
        kept = {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}
        return Answer(response.status, kept, response.read())


HOP_BY_HOP = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is one packet: head and body in two would wait for each other.
    wbufsize = -1

    def handle_request(self):
        answer = self.listener.take(Request(self.command, self.path, dict(self.headers), self.read_body()))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = handle_request

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self.read_chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def read_chunk(self):
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def log_message(self, *_):
        pass
