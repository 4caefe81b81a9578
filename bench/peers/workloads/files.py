"""W7: files beside nginx, by bench/media, whose rows are taken over."""

import json
import subprocess

import machine
from workloads import Cell


def files(size):
    done = subprocess.run([machine.ROOT / "bench" / "media", "files", "--turns", str(size.turns), "--build", machine.BUILD, "--no-page"], stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise machine.Failed("bench/media ended with an error")
    rows = []
    for name in ("1_mib", "100_mib"):
        row = json.loads((machine.OUT.parent / f"media_files_{name}.json").read_text())
        for server, key in (("Homing", "homing"), ("nginx", "nginx")):
            rows.append({"mode": "files", "server": server, "size": row["size"], **{f"{way}_{what}": row[f"{key}_{way}_{what}"] for way in ("up", "down")
                                                                                   for what in ("mib_per_s", "cpu_ms_per_mib")}})
    return rows


def cells(servers, size, scratch):
    if any(server.name == "Homing" for server in servers):
        yield Cell("W7", "Homing", lambda: files(size))
