"""What was asked of how many, and how that went."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from tests.bench.result import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of request at one size.

    Attributes:
        varied: `workers`, `replicas` or `clients`.
        count: How many of them.
        asked: `plans`, `slices` or `stream`.
        rate: Requests/s, or MB/s of a stream.
        p50_ms: Median latencies; None for a stream.
        p99_ms: Latencies that one in a hundred exceeded.
    """

    varied: str
    count: int
    asked: str
    rate: Spread
    p50_ms: Spread | None = None
    p99_ms: Spread | None = None

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        spreads = {
            name: None if document[name] is None else Spread(**document[name])
            for name in ("rate", "p50_ms", "p99_ms")
        }
        return cls(**document | spreads)

    def document(self) -> dict[str, Any]:
        return asdict(self)
