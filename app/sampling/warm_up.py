"""Everything that the first index would wait for, done beforehand."""

from app.sampling.backend import backend


def warm_up() -> None:
    """Choose the backend, and compile every kernel or read it from the cache.

    Called when the service starts, and once while an image is built, so that the compiled code
    lies in the image.

    >>> warm_up()
    """
    backend()
