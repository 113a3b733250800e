import pytest
from epochplan_client import persistence
from epochplan_client.errors import ServiceUnavailableError
from epochplan_client.persistence import (
    Deadline,
    Persistence,
    TemporaryError,
    backoff,
    persist,
)

from tests.client.paused_clock import PausedClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> PausedClock:
    clock = PausedClock()
    monkeypatch.setattr(persistence, "time", clock)
    return clock


class Failing:
    """Fails so many times, then returns how often it was asked."""

    def __init__(self, times: int, *, retry_after: float = 0.0) -> None:
        self._left = times
        self._retry_after = retry_after
        self.calls = 0

    def __call__(self, _deadline: Deadline) -> int:
        self.calls += 1
        if self.calls <= self._left:
            raise TemporaryError("the service is busy", retry_after=self._retry_after)
        return self.calls


def test_what_fails_twice_succeeds_at_the_third_attempt() -> None:
    pauses: list[float] = []

    calls = persist(Failing(2), Persistence(seconds=60), pause=pauses.append)

    assert calls == 3
    assert len(pauses) == 2


def test_pauses_grow_and_are_never_long() -> None:
    shortest, later, longest = backoff(0), backoff(4), backoff(500)

    assert 0.05 <= shortest <= 0.1
    assert 0.8 <= later <= 1.6
    assert longest <= 5


def test_no_two_ranks_come_back_at_the_same_time() -> None:
    assert len({backoff(3) for _ in range(20)}) > 10


def test_the_service_says_when_to_come_back() -> None:
    pauses: list[float] = []

    persist(Failing(1, retry_after=7.0), Persistence(seconds=60), pause=pauses.append)

    assert pauses == [7.0]


def test_a_service_that_wants_more_time_than_there_is_is_asked_again_on_the_way(
    clock: PausedClock,
) -> None:
    failing = Failing(2, retry_after=3600.0)

    calls = persist(failing, Persistence(seconds=30), pause=clock.pause)

    assert calls == 3
    assert clock.monotonic() <= 10


@pytest.mark.parametrize("retry_after", [0.0, 3600.0, float("inf")])
def test_all_the_time_is_used_up_before_anything_is_given_up(
    clock: PausedClock, retry_after: float
) -> None:
    failing = Failing(10**9, retry_after=retry_after)

    with pytest.raises(ServiceUnavailableError, match="the service is busy"):
        persist(failing, Persistence(seconds=30), pause=clock.pause)

    assert 29.9 <= clock.monotonic() <= 30
    assert failing.calls < 30


def test_every_attempt_has_time(clock: PausedClock) -> None:
    left: list[float] = []

    def busy(deadline: Deadline) -> None:
        left.append(deadline.seconds_left)
        raise TemporaryError("busy")

    with pytest.raises(ServiceUnavailableError):
        persist(busy, Persistence(seconds=30), pause=clock.pause)

    assert min(left) > 0


def test_there_are_no_more_retries_than_allowed() -> None:
    failing = Failing(9)

    with pytest.raises(ServiceUnavailableError, match="the service is busy; tried 3 times"):
        persist(failing, Persistence(seconds=60, retries=2), pause=lambda _: None)

    assert failing.calls == 3


def test_the_whole_time_is_bounded_without_a_bound_of_retries() -> None:
    failing = Failing(10**9)

    with pytest.raises(ServiceUnavailableError):
        persist(failing, Persistence(seconds=0.3))

    assert failing.calls > 1


def test_whatever_a_pause_raises_ends_everything() -> None:
    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        persist(Failing(1), Persistence(seconds=60), pause=stop)
