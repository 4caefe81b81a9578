"""mosquitto: persistent sessions, no limits on queues, Nagle off. Its database is written every 30 minutes and at the end."""

import machine
from servers import Server


class Mosquitto(Server):
    name = "mosquitto"
    package = "mosquitto"
    protocol = "mqtt"
    durability = "in memory: saved every 30 minutes (autosave_interval, the default) and when it ends"
    tls = True

    def process(self, folder, identity):
        port = machine.free_port()
        tls = f"certfile {identity[0]}\nkeyfile {identity[1]}\n" if identity else ""
        (folder / "conf").write_text(f"listener {port} 127.0.0.1\n{tls}allow_anonymous true\npersistence true\npersistence_location {folder}/\n"
                                     "autosave_interval 1800\nmax_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\nuser root\nlog_type error\n")
        return machine.Process(self.name, ["/usr/sbin/mosquitto", "-c", folder / "conf"], [port], folder)
