"""Homing, as it is delivered, but for the limits on frames per second."""

import subprocess
import urllib.request
from ssl import CERT_NONE, create_default_context

import machine
from servers import Server


class Homing(Server):
    name = "Homing"
    protocol = "homing"
    durability = "on disk: fdatasync (group commit) before the acknowledgement"
    tls = True

    def make_seed(self):
        lines = "".join(f"+1555{i:07d}\tperson {i}\n" for i in range(1, self.people + 1))
        self.accounts = self.scratch / "homing.accounts"
        with open(self.accounts, "w") as out:
            subprocess.run([machine.BUILD / "homing", "account", "import", "--data", self.seed / "data"], input=lines, stdout=out, text=True, check=True)

    def process(self, folder, identity):
        port = machine.free_port()
        trust = create_default_context()
        trust.check_hostname, trust.verify_mode = False, CERT_NONE

        def ready():
            try:
                with urllib.request.urlopen(f"http{'s' if identity else ''}://127.0.0.1:{port}/readyz", timeout=2, context=trust) as answer:
                    return answer.status == 200
            except OSError:
                return False

        tls = ["--tls-cert", identity[0], "--tls-key", identity[1]] if identity else []
        return machine.Process(self.name, [machine.BUILD / "homing", "serve", "--data", folder / "data", "--listen", f"127.0.0.1:{port}", "--threads", "1",
                                           "--log-level", "warn", "--limits-frames-per-second", "1000000", "--limits-frames-burst", "1000000", *tls],
                               [port], folder, ready=ready)

    def flags(self, process):
        return [*super().flags(process), "--accounts", self.accounts]
