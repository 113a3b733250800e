"""What is generated from openapi.json is whole, typed, and gets along with the service."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.generated_client.conftest import CLIENT, GeneratedClient

MYPY = f"""
[mypy]
strict = true
python_version = 3.11

[mypy-{CLIENT}.client]
# the generator hands *args of any type on to httpx
disable_error_code = arg-type
"""

PROGRAM = f"""
import json
import sys

from {CLIENT} import Client
from {CLIENT}.api.plans import create_plan, plan_from_query, read_plan
from {CLIENT}.models.plan_out import PlanOut
from {CLIENT}.models.problem import Problem
from {CLIENT}.models.training_spec_in import TrainingSpecIn

client = Client(base_url=sys.argv[1])

spec = TrainingSpecIn(dataset_size=2_000, global_batch_size=10, epochs=10)
plan = create_plan.sync(client=client, body=spec)
assert isinstance(plan, PlanOut)

again = read_plan.sync(client=client, plan_id=plan.plan_id)
assert isinstance(again, PlanOut)
asked = plan_from_query.sync(
    client=client, dataset_size=2_000, global_batch_size=10, epochs="10"
)
assert isinstance(asked, PlanOut)

impossible = TrainingSpecIn(dataset_size=2_000, global_batch_size=10, epochs=10, steps=5)
problem = create_plan.sync(client=client, body=impossible)
assert isinstance(problem, Problem)

print(
    json.dumps(
        {{
            "total_steps": plan.total_steps,
            "coverage": plan.coverage.fraction,
            "same": [again == plan, asked == plan],
            "status": problem.status,
            "code": problem.code,
            "pointers": [fault.pointer for fault in problem.errors],
        }}
    )
)
"""


@pytest.fixture(scope="session")
def program(client: GeneratedClient) -> Path:
    path = client.folder / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return path


def test_the_generator_has_nothing_to_warn_about(client: GeneratedClient) -> None:
    assert "warning" not in client.said.lower(), client.said


def test_every_operation_has_a_function(client: GeneratedClient, openapi: Path) -> None:
    document = json.loads(openapi.read_text(encoding="utf-8"))

    described = {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
    }

    assert client.operations == described


def test_the_client_and_a_program_that_uses_it_are_typed(
    client: GeneratedClient, program: Path
) -> None:
    config = client.folder / "mypy.ini"
    config.write_text(MYPY, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(config)]

    checked = subprocess.run(
        [*command, CLIENT, str(program)],
        cwd=client.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_client_makes_plans_and_has_problems_as_typed_errors(
    program: Path, address: str
) -> None:
    answer = subprocess.run(
        [sys.executable, str(program), address], capture_output=True, text=True, check=True
    )

    assert json.loads(answer.stdout) == {
        "total_steps": 2_000,
        "coverage": 1.0,
        "same": [True, True],
        "status": 422,
        "code": "invalid-spec",
        "pointers": ["/epochs", "/steps"],
    }
