import pytest

from app.web.places import Places
from app.web.problems import RequestRefusedError


def test_a_place_that_was_given_back_can_be_taken_again() -> None:
    places = Places(1)

    places.take()
    places.give_back()
    places.take()

    assert places.taken == 1


def test_a_place_too_many_is_refused_for_a_moment() -> None:
    places = Places(0)

    with pytest.raises(RequestRefusedError) as refusal:
        places.take()

    assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "1"})


def test_closed_places_can_only_be_given_back() -> None:
    places = Places(2)
    places.take()

    places.close()
    places.give_back()

    with pytest.raises(RequestRefusedError):
        places.take()
