"""docs/benchmarks-peers.md, its plots and its raw rows, from the rows of a run."""

import csv
import json
import os
import platform
import subprocess
import time
from pathlib import Path

import goals
import tables
from medians import Rows

HEAD = """# Benchmarks: beside other servers

Written by `./do bench peers`; do not edit. What Homing alone must keep is on [benchmarks.md](benchmarks.md), files and the HTTP
API on [benchmarks-media.md](benchmarks-media.md); `bench/peers/README.md` says how the comparison is made.

Every server ran alone on processor 0, the one generator (`bench/peers/load`) on processor 1 of the same machine, over loopback,
on a fresh copy of a folder that holds only accounts. A **message** is 100 bytes of text and is complete when all five steps are
done: send, the server's acknowledgement, delivery, the receiver's acknowledgement, the receipt at the sender. MQTT 3.1.1 with
QoS 1 and persistent sessions, where the receipt is a message back; XMPP with stream management, archive, carbons and receipts
(XEP-0198, 0313, 0280, 0184); Homing over its binary WebSocket. CPU is the kernel's accounting of all processes of a server.
Latency counts from the moment at which a message was due. Figures are medians of the repetitions that there was time for; the
number stands behind them.

Measured {when} on {machine}, size `{size}`, {minutes:.0f} minutes. {foreign}

## What was compared
| server | version | its acknowledgement means |
|---|---|---|
{servers}

The configurations are in `bench/peers/servers/`: limits on rates and queues lifted, Nagle off, passwords in plain so that no
hash is part of a log-in, listen queues of 1,000 where that can be set, schedulers of the Erlang servers not spinning while they
wait (which makes their CPU figures smaller).
"""

FOOT = """
## Raw rows
[benchmarks/peers.json](benchmarks/peers.json) has every repetition with its latencies and the load of others,
[benchmarks/peers.csv](benchmarks/peers.csv) its main columns.
"""


def version(package):
    if package is None:
        return "this tree"
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return f"Debian {done.stdout}" if done.returncode == 0 else "not installed"


def about(servers, size, begin, end):
    """What stays the same for all rows of a run."""
    cpu = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown processor")
    return {"when": time.strftime("%Y-%m-%d", time.gmtime(begin)), "seconds": end - begin, "size": size,
            "machine": f"{os.cpu_count()} cores ({cpu}), Linux {platform.release()}",
            "servers": [{"name": server.name, "version": version(server.package), "durability": server.durability} for server in servers]}


def foreign_text(rows, size):
    median, most = rows.foreign()
    quick = ("**This is a quick run, made to see that all works: its ladders end after three steps, its groups and windows are small; "
             "`./do bench peers` on a machine of its own gives the figures to go by.** " if size == "quick" else "")
    if most < 0.15:
        return quick + "Nothing else ran on it."
    return quick + (f"Other work took {median:.2f} cores in the median of all rows, {most:.2f} at most (the rows say each): " +
            ("figures are those of a busy machine, and rates and latencies are worse than they need be for everybody." if median > 0.3 else "little."))


def write_rows(folder, told):
    (folder / "peers.json").write_text(json.dumps(told, indent=0) + "\n")
    columns = ["workload", "server", "turn", "mode", "people", "connections", "asked_per_s", "held_per_s", "held", "server_us_per_message", "per_s", "deliveries_per_s",
               "server_us_per_delivery", "kib_per_connection", "server_us_per_login", "logins_per_s", "resumes_per_s", "server_us_per_resume", "acked", "lost",
               "duplicated", "foreign_cores", "why"]
    with open(folder / "peers.csv", "w", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(told["rows"])


def write(docs, about_run, raw):
    folder = docs / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    rows = Rows(raw)
    servers = "\n".join(f"| {s['name']} | {s['version']} | {s['durability']} |" for s in about_run["servers"])
    text = HEAD.format(when=about_run["when"], machine=about_run["machine"], size=about_run["size"], minutes=about_run["seconds"] / 60,
                       foreign=foreign_text(rows, about_run["size"]), servers=servers)
    text += "\n## Where Homing stands\n" + goals.table(rows)
    for section in tables.SECTIONS:
        text += section(rows, folder)
    (docs / "benchmarks-peers.md").write_text(text + FOOT)
    write_rows(folder, {"about": about_run, "rows": raw})
