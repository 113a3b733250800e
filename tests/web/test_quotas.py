from fastapi import FastAPI

from app.web.quotas import Quotas, quotas_of
from tests.web.asking import request_to


def test_a_request_finds_the_quotas_of_its_application() -> None:
    app = FastAPI()
    app.state.quotas = Quotas(
        page_indices=1, page_occurrences=2, block_bytes=3, work_indices=4, table_samples=5
    )

    assert quotas_of(request_to(app=app)) is app.state.quotas
