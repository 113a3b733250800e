"""How much one request may ask for."""

from dataclasses import dataclass
from typing import Final, cast

from starlette.requests import Request

_STREAMS_OF_FULL_BLOCKS: Final = 3
_LEAST_BLOCK_BYTES: Final = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Limits of single answers, as the operator set them.

    Attributes:
        page_indices: Most sample indices in a page of JSON.
        page_occurrences: Most occurrences of one sample in an answer.
        block_bytes: Most bytes that are computed and sent at a time.
        work_indices: Most indices that one digest or scan may compute.
        table_samples: Most entries of an order that is computed as a whole.
    """

    page_indices: int
    page_occurrences: int
    block_bytes: int
    work_indices: int
    table_samples: int

    def block_bytes_beside(self, streams: int) -> int:
        """Bytes of a block of a stream that begins while others run.

        Every stream holds up to three blocks: one that is sent, one that waits, one that is
        computed. So the more streams there are, the smaller are the blocks of the next one.

        >>> quotas = Quotas(
        ...     page_indices=1,
        ...     page_occurrences=1,
        ...     block_bytes=2**20,
        ...     work_indices=1,
        ...     table_samples=1,
        ... )
        >>> [quotas.block_bytes_beside(streams) // 1024 for streams in (0, 7, 15, 31, 63)]
        [1024, 384, 256, 256, 256]
        """
        share = self.block_bytes * _STREAMS_OF_FULL_BLOCKS // (streams + 1)
        return min(self.block_bytes, max(_LEAST_BLOCK_BYTES, share))


def quotas_of(request: Request) -> Quotas:
    """The quotas of the application that serves the request."""
    return cast("Quotas", request.app.state.quotas)
