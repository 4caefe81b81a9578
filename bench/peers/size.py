"""How much is measured. `standard` fits into 25 minutes; repetitions beyond the first are made while there is time."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Size:
    rounds: int                 # repetitions at most
    people: int                 # accounts
    seconds: float              # of a window that counts
    warmup: float
    steps_max: int              # of the ladder
    connections: dict = field(default_factory=dict)  # W1: readings by server
    tls_connections: int = 0    # W9
    stored: dict = field(default_factory=dict)       # W3: messages by server
    store_seconds: float = 8
    groups: tuple = (256, 1024)
    turns: int = 1              # W7
    growth: tuple = ()          # W8: (accounts, messages)


QUICK = Size(rounds=1, people=2100, seconds=2, warmup=1, steps_max=3,
             connections={"Homing": (1000, 2000), "mosquitto": (1000, 2000), "ejabberd": (500,), "Prosody": (500,), "RabbitMQ": (200,)}, tls_connections=500,
             stored={"Homing": 20_000, "mosquitto": 20_000, "ejabberd": 3000, "Prosody": 3000, "RabbitMQ": 3000}, store_seconds=4, groups=(64,), turns=1,
             growth=((1000, 10_000), (10_000, 100_000)))
STANDARD = Size(rounds=3, people=15_000, seconds=5, warmup=1.5, steps_max=7,
                connections={"Homing": (1000, 5000, 15_000), "mosquitto": (1000, 5000, 15_000), "ejabberd": (1000, 5000), "Prosody": (1000,), "RabbitMQ": (1000,)},
                tls_connections=5000,
                stored={"Homing": 200_000, "mosquitto": 200_000, "ejabberd": 20_000, "Prosody": 20_000, "RabbitMQ": 20_000}, store_seconds=8,
                growth=((1000, 10_000), (100_000, 1_000_000)))
FULL = Size(rounds=5, people=15_000, seconds=15, warmup=3, steps_max=12,
            connections={name: (1000, 5000, 15_000) for name in ("Homing", "mosquitto", "ejabberd", "Prosody", "RabbitMQ")}, tls_connections=15_000,
            stored={"Homing": 1_000_000, "mosquitto": 1_000_000, "ejabberd": 50_000, "Prosody": 50_000, "RabbitMQ": 50_000}, store_seconds=30, turns=5,
            growth=((1000, 10_000), (100_000, 1_000_000), (1_000_000, 10_000_000)))
SIZES = {"quick": QUICK, "standard": STANDARD, "full": FULL}
