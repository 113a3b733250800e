import numpy as np
import pytest

from app.sampling.backend import backend
from app.sampling.shuffle_table import sample_type, shuffling_kernels


@pytest.mark.parametrize(
    ("dataset_size", "expected"), [(0, np.uint32), (2**32, np.uint32), (2**32 + 1, np.int64)]
)
def test_the_last_sample_fits_its_type(
    dataset_size: int, expected: type[np.uint32 | np.int64]
) -> None:
    assert sample_type(dataset_size) is expected


def test_tables_below_2_32_samples_are_shuffled_by_compiled_code() -> None:
    assert shuffling_kernels(2**32 - 1) is backend().kernels


def test_larger_tables_are_shuffled_by_plain_python() -> None:
    assert shuffling_kernels(2**32).name == "numpy"
