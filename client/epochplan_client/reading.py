"""How a sampler reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from operator import index
from typing import SupportsIndex

from epochplan_client.errors import InvalidArgumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a sampler reads.

    Attributes:
        block_bytes: Bytes of a block, about; a block has whole steps, at least one.
        blocks_ahead: Blocks that are fetched before they are needed, at least 1. A rank holds
            these and the one that it is at.
        patience: Seconds that training waits for a block while the service is away.

    Raises:
        InvalidArgumentError: Values cannot be meant; the text names every one of them.
    """

    block_bytes: int = 2**22
    blocks_ahead: int = 2
    patience: float = 600.0

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant; make Python's numbers of NumPy's."""
        if faults := [*self._faults()]:
            raise InvalidArgumentError("; ".join(faults))
        for name, number in (("block_bytes", index), ("blocks_ahead", index), ("patience", float)):
            object.__setattr__(self, name, number(getattr(self, name)))

    def _faults(self) -> Iterator[str]:
        for name in ("block_bytes", "blocks_ahead"):
            value: object = getattr(self, name)
            if not isinstance(value, SupportsIndex) or index(value) < 1:
                yield f"{name} {value!r:.80} is no integer from 1 on"
        patience: object = self.patience
        if not isinstance(patience, Real) or not float(patience) > 0:  # NaN is not above anything
            yield f"patience {patience!r:.80} is no positive number of seconds"
