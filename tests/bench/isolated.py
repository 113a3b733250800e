"""Runs a measure in a process of its own."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.bench.measures import MEASURES
from tests.bench.mode import Mode
from tests.bench.result import Result


def isolated(name: str, mode: Mode) -> list[Result]:
    """The rows of a measure; a single one that counts as short where it breaks down."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future = pool.submit(_rows, name, mode)
        fault = future.exception()
    if fault is None:
        return future.result()
    return [Result.not_measured(name, f"broke down: {type(fault).__name__}: {fault}")]


def _rows(name: str, mode: Mode) -> list[Result]:
    return list(MEASURES[name](mode))
