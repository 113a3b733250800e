"""Blocks of a plan that nobody made, of two samples."""

import time

from epochplan_client.connection import Connection
from epochplan_client.persistence import Deadline, Pause, Persistence
from epochplan_client.rank_epoch import RankEpoch
from epochplan_client.service_blocks import ServiceBlocks

from tests.client.disturbances import DisturbedNetwork


class Two:
    """Epochs of one step, of two samples."""

    def epoch(
        self, number: int, *, deadline: Deadline | None = None, pause: Pause = time.sleep
    ) -> RankEpoch:
        del number, deadline, pause
        return RankEpoch(steps=1, micro_batch_size=2, micro_steps=1, last=(2,))


def made_blocks(network: DisturbedNetwork, *, seconds: float) -> ServiceBlocks:
    """Blocks of 16 bytes, of a plan that nobody made."""
    return ServiceBlocks(
        connection=Connection("http://somewhere", timeout=1.0, transport=network),
        plan_id="ep1_x",
        rank=0,
        shapes=Two(),
        persistence=Persistence(seconds=seconds),
    )
