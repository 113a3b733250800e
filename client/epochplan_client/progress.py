"""How far training is, and which epoch comes next."""

from epochplan_client.clock import Clock, Place
from epochplan_client.errors import StepUnknownError


class Progress:
    """Keeps apart what was handed out, which may be ahead of training, and what is completed.

    >>> progress = Progress(Clock(steps_per_epoch=10, total_steps=25))
    >>> progress.tell(12)
    >>> progress.upcoming
    Place(epoch=1, step_in_epoch=2)

    Args:
        clock: The steps of the run.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._completed = 0
        self._is_told = False
        self._has_handed_out = False
        self._current = Place(0, 0)
        self._chosen: int | None = None
        self._is_running = False
        self._is_whole = False

    @property
    def completed(self) -> int:
        """Completed steps of the run, as far as anybody told."""
        return self._completed

    @property
    def certain(self) -> int:
        """Completed steps of the run.

        Raises:
            StepUnknownError: Lists were handed out, and nobody told what became of them.
        """
        if self._has_handed_out and not self._is_told:
            message = (
                "lists were handed out, and how many steps are completed nobody told; call "
                "completed(step) after every step, or state_dict(step=step)"
            )
            raise StepUnknownError(message)
        return self._completed

    @property
    def upcoming(self) -> Place:
        """Where the iteration begins that is under way, or else the next one."""
        if self._is_running:
            return self._current
        done = self._clock.place(self._completed)
        epoch = self._chosen
        if epoch is None:
            epoch = max(self._current.epoch + self._is_whole, done.epoch)
        return Place(epoch, done.step_in_epoch if done.epoch == epoch else 0)

    def tell(self, step: int) -> None:
        """So many steps of the run are completed."""
        self._completed = self._clock.check_step(step)
        self._is_told = True

    def go_on_from(self, step: int) -> None:
        """The run begins anew behind so many completed steps."""
        self._completed = self._clock.check_step(step)
        self._is_told = self._has_handed_out = self._is_running = self._is_whole = False
        self._current, self._chosen = Place(0, 0), None

    def choose(self, epoch: int) -> None:
        """The next iteration is about this epoch."""
        self._chosen, self._is_running = self._clock.check_epoch(epoch), False

    def begin(self) -> Place:
        """Where an iteration that begins now begins."""
        self._is_running = False
        self._current = self.upcoming
        self._chosen, self._is_running, self._is_whole = None, True, False
        return self._current

    def hand_out(self) -> None:
        """Lists are on their way to training."""
        self._has_handed_out = True

    def finish(self, begun: Place) -> None:
        """An iteration that began somewhere was handed out whole."""
        if begun == self._current:
            self._is_running, self._is_whole = False, True
