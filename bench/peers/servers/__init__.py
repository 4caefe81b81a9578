"""The servers that are compared. Each module: how one is configured, started and filled with accounts, and what its
acknowledgement means. `Server` is what they have in common."""

import shutil

from machine import Failed, OUT


class Server:
    name = ""         # in rows and on the page
    package = None    # the Debian package with its version on the page; None: ours
    protocol = ""     # what the generator speaks
    durability = ""   # what an acknowledgement means
    tls = False       # whether W9 can be done

    def __init__(self, scratch, people):
        """`people`: how many accounts the seed holds."""
        self.scratch, self.people = scratch, people
        self.seed = scratch / f"{self.name}-seed"
        self.turn = 0

    def prepare(self):
        """Makes the seed: a data folder with the accounts, once."""
        if not self.seed.exists():
            self.seed.mkdir()
            self.make_seed()

    def make_seed(self):
        pass

    def fresh(self, identity=None):
        """A folder that is a copy of the seed, and a process on it that is not started yet. The caller enters it."""
        self.prepare()
        self.turn += 1
        folder = self.scratch / f"{self.name}-{self.turn}"
        shutil.copytree(self.seed, folder)
        return folder, self.process(folder, identity)

    def process(self, folder, identity):
        raise NotImplementedError

    def flags(self, process):
        """For the generator."""
        return ["--protocol", self.protocol, "--port", process.ports[0]]


def every(scratch, people):
    from servers.ejabberd import Ejabberd
    from servers.floor import Floor
    from servers.homing import Homing
    from servers.mosquitto import Mosquitto
    from servers.prosody import Prosody
    from servers.rabbitmq import RabbitMq
    from servers.floor import Relay
    return [Homing(scratch, people), Mosquitto(scratch, people), Ejabberd(scratch, people), Prosody(scratch, people), RabbitMq(scratch, people),
            Floor(scratch, people), Relay(scratch, people)]
