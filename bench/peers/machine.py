"""The machine: where things are, which processor does what, starting and stopping by pid, the generator."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "build" / "bench" / "peers"
SERVER_CPU, GENERATOR_CPU = "0", "1"
BUILD = ROOT / "build" / "release"  # --build
PREFIX = []                         # --realtime
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20


class Failed(Exception):
    """A row that could not be measured; the text says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(pid):
    """A process and all that came from it, children last."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(grandchild for child in children for grandchild in tree(int(child)))]


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """One server on its processor, with its children; stopped when the context ends, whatever happened."""

    def __init__(self, name, argv, ports, folder, env=None, ready=None):
        self.name, self.argv, self.ports, self.folder = name, list(map(str, argv)), ports, folder
        self.env, self.ready = env or {}, ready or (lambda: True)

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self.log = open(OUT / f"{self.name}.log", "ab")
        self.process = subprocess.Popen([*PREFIX, "taskset", "-c", SERVER_CPU, *self.argv], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                        cwd=self.folder, env={**os.environ, **self.env})
        begin = time.monotonic()
        while not (all(map(listens, self.ports)) and self.ready()):
            if self.process.poll() is not None or time.monotonic() - begin > START_SECONDS_MAX:
                self.stop()
                raise Failed(f"{self.name} did not start within {START_SECONDS_MAX} s (its log: build/bench/peers/{self.name}.log)")
            time.sleep(0.1)

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        pids = tree(self.process.pid)
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                pass
        self.kill(pids)

    def kill(self, pids=None):
        for pid in pids or tree(self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.log.close()

    def __exit__(self, *_):
        self.stop()


def generate(server, flags, workload, *options, on_kill=None):
    """Runs the generator; returns its rows. `on_kill` restarts the server when the generator has killed it."""
    command = [*PREFIX, "taskset", "-c", GENERATOR_CPU, str(BUILD / "bench" / "homing_peers"), workload, "--server-pid", str(server.pid), *map(str, flags),
               *map(str, options)]
    rows = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as generator:
        for line in generator.stdout:
            row = json.loads(line)
            if row["mode"] == "killed":
                on_kill()
                generator.stdin.write("go\n")
                generator.stdin.flush()
            else:
                rows.append(row)
    for row in rows:
        if row["mode"] == "failed":
            if len(rows) == 1:
                raise Failed(row["why"])
            print(f"{server.name} {workload}: {row['why']}", file=sys.stderr)
    if not rows:
        raise Failed(f"the generator ended with {generator.returncode} and said nothing")
    return [row for row in rows if row["mode"] != "failed"]


def make_identity(folder):
    """A certificate that signs itself, with a P-256 key as most have; and both in one file."""
    cert, key, both = folder / "cert.pem", folder / "key.pem", folder / "both.pem"
    if not both.exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-out", cert, "-keyout", key], check=True, stderr=subprocess.DEVNULL)
        both.write_text(cert.read_text() + key.read_text())
        key.chmod(0o644)
    return cert, key, both


