import pytest

from app.errors import (
    Fault,
    InvalidSpecError,
    PlanningError,
    UnknownEpochError,
    UnknownSampleError,
)


def fault(detail: str) -> Fault:
    return Fault(code="odd", pointer="/x", detail=detail, given=1, allowed="even")


def test_a_refusal_says_every_fault() -> None:
    refusal = InvalidSpecError([fault("one is odd"), fault("three is odd")])

    assert str(refusal) == "one is odd; three is odd"
    assert [each.detail for each in refusal.faults] == ["one is odd", "three is odd"]


def test_every_refusal_has_a_code_and_a_title_of_its_own() -> None:
    refusals: list[type[PlanningError]] = [PlanningError, *PlanningError.__subclasses__()]

    assert len({refusal.code for refusal in refusals}) == len(refusals)
    assert len({refusal.title for refusal in refusals}) == len(refusals)


@pytest.mark.parametrize(("epoch", "nearest"), [(-3, 0), (10, 9), (2**70, 9)])
def test_an_unknown_epoch_offers_the_nearest_one(epoch: int, nearest: int) -> None:
    (found,) = UnknownEpochError(epoch=epoch, epochs=10).faults

    assert (found.code, found.pointer, found.given) == ("unknown-epoch", "/epoch", epoch)
    assert found.nearest == (nearest,)


@pytest.mark.parametrize(("sample_index", "nearest"), [(-1, 0), (20, 19)])
def test_an_unknown_sample_offers_the_nearest_one(sample_index: int, nearest: int) -> None:
    (found,) = UnknownSampleError(sample_index=sample_index, dataset_size=20).faults

    assert (found.code, found.pointer) == ("unknown-sample", "/sample_index")
    assert found.nearest == (nearest,)


@pytest.mark.parametrize(
    "refusal",
    [
        UnknownEpochError(epoch="1e3", epochs=10),
        UnknownSampleError(sample_index="1e3", dataset_size=10),
    ],
    ids=["epoch", "sample"],
)
def test_what_is_no_number_is_near_to_none(refusal: PlanningError) -> None:
    (found,) = refusal.faults

    assert found.given == "1e3"
    assert found.nearest == ()
