"""The floor: what the five steps of a message cost without a chat server (bench/peers/floor)."""

import machine
from servers import Server


class Floor(Server):
    name = "durable floor"
    protocol = "floor"
    durability = "on disk: one write and one fdatasync into a prewritten file for all messages of one turn of the loop"
    log = True

    def process(self, folder, identity):
        port = machine.free_port()
        return machine.Process(self.name, [machine.BUILD / "bench" / "homing_floor", port, *([folder / "floor.log"] if self.log else [])], [port], folder)


class Relay(Floor):
    name = "relay floor"
    durability = "none: a plain epoll relay"
    log = False
