"""How a cost grows: what is varied, and what was measured at every value of it."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from tests.bench.result import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What was measured at one value.

    Attributes:
        at: The value of what is varied.
        measured: Of the unit of the series.
        peak_bytes: Most memory at a time, beyond what there was before.
    """

    at: int
    measured: Spread
    peak_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points of one kind.

    Attributes:
        name: Of the picture.
        title: What it shows.
        varied: What is varied.
        unit: Of what was measured.
        memory: What the memory is of.
        points: In ascending order.
    """

    name: str
    title: str
    varied: str
    unit: str
    memory: str
    points: tuple[Point, ...]

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Series":
        points = (
            Point(**each | {"measured": Spread(**each["measured"])}) for each in document["points"]
        )
        return cls(**document | {"points": tuple(points)})

    @property
    def digest(self) -> str:
        """Fingerprint of what was measured; a picture carries that of its series."""
        return sha256(json.dumps(self.document(), sort_keys=True).encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        return asdict(self)
