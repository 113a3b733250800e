"""The tests of counts, against tables that were counted by hand."""

import numpy as np
import pytest

from tests.quality.chi_square import chi_square, fair_coin, largest_z, normal, poisson

QUARTERS = np.full(4, 0.25)


def test_the_statistic_of_a_table_is_the_sum_of_its_squared_deviations() -> None:
    outcome = chi_square(np.array([15, 25, 35, 25]), QUARTERS)

    assert outcome.statistic == pytest.approx((100 + 0 + 100 + 0) / 25)
    assert outcome.detail == "df 3"


def test_twice_the_upper_tail_is_the_probability_of_a_table_that_is_too_uneven() -> None:
    outcome = chi_square(np.array([15, 25, 35, 25]), QUARTERS)

    assert outcome.p == pytest.approx(2 * 0.0460117, rel=1e-5)


def test_a_table_that_is_too_even_is_as_suspicious_as_one_that_is_not_even() -> None:
    outcome = chi_square(np.full(1000, 1000), np.full(1000, 0.001))

    assert outcome.p < 1e-100


def test_cells_that_expect_little_are_joined_with_their_neighbours() -> None:
    shares = np.array([0.05, 0.05, 0.8, 0.05, 0.05])

    outcome = chi_square(np.array([4, 6, 80, 7, 3]), shares)

    assert outcome.statistic == pytest.approx(0)
    assert outcome.detail == "df 2"


def test_hits_of_a_cell_that_expects_none_are_not_lost() -> None:
    outcome = chi_square(np.array([50, 50, 400]), np.array([0.5, 0.5, 0.0]))

    assert outcome.p < 1e-20


def test_a_constant_is_rejected() -> None:
    outcome = chi_square(np.array([1000, 0, 0, 0]), QUARTERS)

    assert outcome.p < 1e-100


def test_the_level_of_the_worst_cell_is_shared_among_all_cells() -> None:
    trials, cells = 10_000, 100
    observed = np.full(cells, trials // 4)
    observed[0] += 130

    outcome = largest_z(observed, trials=trials, share=0.25)

    assert outcome.statistic == pytest.approx(130 / np.sqrt(trials * 0.25 * 0.75))
    assert outcome.p == pytest.approx(cells * 0.00268, rel=1e-2)


def test_a_value_two_deviations_off_has_its_well_known_probability() -> None:
    outcome = normal(14.0, mean=10.0, deviation=2.0)

    assert outcome.p == pytest.approx(0.0455, abs=1e-4)


def test_no_event_where_ten_are_expected_is_as_rare_as_it_is() -> None:
    outcome = poisson(0, mean=10.0)

    assert outcome.p == pytest.approx(2 * np.exp(-10))


def test_a_coin_that_never_shows_heads_is_rejected() -> None:
    outcome = fair_coin(0, 64)

    assert outcome.p == pytest.approx(2.0**-63)
