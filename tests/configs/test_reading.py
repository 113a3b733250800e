import pytest

from app.configs.reading import CONFIG_KINDS, read_config
from tests.configs.asking import codes, read

EMPTY = {"megatron": "--bf16"}


def test_an_unknown_kind_is_a_fault_with_the_nearest_one() -> None:
    reading = read_config("deepsped", "", dataset_size=None, world_size=None)

    assert codes(reading) == [("unknown-config-kind", "")]
    assert reading.faults[0].nearest == ("deepspeed",)


@pytest.mark.parametrize("kind", CONFIG_KINDS)
def test_a_key_is_used_ignored_or_unknown(kind: str) -> None:
    text = EMPTY.get(kind, "strange: 1")

    reading = read(kind, text, dataset_size=5, world_size=1)

    assert len(reading.used + reading.ignored + reading.unknown) == 1
    assert reading.spec["dataset_size"] == 5


@pytest.mark.parametrize("kind", CONFIG_KINDS)
def test_a_text_that_cannot_be_read_leaves_no_spec(kind: str) -> None:
    reading = read(kind, "a: ['--x", dataset_size=5)

    assert reading.spec == {}
    assert [code for code, _ in codes(reading)] == ["malformed-config"]
