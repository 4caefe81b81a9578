"""W2: 1:1 messages with the receiver's acknowledgement and the sender's receipt, open loop: the ladder to the highest rate
with p99 < 100 ms, and one fixed rate beside the floor. W9: the fixed rate by TLS."""

import machine
from workloads import Cell, running

PEOPLE = 1000
FIXED_RATE = 8000
# Where the ladder begins, and the factor of a step: near what a server of its kind held before, so that few steps suffice.
LADDERS = {"Homing": (9000, 1.15), "mosquitto": (6000, 1.2), "ejabberd": (200, 1.35), "Prosody": (100, 1.35), "RabbitMQ": (60, 1.5)}
LOWER = 0.4  # a ladder whose first step is not held begins again from this share
ATTEMPTS = 3


def ladder(server, size):
    rate, step = LADDERS[server.name]
    rows = []
    for _ in range(ATTEMPTS):
        with running(server) as process:
            rows = machine.generate(process, server.flags(process), "ladder", "--people", PEOPLE, "--rate", rate, "--step", step, "--steps-max", size.steps_max,
                                    "--seconds", size.seconds, "--warmup", size.warmup)
        if rows[0].get("held"):
            break
        rate *= LOWER
    held = [row for row in rows if row.get("held")]
    best = held[-1] if held else {**rows[0], "held_per_s": 0}
    return [{**best, "mode": "ladder", "tops_out": len(held) < len(rows), "steps": [[row["asked_per_s"], row["held"], row["server_us_per_message"], row["to_delivered"]["p99_ms"]] for row in rows]}]


def fixed(server, size, identity=None):
    with running(server, identity) as process:
        return machine.generate(process, [*server.flags(process), *(["--tls"] if identity else [])], "pairs", "--people", PEOPLE, "--rate", FIXED_RATE, "--seconds",
                                size.seconds, "--warmup", size.warmup)


def cells(servers, size, scratch):
    for server in servers:
        if server.name in ("Homing", "mosquitto") or server.protocol == "floor":
            yield Cell("W2 at 8,000/s", server.name, lambda server=server: fixed(server, size))
    for server in servers:
        if server.name in LADDERS:
            yield Cell("W2", server.name, lambda server=server: ladder(server, size))


def tls_cells(servers, size, scratch):
    for server in servers:
        if server.tls and server.name in ("Homing", "mosquitto"):
            yield Cell("W9", server.name, lambda server=server: fixed(server, size, machine.make_identity(scratch)))
