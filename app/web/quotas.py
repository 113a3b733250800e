"""How much one request may ask for."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Limits of single answers, as the operator set them.

    Attributes:
        page_indices: Most sample indices in a page of JSON.
        page_occurrences: Most occurrences of one sample in an answer.
        block_bytes: Bytes that are computed and sent at a time.
        work_indices: Most indices that one digest or scan may compute.
        table_samples: Most entries of an order that is computed as a whole.
    """

    page_indices: int
    page_occurrences: int
    block_bytes: int
    work_indices: int
    table_samples: int


def quotas_of(request: Request) -> Quotas:
    """The quotas of the application that serves the request."""
    return cast("Quotas", request.app.state.quotas)
