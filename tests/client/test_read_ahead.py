import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from epochplan_client.clock import Clock, Span
from epochplan_client.errors import EpochplanError, ServiceUnavailableError
from epochplan_client.persistence import Pause
from epochplan_client.rank_epoch import Indices
from epochplan_client.read_ahead import ReadAhead

from tests.web.patience import eventually

CLOCK = Clock(steps_per_epoch=4, total_steps=40)


class Counted:
    """Blocks that hold their first step; some cannot be had, the first time."""

    index_bytes = 8

    def __init__(self, *, faults: dict[Span, Exception] | None = None) -> None:
        self.faults = faults or {}
        self.asked: list[Span] = []

    def indices(self, span: Span, *, pause: Pause = time.sleep) -> Indices:
        del pause
        self.asked.append(span)
        if fault := self.faults.pop(span, None):
            raise fault
        return np.array([CLOCK.first_step(span.epoch) + span.start_step])


class Waiting:
    """Blocks that are never there; whoever fetches one waits for it."""

    index_bytes = 8

    def __init__(self) -> None:
        self.is_asked = threading.Event()

    def indices(self, span: Span, *, pause: Pause = time.sleep) -> Indices:
        self.is_asked.set()
        pause(60.0)
        raise AssertionError(f"the pause for {span} ends")


def span(epoch: int, start: int) -> Span:
    return Span(epoch, start, start + 2)


def reading_threads() -> int:
    return sum(thread.name == "epochplan-read-ahead" for thread in threading.enumerate())


def test_blocks_are_fetched_before_they_are_asked_for_across_epochs() -> None:
    blocks = Counted()
    ahead = ReadAhead(blocks, CLOCK, steps=2, ahead=2)

    ahead.take(span(0, 0))

    assert eventually(lambda: len(blocks.asked) == 3)
    assert blocks.asked == [span(0, 0), span(0, 2), span(1, 0)]
    ahead.close()


def test_no_more_blocks_are_held_than_allowed() -> None:
    blocks = Counted()
    ahead = ReadAhead(blocks, CLOCK, steps=2, ahead=3)
    ahead.take(span(0, 0))

    assert eventually(lambda: len(blocks.asked) == 4)
    time.sleep(0.05)

    assert len(blocks.asked) == 4
    ahead.close()


def test_another_block_than_the_next_one_can_be_had() -> None:
    ahead = ReadAhead(Counted(), CLOCK, steps=2, ahead=2)
    ahead.take(span(0, 0))

    found = [ahead.take(each).tolist() for each in (span(5, 2), span(6, 0), span(0, 2))]

    assert found == [[22], [24], [2]]
    ahead.close()


def test_a_block_that_cannot_be_had_is_told_when_it_is_asked_for() -> None:
    blocks = Counted(faults={span(0, 2): EpochplanError("damaged")})
    ahead = ReadAhead(blocks, CLOCK, steps=2, ahead=2)
    ahead.take(span(0, 0))

    with pytest.raises(EpochplanError, match="damaged"):
        ahead.take(span(0, 2))

    assert ahead.take(span(0, 2)).tolist() == [2]
    ahead.close()


def test_a_block_that_was_given_up_early_is_tried_again_when_it_is_asked_for() -> None:
    blocks = Counted(faults={span(0, 2): ServiceUnavailableError("away")})
    ahead = ReadAhead(blocks, CLOCK, steps=2, ahead=2)
    ahead.take(span(0, 0))
    assert eventually(lambda: len(blocks.asked) == 2)
    time.sleep(0.05)

    taken = ahead.take(span(0, 2))

    assert taken.tolist() == [2]
    ahead.close()


def test_a_block_that_is_given_up_while_training_waits_is_not_tried_again() -> None:
    blocks = Counted(faults={span(0, 0): ServiceUnavailableError("away")})
    ahead = ReadAhead(blocks, CLOCK, steps=2, ahead=2)

    with pytest.raises(ServiceUnavailableError, match="away"):
        ahead.take(span(0, 0))

    assert blocks.asked == [span(0, 0)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_does_not_leave_training_waiting() -> None:
    before = reading_threads()
    ahead = ReadAhead(Counted(faults={span(0, 0): MemoryError()}), CLOCK, steps=2, ahead=1)

    with pytest.raises(EpochplanError, match="see its traceback"):
        ahead.take(span(0, 0))

    assert eventually(lambda: reading_threads() <= before)


def test_whoever_waits_is_told_of_the_closing() -> None:
    before, blocks = reading_threads(), Waiting()
    ahead = ReadAhead(blocks, CLOCK, steps=2, ahead=1)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ahead.take, span(0, 0))
        assert blocks.is_asked.wait(60.0)
        ahead.close()

        with pytest.raises(EpochplanError, match="was closed"):
            waiting.result(60.0)

    assert eventually(lambda: reading_threads() <= before)


def test_the_thread_ends_with_whoever_asked_it() -> None:
    before = reading_threads()
    ahead = ReadAhead(Counted(), CLOCK, steps=2, ahead=1)
    ahead.take(span(0, 0))

    del ahead
    gc.collect()

    assert eventually(lambda: reading_threads() <= before)


def test_the_thread_ends_with_the_run() -> None:
    before = reading_threads()
    ahead = ReadAhead(Counted(), CLOCK, steps=2, ahead=1)

    ahead.take(span(9, 2))

    assert eventually(lambda: reading_threads() <= before)
