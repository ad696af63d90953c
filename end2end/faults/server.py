"""One `parlance serve` process that can be killed, stopped and started again at the same address."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

START_S = 30
STOP_S = 30


class Server:
    """The real binary. Its log goes on in one file over all of its lives."""

    def __init__(self, binary, environment, log):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.binary, self.log, self.process = binary, log, None
        self.environment = dict(environment, PARLANCE_ADDR=self.address)

    def start(self, wait=True):
        with open(self.log, "ab") as log:
            # Python ignores SIGXFSZ. Kept so, a file that may not grow is a failed write and not the end of the server.
            self.process = subprocess.Popen(
                [self.binary, "serve"], env=self.environment, stdout=log, stderr=log, restore_signals=False
            )
        if wait:
            self.wait_until_ready()
        return self

    def start_with_pipe(self):
        """The same with a log that somebody reads, who may close it."""
        read, write = os.pipe()
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, stdout=write, stderr=write)
        os.close(write)
        return open(read, "rb")

    def wait_until_ready(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5).read()
                return
            except OSError:
                time.sleep(0.01)
        raise RuntimeError(f"the server did not get ready: {self.read_log()[-2000:]}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """Asks the server to stop. Its exit code, or None if it had to be killed."""
        self.process.terminate()
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def end(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def read_log(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def memory(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.process.pid}/statm") as figures:
            return int(figures.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def processor_s(self):
        """Processor time so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat") as figures:
            own, of_kernel = figures.read().rpartition(")")[2].split()[11:13]
        return (int(own) + int(of_kernel)) / os.sysconf("SC_CLK_TCK")

    def get(self, path, token):
        headers = {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"http://{self.address}{path}", headers=headers)
        return json.loads(urllib.request.urlopen(request, timeout=60).read())


def run(binary, environment, *words, stdin=""):
    """A command of the same binary, beside whatever serves."""
    return subprocess.run([binary, *words], env=environment, input=stdin, capture_output=True, text=True)


def run_well(binary, environment, *words, stdin=""):
    done = run(binary, environment, *words, stdin=stdin)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done.stdout
