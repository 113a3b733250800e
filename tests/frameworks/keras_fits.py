"""Small fits of keras."""

from app.plan.planner import Plan
from tests.frameworks.asking import Asking, lists_of

SEQUENTIAL = {"sampling": {"method": "sequential"}}
ITEMS = {"data": "PyDataset"}
TF_DATA = {"data": "tf.data.Dataset"}
THREE_RANKS = {"data_parallel_size": 3}
FIT = Asking({"name": "keras"}, {"dataset_size": 20, "micro_batch_size": 3, "epochs": 1})


def sizes_of(plan: Plan) -> list[list[int]]:
    """Samples of every micro-batch of rank 0, epoch by epoch."""
    return [[*map(len, lists_of(plan, epoch)[0])] for epoch in range(plan.run.epochs)]
