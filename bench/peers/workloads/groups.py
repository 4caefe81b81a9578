"""W4: one group with everybody online."""

import machine
from workloads import Cell, running

SENDERS = {"Homing": 16, "mosquitto": 16, "ejabberd": 8, "Prosody": 4, "RabbitMQ": 2}


def group(server, people, size):
    with running(server) as process:
        return machine.generate(process, server.flags(process), "group", "--people", people, "--senders", SENDERS[server.name], "--seconds", size.seconds, "--warmup", size.warmup)


def cells(servers, size, scratch):
    for people in size.groups:
        for server in servers:
            if server.name in SENDERS:
                yield Cell("W4", server.name, lambda server=server, people=people: group(server, people, size))
