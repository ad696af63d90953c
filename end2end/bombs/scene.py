"""A server with a bot that is attacked with its own key, and another whose owner should not notice."""

import http.client
import json
import multiprocessing
import os

from faults.server import Server, run_well

EMAIL, PASSWORD = "owner@example.org", "a long enough password"


class Scene:
    def __init__(self, binary, folder):
        self.folder = folder
        self.binary = os.path.abspath(binary)
        self.environment = dict(os.environ, DATABASE_URL=f"sqlite://{folder}/parlance.db", PARLANCE_LOG="warn")
        self.server = Server(self.binary, self.environment, folder / "serve.log")
        self.command("account", "create", "--email", EMAIL, "--admin", stdin=PASSWORD)
        self.token = json.loads(self.command("token", "create", "--account", EMAIL))["token"]
        self.attacked, self.other = self.create_bot("Attacked"), self.create_bot("Other")
        #: Bytes of bodies and heads that all throwers have sent.
        self.sent = multiprocessing.Value("q", 0)

    def command(self, *words, stdin=""):
        return run_well(self.binary, self.environment, *words, stdin=stdin)

    def create_bot(self, name):
        made = ("--owner", EMAIL, "--name", name, "--time-zone", "Europe/Berlin", "--activate")
        made = json.loads(self.command("bot", "create", *made))
        return made["bot_id"], made["write_key"]

    def start(self):
        """A fresh process on what is there."""
        if self.server.process:
            self.server.stop()
        self.sent.value = 0
        self.server.start()

    @property
    def address(self):
        return ("127.0.0.1", self.server.port)

    def count(self, sent):
        with self.sent.get_lock():
            self.sent.value += sent

    def disk(self):
        return sum(file.stat().st_size for file in self.folder.glob("parlance.db*"))

    def ask(self, method, path, headers, body=None, timeout=60):
        """The status of one request on a connection of its own."""
        connection = http.client.HTTPConnection(*self.address, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()
