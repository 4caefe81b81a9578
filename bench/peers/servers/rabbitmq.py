"""RabbitMQ with its MQTT plugin: durable classic queues, persistent messages. Erlang's name server runs for it alone, on a
port of its own, and is stopped with it; schedulers do not spin while they wait."""

import subprocess
import time

import machine
from servers import Server


class RabbitMq(Server):
    name = "RabbitMQ"
    package = "rabbitmq-server"
    protocol = "mqtt"
    durability = "on disk: a durable queue confirms a persistent message after fsync"

    def process(self, folder, identity):
        port, distribution, names = machine.free_port(), machine.free_port(), machine.free_port()
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp = none\nmqtt.listeners.tcp.1 = 127.0.0.1:{port}\nmqtt.allow_anonymous = true\nmqtt.default_user = guest\nmqtt.default_pass = guest\n"
            "mqtt.prefetch = 100\nmqtt.tcp_listen_options.backlog = 1000\nmqtt.tcp_listen_options.nodelay = true\nlog.file.level = error\nlog.console = false\n"
            "disk_free_limit.absolute = 100MB\nvm_memory_high_watermark.relative = 0.6\n")
        (folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
        env = {"HOME": str(folder), "RABBITMQ_NODENAME": "peers@localhost", "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
               "RABBITMQ_CONF_ENV_FILE": str(folder / "none"), "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"), "RABBITMQ_LOG_BASE": str(folder / "log"),
               "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"), "RABBITMQ_PID_FILE": str(folder / "pid"),
               "RABBITMQ_DIST_PORT": str(distribution), "ERL_EPMD_PORT": str(names), "ERL_EPMD_ADDRESS": "127.0.0.1", "RUNNING_UNDER_SYSTEMD": "1",
               "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none", "ERL_CRASH_DUMP": str(folder / "crash.dump")}
        return WithNames(self.name, ["/usr/lib/rabbitmq/bin/rabbitmq-server"], [port], folder, env=env, names=names)

    def flags(self, process):
        return [*super().flags(process), "--mqtt-user", "guest", "--mqtt-password", "guest"]


class WithNames(machine.Process):
    """Its name server is no child of it, and not counted."""

    def __init__(self, *args, names, **more):
        super().__init__(*args, **more)
        self.names = names

    def __enter__(self):
        self.epmd = subprocess.Popen(["taskset", "-c", machine.GENERATOR_CPU, "epmd", "-port", str(self.names), "-address", "127.0.0.1"], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
        try:
            return super().__enter__()
        except BaseException:
            self.end_names()
            raise

    def end_names(self):
        self.epmd.kill()
        self.epmd.wait()

    def __exit__(self, *_):
        super().__exit__(*_)
        self.end_names()
