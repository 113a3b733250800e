"""What a comparison asks, and how it leaves whom it asked."""

import os
import signal
import sys

import pytest

from tests.answering_process import AnsweringProcess

ECHO = """
import os, sys, time
print(f'{{"process": {os.getpid()}}}', flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
"""


def echoing(then: str = "") -> AnsweringProcess:
    return AnsweringProcess([sys.executable, "-c", ECHO + then], environment={})


def test_a_process_answers_until_it_is_left() -> None:
    with echoing() as process:
        assert [process.answer({"case": number}) for number in range(3)] == [
            {"case": 0},
            {"case": 1},
            {"case": 2},
        ]


def test_a_process_that_does_not_end_by_itself_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnsweringProcess, "patience", 0.1)

    with echoing("time.sleep(1_000)") as process:
        assert process.answer({"case": 1}) == {"case": 1}

    with pytest.raises(ProcessLookupError):
        os.kill(process.about["process"], signal.SIGCONT)


def test_a_process_that_ends_before_its_answer_is_told_of() -> None:
    with pytest.raises(RuntimeError, match="the peer ended with code 3"):
        AnsweringProcess([sys.executable, "-c", "raise SystemExit(3)"], environment={})
