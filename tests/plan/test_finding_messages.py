import pytest

from app.arithmetic.draft import SpecDraft
from app.arithmetic.finding import Finding
from app.plan.planner import plan_draft
from tests.plan.finding_cases import CASES, Case


def found(draft: SpecDraft, code: str) -> list[Finding]:
    return [finding for finding in plan_draft(draft).findings if finding.code == code]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_finding_says_its_numbers_and_what_avoids_it(case: Case) -> None:
    (finding,) = found(case.found_in, case.code)

    assert finding.severity is case.severity
    assert finding.message == case.message
    assert finding.field == case.field
    assert finding.suggestion == case.suggestion


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_neighbouring_run_has_no_such_finding(case: Case) -> None:
    findings = found(case.not_found_in, case.code)

    assert findings == []


def test_every_code_has_a_case() -> None:
    codes = {case.code for case in CASES.values()}

    assert len(codes) == 11
