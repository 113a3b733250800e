import sys
from types import SimpleNamespace

import pytest

from app.cli.command import main
from tests.cli.invoking import invoked


def code_of(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["epochplan", *words])
    with pytest.raises(SystemExit) as leaving:
        main()
    return leaving.value.code


@pytest.mark.parametrize("words", [("diff", "one"), ("plan", "--sed", "1"), ("plann",)])
def test_arguments_that_are_not_understood_leave_with_1_because_2_says_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert code_of(monkeypatch, *words) == 1
    assert capsys.readouterr().err.startswith("epochplan: ")


def test_no_arguments_are_answered_by_help_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of(monkeypatch) == 1

    told = capsys.readouterr()
    assert "Usage:" in told.out + told.err
    assert "epochplan:" not in told.err


def test_help_leaves_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(monkeypatch, "--help") == 0


def test_a_code_of_a_command_is_that_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(monkeypatch, "plan", "no.yaml") == 1


@pytest.mark.parametrize(
    "command", ["serve", "plan", "lock", "diff", "check", "manifest", "verify"]
)
def test_every_command_explains_itself(command: str) -> None:
    done = invoked(command, "--help")

    assert (done.exit_code, "Usage:" in done.stdout) == (0, True)


def test_serving_is_the_service_without_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    service = SimpleNamespace(main=lambda: seen.append(sys.argv))
    monkeypatch.setitem(sys.modules, "app.__main__", service)

    code = code_of(monkeypatch, "serve")

    assert (code, seen) == (None, [["epochplan"]])
