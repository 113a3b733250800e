"""The state of a run between two steps, in a file that is always whole."""

import os
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from data_parallel.errors import TrainingError
from data_parallel.model import GradientSum, initial_weights, stepped

FILE_NAME = "checkpoint.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Everything that a run needs to go on, on any number of ranks.

    Attributes:
        plan_id: Plan of the run that wrote it; says which data, in which order.
        consumed_samples: Samples taken so far. Unlike a place in some rank's list of indices,
            this means the same whatever the number of ranks.
        weights: float64, shape (FEATURES, CLASSES).
        losses: Mean loss of every step so far, float64, shape (step,).
    """

    plan_id: str
    consumed_samples: int
    weights: NDArray[np.float64]
    losses: NDArray[np.float64]

    @classmethod
    def before_the_first_step(cls, plan_id: str) -> Self:
        """The state of a run that has not begun."""
        return cls(
            plan_id=plan_id, consumed_samples=0, weights=initial_weights(), losses=np.empty(0)
        )

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The checkpoint in a folder.

        Raises:
            TrainingError: There is none, or the file is none.
        """
        path = folder / FILE_NAME
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(
                    plan_id=str(arrays["plan_id"]),
                    consumed_samples=int(arrays["consumed_samples"]),
                    weights=arrays["weights"],
                    losses=arrays["losses"],
                )
        except OSError as error:
            message = f"there is no checkpoint to go on from: {error}"
            raise TrainingError(message) from error
        except (ValueError, KeyError, EOFError, BadZipFile) as error:
            message = f"{path} is no checkpoint, or a damaged one"
            raise TrainingError(message) from error

    @property
    def step(self) -> int:
        """Completed steps."""
        return len(self.losses)

    def after(self, step: GradientSum) -> Self:
        """The state one step later."""
        return replace(
            self,
            consumed_samples=self.consumed_samples + step.samples,
            weights=stepped(self.weights, step),
            losses=np.append(self.losses, step.mean_loss),
        )

    def write(self, folder: Path) -> None:
        """Take the place of the checkpoint in a folder."""
        content = BytesIO()
        np.savez(
            content,
            plan_id=self.plan_id,
            consumed_samples=self.consumed_samples,
            weights=self.weights,
            losses=self.losses,
        )
        replace_file(folder / FILE_NAME, content.getvalue())


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that its name always stands for the old content or for the new one.

    Whoever is killed half-way leaves a file behind, but under another name.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # the content is on disk before the name is
    unfinished.replace(path)
