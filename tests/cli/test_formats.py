import json

import pytest

from app.cli.formats import json_report
from app.cli.problem import Problem, Spot
from app.cli.report import Report


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        (Spot(file="a.yaml", line=3, column=2), {"file": "a.yaml", "line": 3, "column": 2}),
        (Spot(option="--steps"), {"file": None, "line": None, "column": None}),
        (None, {"file": None, "line": None, "column": None}),
    ],
)
def test_json_tells_the_place_of_a_problem(spot: Spot | None, place: dict[str, object]) -> None:
    problem = Problem(source="spec", code="x", message="m", field="/steps", spot=spot)

    text = json_report(Report(command="c", subject="s", passed=False, problems=(problem,)))

    assert json.loads(text) == {
        "passed": False,
        "problems": [
            {
                "source": "spec",
                "code": "x",
                "severity": "error",
                "field": "/steps",
                "rule": None,
                "message": "m",
                "suggestion": None,
                **place,
            }
        ],
    }
