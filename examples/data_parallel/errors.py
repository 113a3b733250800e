"""Why a run ends early; each reason has an exit code of its own."""

from typing import ClassVar


class TrainingError(Exception):
    """The run cannot go on; the text says why, in one sentence."""

    exit_code: ClassVar[int] = 1


class RequestRefusedError(TrainingError):
    """The service is there, and says that what was asked for does not exist."""

    exit_code = 2


class ServiceUnavailableError(TrainingError):
    """The service does not answer, or not as it should."""

    exit_code = 3


class RankLostError(TrainingError):
    """A rank process ended, or went silent, before its work was done."""

    exit_code = 4
