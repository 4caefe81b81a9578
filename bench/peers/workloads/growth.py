"""W8: the same W2 beside few and beside many stored accounts and messages. homing_fill fills the folder through the core; no
peer has a tool that fills it at such a rate, and by the protocol ten million messages would take each of them hours."""

import shutil
import subprocess

import machine
from workloads import Cell

TALKERS = 1000


def grown(server, accounts, messages, size, scratch):
    folder = scratch / f"growth-{accounts}"
    folder.mkdir()
    try:
        server.prepare()
        subprocess.run([machine.BUILD / "bench" / "homing_fill", "--data", folder / "data", "--accounts", str(accounts), "--messages", str(messages), "--tokens",
                        folder / "accounts", "--tokens-count", str(TALKERS)], check=True, stdout=subprocess.DEVNULL)
        bytes_stored = sum(f.stat().st_size for f in (folder / "data").rglob("*") if f.is_file())
        process = server.process(folder, None)
        with process:
            flags = ["--protocol", "homing", "--port", process.ports[0], "--accounts", folder / "accounts"]
            rows = machine.generate(process, flags, "pairs", "--people", TALKERS, "--rate", 8000, "--seconds", size.seconds, "--warmup", size.warmup)
        return [{**row, "mode": "growth", "accounts": accounts, "messages": messages, "bytes_per_message": bytes_stored / messages} for row in rows]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cells(servers, size, scratch):
    for server in servers:
        if server.name == "Homing":
            for accounts, messages in size.growth:
                yield Cell("W8", server.name, lambda server=server, a=accounts, m=messages: grown(server, a, m, size, scratch))
