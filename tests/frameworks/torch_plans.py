"""Plans of pytorch that differ from a plain one in some fields and options."""

from tests.frameworks.asking import Asking

RANDOM = {"sampler": "RandomSampler"}
TORCH = Asking({"name": "pytorch"}, {"dataset_size": 22, "micro_batch_size": 3, "epochs": 1})
