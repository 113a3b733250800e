from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest

from app.errors import WorkLimitError
from app.review.fingerprints import (
    SLICE_POSITIONS,
    check_fingerprint_work,
    fingerprints,
    watched_epochs,
    watched_slices,
)
from tests.review.planning import planned, seeded


def test_a_fingerprint_is_the_digest_of_the_indices_at_its_positions() -> None:
    plan = planned(epochs=Fraction(5))

    for each in fingerprints(plan):
        whole = np.empty(plan.run.samples_in_epoch(each.slice.epoch), np.int64)
        plan.order(each.slice.epoch).fill(whole, start=0)
        part = whole[each.slice.start_position : each.slice.stop_position]
        assert each.sha256 == sha256(part.astype("<i8").tobytes()).hexdigest()


def test_the_first_the_middle_and_the_last_epoch_are_watched() -> None:
    plan = planned(epochs=Fraction(7))

    assert watched_epochs(plan.run) == (0, 3, 6)
    assert watched_epochs(planned(epochs=Fraction(1)).run) == (0,)
    assert watched_epochs(planned(epochs=Fraction(2)).run) == (0, 1)


def test_a_short_epoch_has_a_single_slice() -> None:
    plan = planned(dataset_size=3 * SLICE_POSITIONS, epochs=Fraction(1))

    slices = [(each.start_position, each.stop_position) for each in watched_slices(plan.run)]

    assert slices == [(0, 3 * SLICE_POSITIONS)]


def test_a_longer_one_has_its_start_its_middle_and_its_end() -> None:
    plan = planned(dataset_size=10_000, epochs=Fraction(1))

    slices = [(each.start_position, each.stop_position) for each in watched_slices(plan.run)]

    assert slices == [(0, 1_024), (4_488, 5_512), (8_976, 10_000)]


def test_the_last_epoch_ends_where_the_run_ends() -> None:
    plan = planned(epochs=Fraction("1.5"))

    last = [*watched_slices(plan.run)][-1]

    assert (last.epoch, last.stop_position) == (1, 2_048)


def test_another_seed_changes_every_fingerprint() -> None:
    one, other = (fingerprints(planned(sampling=seeded(seed))) for seed in (1, 2))

    assert all(mine.sha256 != theirs.sha256 for mine, theirs in zip(one, other, strict=True))


def test_fingerprints_that_cost_too_much_are_refused_before_they_are_computed() -> None:
    plan = planned(dataset_size=10_000, epochs=Fraction(1))

    check_fingerprint_work(plan, limit=2**28)
    with pytest.raises(WorkLimitError, match="this service computes at most 1000"):
        check_fingerprint_work(plan, limit=1_000)
