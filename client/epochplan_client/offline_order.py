"""Native orders, computed in this process: the same integers as those of the service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from epochplan_client.clock import Clock, Span
from epochplan_client.errors import InvalidArgumentError, UnsupportedPlanError
from epochplan_client.native_draws import Draws
from epochplan_client.native_keys import RANDOM_SAMPLE, SHUFFLE
from epochplan_client.native_permutation import Permutation
from epochplan_client.plan import Plan
from epochplan_client.split_mix import Words

_ALGORITHM: Final = "epochplan-1"
_COMPUTED_TOGETHER: Final = 16_384  # samples; what is computed in between stays in the cache

Values = Callable[[range], Words]


@dataclass(frozen=True, slots=True)
class Chain:
    """Sources of equally many samples, one after the other.

    Attributes:
        first: Place in the first source at which the epoch begins.
        period: Samples of a source.
        source: The values of the source with a number, counted from 0, at some places.
    """

    first: int
    period: int
    source: Callable[[int], Values]

    def parts(self, positions: range) -> Iterator[tuple[int, range]]:
        """Numbers of sources, and the places in them that make up some positions of the epoch.

        >>> [*Chain(3, 5, lambda number: lambda places: places).parts(range(0, 8, 2))]
        [(0, range(3, 5, 2)), (1, range(0, 6, 2))]
        """
        start = self.first + positions.start
        left, stride = len(positions), positions.step
        while left:
            number, place = divmod(start, self.period)
            count = min(left, -((place - self.period) // stride), _COMPUTED_TOGETHER)
            yield number, range(place, place + count * stride, stride)
            left, start = left - count, start + count * stride


@dataclass(frozen=True, slots=True)
class OfflineOrder:
    """The order of every epoch of a native plan; nothing is asked of any service.

    >>> from epochplan_client.native_plan import native_plan
    >>> native = {"framework": {"name": "native", "version": "1"}, "sampling": {"seed": 1}}
    >>> fields = {"dataset_size": 10, "global_batch_size": 5, "epochs": 3} | native
    >>> OfflineOrder(native_plan("ep1_x", fields)).indices(2, range(10)).tolist()
    [4, 2, 6, 5, 1, 9, 0, 3, 8, 7]

    Attributes:
        plan: A plan of the service, or what is left of one: its plan_id read offline.

    Raises:
        UnsupportedPlanError: It is not native, or of an algorithm that this package has not.
    """

    plan: Plan

    def __post_init__(self) -> None:
        """Refuse what cannot be computed here."""
        if self.plan.order_algorithm != _ALGORITHM:
            message = (
                f"orders of {self.plan.order_algorithm} cannot be computed offline, only those of "
                f"{_ALGORITHM}, the native one; read them from the service"
            )
            raise UnsupportedPlanError(message)

    def indices(self, epoch: int, positions: range) -> NDArray[np.int64]:
        """The samples at some positions of an epoch.

        Args:
            epoch: In [0, plan.epochs).
            positions: In [0, samples of the epoch), ascending.

        Returns:
            int64, shape (len(positions),).

        Raises:
            InvalidArgumentError: There is no such epoch, or no such position.
        """
        self._check(epoch, positions)
        chain = self._chain(epoch)
        found, filled, number = np.empty(len(positions), np.int64), 0, -1
        values: Values | None = None
        for part, places in chain.parts(positions):
            if values is None or part != number:
                values, number = chain.source(part), part
            found[filled : filled + len(places)] = values(places)
            filled += len(places)
        return found

    def rank_indices(self, span: Span, *, rank: int) -> NDArray[np.int64]:
        """The samples of a rank in some steps of an epoch, step by step.

        Args:
            span: Steps of an epoch.
            rank: In [0, data_parallel_size).

        Returns:
            int64: exactly `manifest.raw` with the same rank and steps.
        """
        batch = self.plan.geometry
        start, stop = (step * batch.global_batch_size for step in span[1:])
        end = min(stop, self._samples(span.epoch))
        ranks = batch.data_parallel_size
        first = min(start + rank, end)
        return self.indices(span.epoch, range(first, end, ranks))

    def _samples(self, epoch: int) -> int:
        steps = Clock.of(self.plan).steps_in(epoch)
        return min(steps * self.plan.geometry.global_batch_size, self.plan.samples_per_epoch)

    def _check(self, epoch: int, positions: range) -> None:
        Clock.of(self.plan).check_epoch(epoch)
        samples = self._samples(epoch)
        if positions and not (0 <= positions[0] <= positions[-1] < samples):
            message = f"{positions} is not within the {samples} positions of epoch {epoch}"
            raise InvalidArgumentError(message)

    def _chain(self, epoch: int) -> Chain:
        spec = self.plan.spec
        size, method = int(spec["dataset_size"]), str(spec["sampling"]["method"])
        seed, kept = int(spec["sampling"]["seed"]), self.plan.samples_per_epoch
        if method == "with_replacement":
            draws = Draws(seed, epoch, size)
            return Chain(0, size if spec["remainder"] == "pad" else kept, lambda _: draws.at)
        if method == "random_sample":
            sample = Permutation(RANDOM_SAMPLE, seed, epoch, size)
            return Chain(0, size, lambda _: sample.at)
        passes, first = _first_pass(spec, epoch, kept)
        fresh = spec["steps_per_epoch"] is not None

        def shuffled(number: int) -> Values:
            ahead = passes + (number if fresh else 0)
            return Permutation(SHUFFLE, seed, 0 if method == "shuffle_once" else ahead, size).at

        return Chain(first, size, _identity if method == "sequential" else shuffled)


def _first_pass(spec: Any, epoch: int, samples_per_epoch: int) -> tuple[int, int]:  # noqa: ANN401 - a JSON document
    """The pass in which an epoch begins, and where in it: virtual epochs run on through passes."""
    if spec["steps_per_epoch"] is None:
        return epoch, 0
    return divmod(epoch * samples_per_epoch, int(spec["dataset_size"]))


def _identity(number: int) -> Values:
    del number
    return _positions


def _positions(places: range) -> Words:
    start, step = np.uint64(places.start), np.uint64(places.step)
    return np.arange(len(places), dtype=np.uint64) * step + start
