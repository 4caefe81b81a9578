"""ejabberd with stream management, archive, carbons and offline storage on Mnesia, its default. Rate limits lifted, passwords
stored in plain, so that no hash is computed at a log-in; schedulers do not spin while they wait. It runs without Erlang
distribution: nothing listens but its own port."""

import subprocess

import machine
from servers import Server

CONF = """loglevel: error
hosts: [localhost]
auth_method: internal
auth_password_format: plain
auth_cache_size: 100000
listen:
  - {{port: {port}, ip: "127.0.0.1", module: ejabberd_c2s, shaper: none, access: all, backlog: 1000, max_stanza_size: 262144{tls}}}
access_rules: {{unlimited: {{allow: all}}}}
shaper_rules: {{max_user_offline_messages: {{1000000: all}}, unlimited_shaper: {{none: all}}}}
modules:
  mod_stream_mgmt: {{resend_on_timeout: true, max_ack_queue: 100000, queue_type: ram, resume_timeout: 300}}
  mod_carboncopy: {{}}
  mod_disco: {{}}
  mod_mam: {{default: always, db_type: mnesia}}
  mod_offline: {{access_max_user_messages: max_user_offline_messages, db_type: mnesia}}
  mod_roster: {{}}
  mod_muc: {{host: "conference.localhost", access: all, access_create: all, max_users: 5000, user_message_shaper: none, user_presence_shaper: none, min_message_interval: 0,
    min_presence_interval: 0, default_room_options: {{max_users: 5000, presence_broadcast: [], members_only: false, mam: true, persistent: true}}}}
"""


class Ejabberd(Server):
    name = "ejabberd"
    package = "ejabberd"
    protocol = "xmpp"
    durability = "handed to Mnesia, which writes to disk later; stream management counts what the server took"
    tls = True

    def erl(self, folder, *flags):
        return ["erl", "-noinput", "+K", "true", "+P", "250000", "+S", "1:1", "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none", "-mnesia", "dir", f'"{folder}/db"', "-s",
                "ejabberd", *flags]

    def env(self, folder):
        return {"ERL_LIBS": "/usr/lib/x86_64-linux-gnu", "EJABBERD_CONFIG_PATH": f"{folder}/conf.yml", "EJABBERD_LOG_PATH": f"{folder}/ejabberd.log",
                "ERL_CRASH_DUMP": f"{folder}/crash.dump", "HOME": str(folder)}

    def configure(self, folder, port, identity):
        certs = f'certfiles: ["{identity[2]}"]\n' if identity else ""
        (folder / "conf.yml").write_text(certs + CONF.format(port=port, tls=', tls: true' if identity else ""))

    def make_seed(self):
        self.configure(self.seed, machine.free_port(), None)
        (self.seed / "db").mkdir()
        register = (f'[ejabberd_auth:try_register(list_to_binary("p" ++ integer_to_list(I)), <<"localhost">>, <<"pw">>) || I <- lists:seq(0, {self.people - 1})], '
                    "init:stop().")
        log = open(machine.OUT / f"{self.name}.log", "ab")
        done = subprocess.run(self.erl(self.seed, "-eval", register), env={**machine.os.environ, **self.env(self.seed)}, cwd=self.seed, stdout=log, stderr=log,
                              stdin=subprocess.DEVNULL, timeout=180)
        if done.returncode != 0 or not (self.seed / "db" / "passwd.DAT").exists():
            raise machine.Failed("ejabberd could not make its accounts")

    def process(self, folder, identity):
        port = machine.free_port()
        self.configure(folder, port, identity)
        return machine.Process(self.name, self.erl(folder), [port], folder, env=self.env(folder))
