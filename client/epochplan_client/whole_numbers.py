"""Integers as jobs have them: Python's, NumPy's, never a text and never a rounded float."""

from operator import index

from epochplan_client.errors import InvalidArgumentError


def whole_number(name: str, value: object) -> int:
    """The integer that a value is.

    >>> import numpy as np
    >>> whole_number("rank", np.int64(3))
    3
    >>> whole_number("rank", "3")
    Traceback (most recent call last):
    ...
    epochplan_client.errors.InvalidArgumentError: rank '3' is no integer; convert it with int()

    Raises:
        InvalidArgumentError: It is none.
    """
    try:
        return index(value)  # type: ignore[arg-type] # what is no integer is what is asked
    except TypeError as error:
        message = f"{name} {value!r:.80} is no integer; convert it with int()"
        raise InvalidArgumentError(message) from error
