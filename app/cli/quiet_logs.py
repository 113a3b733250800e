"""The service within the command keeps to itself what it would log elsewhere."""

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager

import structlog


@contextmanager
def quiet_logs() -> Generator[None]:
    """Log failures alone, and on standard error: standard output is for answers.

    >>> with quiet_logs():
    ...     structlog.get_logger().info("a plan was asked for")
    """
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)
