"""W1: idle connections. W6: all of them cut at once, who come back. W9: the same by TLS, with resumption."""

import machine
from workloads import Cell, running


def idle(server, sizes, identity=None):
    with running(server, identity) as process:
        flags = [*server.flags(process), "--sizes", ",".join(map(str, sizes)), "--settle", "2", *(["--tls"] if identity else [])]
        return machine.generate(process, flags, "idle")


def cells(servers, size, scratch):
    for server in servers:
        if server.name in size.connections:
            yield Cell("W1", server.name, lambda server=server: idle(server, size.connections[server.name]))


def tls_cells(servers, size, scratch):
    for server in servers:
        if server.tls:
            yield Cell("W9", server.name, lambda server=server: idle(server, (min(size.tls_connections, max(size.connections[server.name])),),
                                                                     machine.make_identity(scratch)))
