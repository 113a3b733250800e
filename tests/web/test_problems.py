import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Fault, InvalidSpecError, PlanningError, UnknownEpochError
from app.web.problems import OUTCOMES, LocatedFault, RequestRefusedError, located, problem_response


def subclasses(of: type[PlanningError]) -> Iterator[type[PlanningError]]:
    for each in of.__subclasses__():
        yield each
        yield from subclasses(each)


def fault(detail: str = "the number is wrong", given: object = 0) -> Fault:
    return Fault(code="wrong", pointer="/epochs", detail=detail, given=given, allowed="a right one")


def refusal(*faults: Fault, status: int = 422) -> RequestRefusedError:
    return RequestRefusedError(
        status=status,
        code="all-wrong",
        title="It is wrong",
        faults=[LocatedFault("query", each) for each in faults],
        headers={"Retry-After": "7"},
    )


def document(*faults: Fault) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(bytes(problem_response(refusal(*faults)).body))
    return content


@pytest.mark.parametrize("kind", sorted(subclasses(PlanningError), key=str))
def test_every_refusal_of_the_core_has_a_status(kind: type[PlanningError]) -> None:
    assert OUTCOMES[kind].status in {404, 422}


def test_a_problem_says_what_is_wrong_and_what_would_be_right() -> None:
    asked = UnknownEpochError(epoch=12, epochs=10)

    entry = LocatedFault("path", asked.faults[0])
    answer = problem_response(
        RequestRefusedError(status=404, code=asked.code, title=asked.title, faults=[entry])
    )

    assert json.loads(bytes(answer.body)) == {
        "type": "urn:epochplan:problem:unknown-epoch",
        "title": "The run has no such epoch",
        "status": 404,
        "detail": "epoch 12 is not within [0, 10)",
        "code": "unknown-epoch",
        "errors": [
            {
                "in": "path",
                "pointer": "/epoch",
                "code": "unknown-epoch",
                "detail": "epoch 12 is not within [0, 10)",
                "given": 12,
                "allowed": "an integer in [0, 10), in plain decimal digits",
                "nearest": [9],
            }
        ],
    }


def test_a_problem_has_a_media_type_of_its_own() -> None:
    answer = problem_response(refusal())

    assert answer.headers["content-type"] == "application/problem+json"


def test_a_problem_carries_the_status_and_headers_of_the_refusal() -> None:
    answer = problem_response(refusal(status=503))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")


def test_a_problem_is_never_kept_by_a_cache() -> None:
    assert problem_response(refusal()).headers["cache-control"] == "no-store"


def test_a_refusal_without_faults_is_explained_by_its_title() -> None:
    assert document()["detail"] == "It is wrong"


def test_the_detail_says_how_many_faults_it_leaves_to_the_list() -> None:
    content = document(*[fault(f"fault {number}") for number in range(7)])

    assert content["detail"] == "fault 0; fault 1; fault 2; fault 3; fault 4; and 2 more"


def test_a_list_that_ends_early_says_so() -> None:
    content = document(*[fault() for _ in range(51)])

    assert content["detail"].endswith("and 46 more; errors lists the first 50")
    assert len(content["errors"]) == 50


@given(st.text(alphabet=st.characters()))
def test_no_text_of_a_client_breaks_a_problem(text: str) -> None:
    content = document(fault(detail=text, given=text))

    assert content["detail"].isprintable()


def test_no_number_of_a_client_breaks_a_problem() -> None:
    content = document(fault(given=[Decimal("NaN"), Decimal("1e999"), 10**5000]))

    assert json.dumps(content, allow_nan=False)


@pytest.mark.parametrize(
    ("method", "location"), [("POST", "body"), ("GET", "query"), ("HEAD", "query")]
)
def test_a_spec_is_wrong_where_it_was_given(method: str, location: str) -> None:
    faults = located(InvalidSpecError([fault()]), method)

    assert [each.location for each in faults] == [location]


def test_a_sentence_that_two_faults_share_is_said_once() -> None:
    faults = [
        LocatedFault(
            "body", Fault(code="c", pointer=pointer, detail="a and b", given=1, allowed="one")
        )
        for pointer in ("/a", "/b")
    ]

    sent = problem_response(RequestRefusedError(status=422, code="c", title="t", faults=faults))

    document = json.loads(bytes(sent.body))
    assert document["detail"] == "a and b"
    assert [each["pointer"] for each in document["errors"]] == ["/a", "/b"]
