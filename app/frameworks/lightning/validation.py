"""When Lightning's training loop runs validation, in micro-steps of the run."""

from dataclasses import dataclass

from app.arithmetic.integers import ceil_div
from app.arithmetic.options import OptionValue
from app.arithmetic.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Validation after every so many micro-batches of an epoch, or of the run.

    Source: lightning 2.6.6, pytorch/loops/training_epoch_loop.py (_should_check_val_fx).

    >>> often = Validation(interval=3, every_n_epochs=None, epoch_length=4, micro_steps=12)
    >>> often.runs, often.first, often.last
    (4, 3, 12)
    >>> seldom = Validation(interval=2, every_n_epochs=2, epoch_length=5, micro_steps=18)
    >>> seldom.runs, seldom.first, seldom.last
    (3, 7, 17)

    Attributes:
        interval: Micro-batches from one validation to the next; 0 where no epoch has any.
        every_n_epochs: Epochs from one with validation to the next; None: the interval counts the
            micro-batches of the run.
        epoch_length: Micro-batches that a full epoch reads.
        micro_steps: Micro-steps of the run.
    """

    interval: int
    every_n_epochs: int | None
    epoch_length: int
    micro_steps: int

    @property
    def runs(self) -> int:
        """How often validation runs."""
        if self.every_n_epochs is None:
            return self.micro_steps // self.interval
        begun = self._begun_epochs
        full = (begun - 1) // self.every_n_epochs * self._runs_until(self.epoch_length)
        return full + (self._runs_until(self._last_length) if self._validates(begun) else 0)

    @property
    def first(self) -> int | None:
        """Micro-steps of the run before the first validation; None where there is none."""
        if not self.runs:
            return None
        epochs = (self.every_n_epochs or 1) - 1
        return epochs * self.epoch_length + self.interval

    @property
    def last(self) -> int | None:
        """Micro-steps of the run before the last validation; None where there is none."""
        if not self.runs:
            return None
        if self.every_n_epochs is None:
            return self.runs * self.interval
        begun = self._begun_epochs
        if self._validates(begun) and self._runs_until(self._last_length):
            return self._end_of(begun, self._last_length)
        every = self.every_n_epochs
        return self._end_of((begun - 1) // every * every, self.epoch_length)

    @property
    def _begun_epochs(self) -> int:
        return ceil_div(self.micro_steps, self.epoch_length)

    @property
    def _last_length(self) -> int:
        return self.micro_steps - (self._begun_epochs - 1) * self.epoch_length

    def _validates(self, epoch_number: int) -> bool:
        """Whether an epoch has validation; epochs are numbered from 1 here."""
        return self.every_n_epochs is not None and epoch_number % self.every_n_epochs == 0

    def _runs_until(self, micro_batches: int) -> int:
        """Validations in the first micro-batches of an epoch that has any."""
        return micro_batches // self.interval if self.interval else 0

    def _end_of(self, epoch_number: int, micro_batches: int) -> int:
        behind = self._runs_until(micro_batches) * self.interval
        return (epoch_number - 1) * self.epoch_length + behind


def interval_in_batches(interval: OptionValue, epoch_length: int) -> int:
    """val_check_interval in micro-batches; a share of an epoch is rounded down, but not to 0.

    Source: lightning 2.6.6, pytorch/loops/fit_loop.py (setup_data).

    >>> [interval_in_batches(value, 10) for value in (None, 0.33, 0.01, 1, 7.0)]
    [10, 3, 1, 1, 7]
    """
    if isinstance(interval, int):
        return interval
    share = interval if isinstance(interval, float) else 1.0
    return int(share) if share > 1 else max(1, int(epoch_length * share))


def validation_of(run: Run, interval: OptionValue, every_n_epochs: OptionValue) -> Validation:
    """The validations of a run."""
    length = run.shape.micro_steps_per_epoch
    return Validation(
        interval=interval_in_batches(interval, length),
        every_n_epochs=every_n_epochs if isinstance(every_n_epochs, int) else None,
        epoch_length=length,
        micro_steps=run.total_micro_steps,
    )
