"""A real framework in a process of its own, asked case by case."""

import os
from pathlib import Path

from tests.answering_process import AnsweringProcess

PEERS = Path(__file__).parent / "peers"


class Peer(AnsweringProcess):
    """The peer side of a framework, running under the Python of its own environment.

    It says first which package it is, its version, and the Python that runs it.
    """

    def __init__(self, module: str, python: str) -> None:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "CUDA_VISIBLE_DEVICES": ""}
        environment.pop("PYTHONPATH", None)
        super().__init__([python, "-P", PEERS / f"{module}.py"], environment=environment)
