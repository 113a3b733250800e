"""What takes something away from clients is told; what adds something is not."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.contract.compatibility import broken_promises
from tests.contract.documents import DOCUMENT

Json = dict[str, Any]
Change = Callable[[Json], object]


def changed(change: Change) -> Json:
    document = deepcopy(DOCUMENT)
    change(document)
    return document


def operation(document: Json) -> Any:
    return document["paths"]["/plans"]["post"]


def spec(document: Json) -> Any:
    return document["s"]["Spec"]["properties"]


def plan(document: Json) -> Any:
    return document["s"]["Plan"]["properties"]


POST = "POST /plans"
BODY = f"{POST}: the body"
OK = f"{POST}: 200"

BREAKS: dict[str, tuple[Change, str]] = {
    "a path": (lambda it: it["paths"].pop("/plans"), f"{POST} is gone"),
    "a method": (lambda it: it["paths"]["/plans"].pop("post"), f"{POST} is gone"),
    "a name": (
        lambda it: operation(it).update(operationId="plan"),
        f"{POST}: operationId create_plan is now plan",
    ),
    "a parameter": (
        lambda it: operation(it)["parameters"].pop(0),
        f"{POST}: query parameter format is gone",
    ),
    "a value of a parameter": (
        lambda it: operation(it)["parameters"][0]["schema"]["enum"].remove("csv"),
        f"{POST}: query parameter format: value 'csv' is gone",
    ),
    "a parameter that must be given": (
        lambda it: operation(it)["parameters"][0].update(required=True),
        f"{POST}: query parameter format is now required",
    ),
    "a new parameter that must be given": (
        lambda it: operation(it)["parameters"].append(
            {"in": "query", "name": "n", "required": True}
        ),
        f"{POST}: query parameter n is new and required",
    ),
    "the body": (lambda it: operation(it).pop("requestBody"), f"{BODY} is gone"),
    "a body that must be there": (
        lambda it: operation(it)["requestBody"].update(required=True),
        f"{BODY} is now required",
    ),
    "a media type of the body": (
        lambda it: operation(it)["requestBody"].update(content={}),
        f"{BODY} may no longer be application/json",
    ),
    "a field of the body": (lambda it: spec(it).pop("size"), f"{BODY}: field size is gone"),
    "a field that must be given": (
        lambda it: it["s"]["Spec"]["required"].append("epochs"),
        f"{BODY}: field epochs is now required",
    ),
    "a type of a field": (
        lambda it: spec(it)["size"].update(type="string"),
        f"{BODY}, field size may no longer be integer",
    ),
    "a value of a field": (
        lambda it: spec(it)["method"]["enum"].remove("sequential"),
        f"{BODY}, field method: value 'sequential' is gone",
    ),
    "every other value of a field": (
        lambda it: spec(it)["name"].update(enum=["a"]),
        f"{BODY}, field name may now only be a",
    ),
    "an alternative of a field": (
        lambda it: spec(it)["epochs"]["anyOf"].pop(),
        f"{BODY}, field epochs: string is gone",
    ),
    "a field of an alternative": (
        lambda it: spec(it)["framework"]["anyOf"][0]["properties"].pop("x"),
        f"{BODY}, field framework: field x is gone",
    ),
    "a higher lower bound": (
        lambda it: spec(it)["size"].update(minimum=2),
        f"{BODY}, field size: minimum is now 2",
    ),
    "a lower upper bound": (
        lambda it: spec(it)["size"].update(maximum=99),
        f"{BODY}, field size: maximum is now 99",
    ),
    "bounds that leave a value out": (
        lambda it: spec(it).update(version={"type": "number", "maximum": 0.1}),
        f"{BODY}, field version: value 0.2 is gone",
    ),
    "a bound where there was none": (
        lambda it: spec(it)["name"].update(maxLength=9),
        f"{BODY}, field name: maxLength is now 9",
    ),
    "another pattern": (
        lambda it: spec(it)["name"].update(pattern="[a-y]+"),
        f"{BODY}, field name: pattern is now [a-y]+",
    ),
    "other fields": (
        lambda it: spec(it)["extra"].update(additionalProperties=False),
        f"{BODY}, field extra: other fields are now refused",
    ),
    "a status": (lambda it: operation(it)["responses"].pop("422"), f"{POST}: status 422 is gone"),
    "a header": (
        lambda it: operation(it)["responses"]["200"].pop("headers"),
        f"{OK}: header ETag is gone",
    ),
    "a media type of the answer": (
        lambda it: operation(it)["responses"]["200"].update(content={}),
        f"{OK}: application/json is gone",
    ),
    "a field of the answer": (lambda it: plan(it).pop("kind"), f"{OK}: field kind is gone"),
    "a field of every answer": (
        lambda it: it["s"]["Plan"].update(required=[]),
        f"{OK}: field steps may now be missing",
    ),
    "a value of the answer": (
        lambda it: plan(it)["kind"]["enum"].remove("virtual"),
        f"{OK}, field kind: value 'virtual' is gone",
    ),
    "a type of the answer": (
        lambda it: plan(it)["steps"].update(type="number"),
        f"{OK}, field steps may now be number",
    ),
    "an answer that is now of any type": (
        lambda it: plan(it)["steps"].pop("type"),
        f"{OK}, field steps may now be any value",
    ),
    "an answer that may now be null": (
        lambda it: plan(it).update(share={"anyOf": [{"type": "number"}, {"type": "null"}]}),
        f"{OK}, field share may now be null",
    ),
    "members of an answer": (
        lambda it: plan(it)["numbers"].update(additionalProperties={"type": "string"}),
        f"{OK}, field numbers, its members may now be string",
    ),
}

ADDITIONS: dict[str, Change] = {
    "a path": lambda it: it["paths"].update({"/new": {"get": {}}}),
    "a parameter": lambda it: operation(it)["parameters"].append({"in": "query", "name": "n"}),
    "a value of a parameter": lambda it: operation(it)["parameters"][0]["schema"]["enum"].append(1),
    "a field of the body": lambda it: spec(it).update(new={"type": "integer"}),
    "an optional field": lambda it: it["s"]["Spec"].update(required=[]),
    "a value of a field": lambda it: spec(it)["method"]["enum"].append("draws"),
    "any value of a field": lambda it: spec(it)["method"].pop("enum"),
    "a type of a field": lambda it: spec(it)["size"].update(type=["integer", "null"]),
    "numbers beside integers": lambda it: spec(it)["size"].update(type="number"),
    "wider bounds": lambda it: spec(it)["size"].update(minimum=0, maximum=1000),
    "bounds around all values": lambda it: spec(it).update(
        version={"type": "number", "minimum": 0.1, "maximum": 0.2}
    ),
    "no pattern": lambda it: spec(it)["name"].pop("pattern"),
    "an alternative": lambda it: spec(it).update(
        size={"anyOf": [spec(it)["size"], {"type": "null"}]}
    ),
    "other fields": lambda it: it["s"]["Spec"].pop("additionalProperties"),
    "a field of the answer": lambda it: plan(it).update(new={"type": "integer"}),
    "a field of every answer": lambda it: it["s"]["Plan"]["required"].append("kind"),
    "a value of the answer": lambda it: plan(it)["kind"]["enum"].append("draws"),
    "integers in place of numbers": lambda it: plan(it)["share"].update(type="integer"),
    "a status": lambda it: operation(it)["responses"].update({"429": {}}),
    "a field of an alternative": lambda it: spec(it)["framework"]["anyOf"][0]["properties"].update(
        y={}
    ),
}


@pytest.mark.parametrize(("change", "told"), BREAKS.values(), ids=BREAKS)
def test_what_is_taken_away_is_told(change: Change, told: str) -> None:
    assert told in broken_promises(DOCUMENT, changed(change))


@pytest.mark.parametrize("change", ADDITIONS.values(), ids=ADDITIONS)
def test_what_is_added_is_no_matter(change: Change) -> None:
    assert broken_promises(DOCUMENT, changed(change)) == []


def test_every_loss_is_told_at_once() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    del document["s"]["Spec"]["properties"]["size"]
    del document["s"]["Plan"]["properties"]["kind"]

    told = broken_promises(DOCUMENT, document)

    assert {f"{BODY}: field size is gone", f"{OK}: field kind is gone"} <= set(told)
