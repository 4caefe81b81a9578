"""W3: messages for 1,000 people who are away, and their return. W5: kill -9 while people talk and leave messages."""

import machine
from workloads import Cell, running

PEOPLE = 1000
CRASH_PEOPLE, CRASH_SECONDS = 800, 4
# A rate that each holds, so that the kill finds a server at work, not one that has been drowned.
CRASH_RATES = {"Homing": 2000, "mosquitto": 2000, "ejabberd": 150, "Prosody": 60, "RabbitMQ": 50}
CRASH_LEFT = {"Homing": 20_000, "mosquitto": 20_000, "ejabberd": 2000, "Prosody": 2000, "RabbitMQ": 2000}


def store(server, size):
    with running(server) as process:
        return machine.generate(process, server.flags(process), "store", "--people", 2 * PEOPLE, "--messages", size.stored[server.name], "--seconds", size.store_seconds)


def crash(server, size):
    with running(server) as process:
        def restart():
            process.kill()
            process.start()
        return machine.generate(process, server.flags(process), "crash", "--people", CRASH_PEOPLE, "--rate", CRASH_RATES[server.name], "--messages",
                                CRASH_LEFT[server.name], "--seconds", CRASH_SECONDS, on_kill=restart)


def cells(servers, size, scratch):
    for server in servers:
        if server.name in size.stored:
            yield Cell("W3", server.name, lambda server=server: store(server, size))


def crash_cells(servers, size, scratch):
    for server in servers:
        if server.name in CRASH_RATES:
            yield Cell("W5", server.name, lambda server=server: crash(server, size))
