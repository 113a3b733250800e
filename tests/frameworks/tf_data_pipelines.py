"""Small pipelines of tf-data."""

from typing import Any

from tests.frameworks.asking import Asking

TWO_RANKS = {"data_parallel_size": 2}
STEPS: dict[str, Any] = {"epochs": None, "steps": 6}
SEQUENTIAL = {"sampling": {"method": "sequential"}}
PIPELINE = Asking({"name": "tf-data"}, {"dataset_size": 10, "micro_batch_size": 4, "epochs": 2})
