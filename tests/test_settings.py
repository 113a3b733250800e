import os

import pytest
from pydantic import ValidationError

from app.settings import InvalidSettingsError, Settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("EPOCHPLAN_")]:
        monkeypatch.delenv(name)


def refusal_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[str]:
    """The lines that refuse this environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettingsError) as refusal:
        Settings.from_environment()
    return str(refusal.value).splitlines()


def test_without_an_environment_the_service_is_local() -> None:
    settings = Settings.from_environment()

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_there_are_always_two_threads_to_compute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    assert Settings.from_environment().pool_threads == 2


def test_a_variable_replaces_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHPLAN_PORT", "9000")

    assert Settings.from_environment().port == 9000


@pytest.mark.parametrize("given", ["warning", "WARNING"])
def test_a_log_level_may_be_written_in_capitals(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("EPOCHPLAN_LOG_LEVEL", given)

    assert Settings.from_environment().log_level == "warning"


def test_a_log_level_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(log_level=7)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80a"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("HOST", ""),
        ("WORKERS", "0"),
        ("WORKERS", "257"),
        ("BODY_BYTES", "0"),
        ("BLOCK_BYTES", "262143"),
        ("POOL_THREADS", "0"),
        ("MAX_STREAMS", "0"),
        ("DRAIN_SECONDS", "-0.1"),
        ("DRAIN_SECONDS", "nan"),
        ("DRAIN_SECONDS", "inf"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    (line,) = refusal_of(monkeypatch, **{f"EPOCHPLAN_{name}": value})

    assert line.startswith(f"EPOCHPLAN_{name}={value!r}: ")


def test_an_unknown_variable_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = refusal_of(monkeypatch, EPOCHPLAN_PROT="9000")

    assert lines == ["EPOCHPLAN_PROT is not a setting; is it EPOCHPLAN_PORT?"]


def test_where_clients_find_a_service_is_no_setting_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHPLAN_URL", "http://localhost:8000")

    assert Settings.from_environment() == Settings()


def test_an_unknown_variable_like_no_other_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal_of(monkeypatch, EPOCHPLAN_Z="1") == ["EPOCHPLAN_Z is not a setting"]


def test_everything_that_is_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = refusal_of(
        monkeypatch, EPOCHPLAN_PORT="x", EPOCHPLAN_BODY_BYTES="y", EPOCHPLAN_COLOUR="red"
    )

    assert len(lines) == 3


def test_settings_do_not_change() -> None:
    settings = Settings()

    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # the point


def test_every_setting_is_described() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]

    assert undescribed == []
