"""What is measured. A cell is one workload on one server: a function that returns rows. Each cell starts its server on a
fresh copy of its seed and stops it."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Cell:
    workload: str      # W1 to W9
    server: str
    run: Callable      # () -> rows of the generator


@contextmanager
def running(server, identity=None):
    folder, process = server.fresh(identity)
    try:
        with process:
            yield process
    finally:
        shutil.rmtree(folder, ignore_errors=True)
