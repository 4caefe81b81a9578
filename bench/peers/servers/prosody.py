"""Prosody with stream management, archive, carbons and offline storage in its own files, the default. No rate limits module,
plain passwords, the epoll loop, a listen queue of 1,000."""

import machine
from servers import Server

CONF = """pidfile = "{folder}/pid"
run_as_root = true
data_path = "{folder}/data"
plugin_paths = {{}}
network_backend = "epoll"
network_settings = {{ tcp_backlog = 1000; nagle = false }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{}}
s2s_ports = {{}}
http_ports = {{}}
https_ports = {{}}
modules_enabled = {{ "saslauth"; "roster"; "disco"; "carbons"; "mam"; "smacks"; "offline"; "ping"; "posix" }}
modules_disabled = {{ "s2s"; "tls" }}
authentication = "internal_plain"
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
storage = "internal"
default_archive_policy = true
max_archive_query_results = 250
archive_expires_after = "never"
smacks_hibernation_time = 300
log = {{ error = "{folder}/prosody.log" }}
VirtualHost "localhost"
Component "conference.localhost" "muc"
  modules_enabled = {{ "muc_mam" }}
  muc_room_locking = false
  muc_room_default_presence_broadcast = {{ visitor = false; participant = false; moderator = false }}
"""


class Prosody(Server):
    name = "Prosody"
    package = "prosody"
    protocol = "xmpp"
    durability = "written to its files, not fsynced: survives a kill, not a power cut"

    def make_seed(self):
        accounts = self.seed / "data" / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        for i in range(self.people):
            (accounts / f"p{i}.dat").write_text('return {\n\t["password"] = "pw";\n};\n')

    def process(self, folder, identity):
        port = machine.free_port()
        (folder / "conf.lua").write_text(CONF.format(folder=folder, port=port))
        return machine.Process(self.name, ["lua5.4", "/usr/bin/prosody", "--config", folder / "conf.lua", "-F"], [port], folder)
