from dataclasses import replace

import numpy as np

from app.sampling.kernel_set import KernelSet
from app.sampling.numpy_set import NUMPY_SET
from app.sampling.table import Table


def counting(shuffled: list[int]) -> KernelSet:
    def shuffled_table(dataset_size: int, state: np.uint64) -> np.ndarray:
        shuffled.append(dataset_size)
        return NUMPY_SET.shuffled_table(dataset_size, state)

    return replace(NUMPY_SET, shuffled_table=shuffled_table)


def test_a_table_is_shuffled_once_however_often_it_is_read() -> None:
    shuffled: list[int] = []
    table = Table(1000, np.uint64(987_654_321), counting(shuffled))

    for start in range(10):
        table.fill(np.empty(3, np.int64), start=start)

    assert shuffled == [1000]


def test_tables_of_two_sizes_are_told_apart() -> None:
    ends = []
    for size in (7, 8):
        out = np.empty(size, np.int64)
        Table(size, np.uint64(5), NUMPY_SET).fill(out, start=0)
        ends.append(out.max())

    assert ends == [6, 7]


def test_the_memory_of_a_table_is_two_bytes_a_sample() -> None:
    table = NUMPY_SET.shuffled_table(65_535, np.uint64(3))

    assert table.nbytes == 2 * 65_535
