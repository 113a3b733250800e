from app.errors import Fault
from app.web.problem_schema import Problem, problem_responses
from app.web.problems import LocatedFault, RequestRefusedError, problem_response


def test_the_description_of_a_problem_is_what_is_sent() -> None:
    fault = Fault(code="c", pointer="/p", detail="d", given=1, allowed="a", nearest=(2,))
    refusal = RequestRefusedError(
        status=422, code="c", title="t", faults=[LocatedFault("query", fault)]
    )

    sent = bytes(problem_response(refusal).body)

    assert Problem.model_validate_json(sent).model_dump_json(by_alias=True).encode() == sent


def test_refusals_are_described_by_status() -> None:
    assert list(problem_responses(422, 404)) == [404, 422]
