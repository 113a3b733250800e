import httpx
import pytest

from app.cli.manifest_request import Encoding, ManifestRequest
from app.cli.planner_link import PlannerLink
from app.cli.problem import FailedError
from app.cli.rows import pour_rows


def test_an_answer_without_its_numbers_is_not_of_this_service() -> None:
    answer = {"spec": {}, "start_step": 0, "steps_in_epoch": 1}
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=answer))
    request = ManifestRequest(
        plan_id="ep1_x", epoch=0, selection={}, dtype="", encoding=Encoding.CSV
    )

    with (
        PlannerLink("http://there", transport=transport) as link,
        pytest.raises(FailedError, match="no integer global_batch_size"),
    ):
        pour_rows(link, request, lambda _block: None, lambda _came, _size: None)
