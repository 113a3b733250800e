import json
from pathlib import Path

import pytest

from tests.cli.invoking import FIVE_FAULTS, SHORT, SPEC, invoked, written


def locked(here: Path, spec: str = SPEC) -> str:
    """The lock file of a spec."""
    invoked("lock", written(here, spec, "locked.yaml"), "-o", str(here / "old.lock.json"))
    return "old.lock.json"


def annotated_lines(output: str) -> list[int]:
    lines = [line for line in output.splitlines() if line.startswith("::error ")]
    return [int(line.partition(",line=")[2].partition(",")[0]) for line in lines]


def test_a_spec_without_problems_passes(here: Path) -> None:
    done = invoked("check", written(here, SPEC))

    assert (done.exit_code, done.stdout) == (0, "spec.yaml passed: no problems\n")


def test_five_faults_are_five_annotations_with_lines_in_one_run(here: Path) -> None:
    done = invoked("check", written(here, FIVE_FAULTS), "--format", "github")

    assert done.exit_code == 1
    assert sorted(annotated_lines(done.stdout)) == [1, 2, 4, 5, 7]
    assert done.stdout.splitlines()[-1] == "spec.yaml failed: 5 errors"


def test_warnings_do_not_fail_a_check(here: Path) -> None:
    done = invoked("check", written(here, SHORT))

    assert done.exit_code == 0
    assert "warning[short-last-step]" in done.stdout


def test_a_policy_fails_a_check_at_the_field_that_breaks_it(here: Path) -> None:
    policy = written(here, "total_steps: 2000\nfindings: {short-last-step: error}\n", "p.yaml")

    done = invoked("check", written(here, SHORT), "--policy", policy, "--format", "json")

    report = json.loads(done.stdout)
    assert (done.exit_code, report["passed"]) == (1, False)
    assert {
        (problem["source"], problem["rule"], problem["file"], problem["line"])
        for problem in report["problems"]
        if problem["severity"] == "error"
    } == {
        ("finding", "/findings/short-last-step", "spec.yaml", 1),
        ("policy", "/total_steps", "spec.yaml", 3),
    }
    assert report["plan"]["total_steps"] == 22


def test_drift_from_the_lock_fails_a_check_unless_it_is_allowed(here: Path) -> None:
    words = ("check", written(here, SPEC), "--lock", locked(here), "--data-parallel-size", "2")

    refused = invoked(*words)
    allowed = invoked(*words, "--allow", "geometry")

    assert (refused.exit_code, allowed.exit_code) == (1, 0)


def test_every_document_is_read_before_any_is_refused(here: Path) -> None:
    spec = written(here, "a: 1\na: 2\n")
    lock = written(here, "{", "lock.json")
    policy = written(here, "x: .nan\n", "policy.yaml")

    done = invoked("check", spec, "--lock", lock, "--policy", policy, "--format", "github")

    assert done.exit_code == 1
    files = [line.partition("file=")[2].partition(",")[0] for line in done.stdout.splitlines()]
    assert files[:3] == ["spec.yaml", "lock.json", "policy.yaml"]


def test_a_failure_to_read_is_a_report_in_json_as_well(here: Path) -> None:
    done = invoked("check", written(here, "a: 1\na: 2\n"), "--format", "json")

    report = json.loads(done.stdout)
    assert (done.exit_code, report["passed"], report["plan"]) == (1, False, None)
    assert [problem["line"] for problem in report["problems"]] == [2]


def test_faults_of_policy_lock_and_topics_stand_where_they_are_written(here: Path) -> None:
    policy = written(here, "max_padded_samples: 1\nmin_covrage: 1\n", "p.yaml")
    lock = written(here, '{\n "plan_id": "ep1_x",\n "lock_version": 1}', "l.json")
    words = ("--policy", policy, "--lock", lock, "--allow", "everything")

    done = invoked("check", written(here, SPEC), *words)

    assert done.exit_code == 1
    places = {line.partition(": error")[0] for line in done.stderr.splitlines()}
    assert places == {"p.yaml:2:1", "l.json:2:2", "--allow"}


def test_a_refusal_of_the_whole_request_stands_at_the_spec(here: Path) -> None:
    spec = written(here, SPEC + f"framework: {'x' * 2000}\n")

    done = invoked("check", spec, EPOCHPLAN_BODY_BYTES="1024")

    assert (done.exit_code, done.stderr.partition(": ")[0]) == (1, "spec.yaml:1:1")


def test_a_lock_that_nothing_in_the_spec_explains_is_told_at_the_lock(here: Path) -> None:
    lock = here / locked(here)
    text = lock.read_text()
    sha = json.loads(text)["fingerprints"][0]["sha256"]
    lock.write_text(text.replace(sha, "0" * 64))

    done = invoked("check", written(here, SPEC), "--lock", str(lock), "--format", "json")

    (problem,) = json.loads(done.stdout)["problems"]
    assert (done.exit_code, problem["source"]) == (1, "lock")
    assert problem["rule"].startswith("/fingerprints")
    assert (problem["file"], problem["line"] > 1) == ("old.lock.json", True)


@pytest.mark.parametrize("chosen", ["markdown", "junit", "sarif"])
def test_every_format_tells_the_problem(here: Path, chosen: str) -> None:
    done = invoked("check", written(here, SPEC), "--steps", "0", "--format", chosen)

    assert done.exit_code == 1
    assert "illegal-value" in done.stdout
