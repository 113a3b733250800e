from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.sampling.memo import TABLES, TableMemo

Table = NDArray[np.uint8]


class Maker:
    """Makes arrays of so many bytes and counts how often."""

    def __init__(self, byte_count: int = 10) -> None:
        self.byte_count = byte_count
        self.calls = 0

    def __call__(self) -> Table:
        self.calls += 1
        return np.zeros(self.byte_count, np.uint8)


def never() -> Table:
    raise AssertionError("this key is kept, so nothing has to be made")


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Is set as soon as a thread waits for the computation of another one."""
    noticed = Event()

    class NoticedFuture(Future[Table]):
        def result(self, timeout: float | None = None) -> Table:
            noticed.set()
            return super().result(timeout)

    monkeypatch.setattr("app.sampling.memo.Future", NoticedFuture)
    return noticed


def held_until(waiting: Event, begun: Event, make: Callable[[], Table]) -> Callable[[], Table]:
    def made() -> Table:
        begun.set()
        assert waiting.wait(10)
        return make()

    return made


def test_an_array_is_made_once() -> None:
    memo, make = TableMemo(100), Maker()

    arrays = [memo.get("key", make) for _ in range(3)]

    assert make.calls == 1
    assert all(array is arrays[0] for array in arrays)


def test_the_least_recently_used_array_is_forgotten_first() -> None:
    memo = TableMemo(20)
    memo.get("old", Maker())
    memo.get("older", Maker())
    memo.get("old", never)

    memo.get("new", Maker())

    again = Maker()
    memo.get("old", never)
    memo.get("older", again)
    assert again.calls == 1


@given(
    max_bytes=st.integers(0, 100),
    asked=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 120))),
)
def test_the_bound_holds_whatever_is_asked(max_bytes: int, asked: list[tuple[int, int]]) -> None:
    memo = TableMemo(max_bytes)

    for key, byte_count in asked:
        memo.get(key, Maker(byte_count))

        assert memo.kept_bytes <= max_bytes


def test_an_array_above_the_bound_is_returned_and_not_kept() -> None:
    memo, make = TableMemo(9), Maker(10)

    arrays = [memo.get("key", make) for _ in range(2)]

    assert [array.nbytes for array in arrays] == [10, 10]
    assert (make.calls, memo.kept_bytes) == (2, 0)


def test_an_array_above_the_bound_drives_nothing_else_out() -> None:
    memo = TableMemo(10)
    memo.get("small", Maker(10))

    memo.get("large", Maker(11))

    assert memo.get("small", never).nbytes == 10


def test_a_smaller_bound_forgets_at_once_what_no_longer_fits() -> None:
    memo = TableMemo(100)
    memo.get("old", Maker(40))
    memo.get("new", Maker(40))

    memo.resize(50)

    assert memo.kept_bytes == 40
    assert memo.get("new", never).nbytes == 40


def test_a_larger_bound_has_room_for_more() -> None:
    memo = TableMemo(0)

    memo.resize(10)

    memo.get("key", Maker(10))
    assert memo.get("key", never).nbytes == 10


def test_nobody_can_change_an_array_that_others_share() -> None:
    array = TableMemo(100).get("key", Maker())

    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_threads_that_ask_at_the_same_time_wait_for_one_computation(waiting: Event) -> None:
    memo, make, begun = TableMemo(100), Maker(), Event()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memo.get, "key", held_until(waiting, begun, make))
        assert begun.wait(10)
        second = pool.submit(memo.get, "key", never)

    assert first.result() is second.result()
    assert make.calls == 1


def test_a_failure_reaches_everyone_who_waits(waiting: Event) -> None:
    memo, begun = TableMemo(100), Event()

    def fail() -> Table:
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memo.get, "key", held_until(waiting, begun, fail))
        assert begun.wait(10)
        second = pool.submit(memo.get, "key", never)

    assert isinstance(first.exception(), ZeroDivisionError)
    assert isinstance(second.exception(), ZeroDivisionError)


def test_a_failure_is_not_kept() -> None:
    memo = TableMemo(100)

    def fail() -> Table:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        memo.get("key", fail)

    assert memo.get("key", Maker()).nbytes == 10


def test_a_slow_array_holds_nobody_up_who_asks_for_another(waiting: Event) -> None:
    memo, begun = TableMemo(100), Event()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(memo.get, "slow", held_until(waiting, begun, Maker()))
        assert begun.wait(10)
        other = memo.get("other", Maker(5))
        waiting.set()

    assert (other.nbytes, slow.result().nbytes) == (5, 10)


def test_many_threads_and_few_bytes_agree_in_the_end() -> None:
    memo = TableMemo(64)

    def ask(key: int) -> int:
        return int(memo.get(key % 20, lambda: np.full(16, key % 20, np.uint8))[0])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(4000)))

    assert found == [key % 20 for key in range(4000)]
    assert memo.kept_bytes <= 64


def test_the_shared_memo_has_room_for_a_hundred_of_the_largest_tables() -> None:
    memo = TableMemo(TABLES.max_bytes)

    for key in range(100):
        memo.get(key, Maker(2 * 65_535))

    assert memo.kept_bytes == 100 * 2 * 65_535
