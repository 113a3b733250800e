"""The training loops of the Trainer, walked micro-step by micro-step."""

from dataclasses import dataclass, field

from app.frameworks.hf_trainer.plan import Loop


@dataclass
class Walk:
    """What a loop does.

    Attributes:
        read: Micro-steps that it reads of each epoch.
        updates: Where it makes an update: the epoch, and its micro-steps so far.
    """

    read: list[int] = field(default_factory=list)
    updates: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Training:
    """A run as its loop sees it."""

    loop: Loop
    micro_steps: int
    accumulation: int
    examples: int
    max_steps: int
    epochs: int

    def walk(self) -> Walk:
        """Epoch by epoch, until the steps are done."""
        walk, counted = Walk(), 0
        for epoch in range(self.epochs):
            walk.read.append(0)
            for number in range(1, self._micro_steps_taken() + 1):
                counted += 1
                walk.read[-1] += 1
                if self._updates(number, counted):
                    walk.updates.append((epoch, number))
                if len(walk.updates) == self.max_steps:
                    return walk
        return walk

    def _micro_steps_taken(self) -> int:
        """The 4.46 to 4.51 loop asks for groups; the last one is as large as the examples say."""
        if self.loop is not Loop.SPILLED or self.accumulation == 1:
            return self.micro_steps
        last = self.examples % self.accumulation or self.accumulation
        groups = [self.accumulation] * (self.micro_steps // self.accumulation) + [last]
        return min(sum(groups), self.micro_steps)

    def _updates(self, number: int, counted: int) -> bool:
        is_last = number == self.micro_steps
        if self.loop is Loop.CARRIED:
            short = self.micro_steps <= self.accumulation
            return counted % self.accumulation == 0 or (short and is_last)
        return number % self.accumulation == 0 or is_last
