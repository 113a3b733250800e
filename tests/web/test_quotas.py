import pytest
from fastapi import FastAPI

from app.web.quotas import Quotas, quotas_of
from tests.web.asking import request_to


def test_a_request_finds_the_quotas_of_its_application() -> None:
    app = FastAPI()
    app.state.quotas = Quotas(
        page_indices=1, page_occurrences=2, block_bytes=3, work_indices=4, table_samples=5
    )

    assert quotas_of(request_to(app=app)) is app.state.quotas


@pytest.mark.parametrize(
    ("most", "streams", "bytes_each"),
    [
        (2**20, 0, 2**20),
        (2**20, 2, 2**20),
        (2**20, 3, 3 * 2**18),
        (2**20, 1_000, 2**18),
        (2**26, 63, 3 * 2**20),
        (2**18, 63, 2**18),
    ],
)
def test_blocks_are_smaller_the_more_streams_there_are(
    most: int, streams: int, bytes_each: int
) -> None:
    quotas = Quotas(
        page_indices=1, page_occurrences=1, block_bytes=most, work_indices=1, table_samples=1
    )

    assert quotas.block_bytes_beside(streams) == bytes_each
