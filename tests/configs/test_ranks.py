import pytest

from app.configs.ledger import Ledger
from app.configs.ranks import put_ranks


@pytest.mark.parametrize("world_size", [0, -2])
def test_a_launch_of_nobody_is_refused(world_size: int) -> None:
    ledger = Ledger({})

    assert put_ranks(ledger, world_size) is None
    assert [fault.code for fault in ledger.faults] == ["world-size-does-not-fit"]
