"""How thoroughly a run measures."""

from enum import Enum


class Mode(Enum):
    """QUICK takes minutes and proves little; FULL is what claims are made of."""

    QUICK = "quick"
    FULL = "full"

    @property
    def is_full(self) -> bool:
        return self is Mode.FULL

    @property
    def minutes(self) -> int:
        """How long a whole run may take at most."""
        return 20 if self.is_full else 3

    def repetitions(self, *, full: int, quick: int) -> int:
        return full if self.is_full else quick
