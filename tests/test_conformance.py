"""The frame of the comparison with real frameworks, which `make conformance` runs."""

import pytest

from tests.conformance.__main__ import main


def test_a_module_that_there_is_not_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["conformance", "pytorch", "streaming"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 2
    assert "there is no module streaming; there are accelerate, " in capsys.readouterr().err
