"""Answers cases with the real keras on its TensorFlow backend; runs in an environment with both.

Every case is one call of Model.fit. The samples are their own indices, and the model writes down
what each replica is trained on; its optimizer is a real one and updates one weight.
"""

import hashlib
import json
import os
import platform
import sys
import warnings
from contextlib import nullcontext
from importlib import import_module
from typing import Any

# this file must not be taken for the package of its name
sys.path[:] = [folder for folder in sys.path if not folder.endswith("conformance/peers")]
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

np = import_module("numpy")
tf = import_module("tensorflow")
keras = import_module("keras")

_REFUSALS = (ValueError, TypeError, OverflowError, tf.errors.InvalidArgumentError)


class _Spec:
    """What a case asks for, in the words of keras."""

    def __init__(self, spec: dict[str, Any]) -> None:
        options = {k: v for k, v in spec["framework"].items() if k not in {"name", "version"}}
        self.kind = options.pop("data", "array")
        self.steps_per_execution = options.pop("steps_per_execution", 1)
        self.size: int = spec["dataset_size"]
        self.replicas: int = spec.get("data_parallel_size", 1)
        self.batch_size: int = spec["micro_batch_size"] * self.replicas
        self.accumulation: int = spec.get("gradient_accumulation_steps", 1)
        self.steps_per_epoch = spec.get("steps_per_epoch", 0) * self.accumulation or None
        self.updates: int | None = spec.get("steps")
        self.epochs = spec.get("epochs", self.updates and self.updates * self.accumulation + 1)
        sampling = spec.get("sampling", {})
        self.method, self.seed = sampling.get("method", "shuffle"), sampling.get("seed", 0)
        self.shuffle, self.options = self._shuffle(options), options
        for wrong, reason in self._wrongs(spec):
            if wrong:
                raise ValueError(reason)

    def _wrongs(self, spec: dict[str, Any]) -> list[tuple[Any, str]]:
        is_tf, items = self.kind == "tf.data.Dataset", self.kind == "PyDataset"
        shuffled = self.method == "shuffle"
        return [
            (self.method not in {"sequential", "shuffle", "shuffle_once"}, "no such sampling"),
            ("remainder" in spec, "no remainder"),
            (self.updates and self.steps_per_execution > 1, "fit stops between executions only"),
            (self.method == "shuffle_once" and not is_tf, "only a dataset keeps its order"),
            (self.replicas > 1 and items and shuffled, "an item that is not full may come first"),
        ]

    def _shuffle(self, options: dict[str, Any]) -> Any:
        if "shuffle" in options and (self.kind, self.method) != ("array", "shuffle"):
            raise TypeError("only a shuffled array has a way to be shuffled")
        return options.pop("shuffle", None) or self.method == "shuffle"

    def data(self) -> Any:
        """What fit gets as x, made where the seeds are set."""
        if self.kind != "tf.data.Dataset" and self.options:
            raise TypeError(f"there is no {sorted(self.options)}")
        if self.kind == "tf.data.Dataset":
            return self._dataset(**self.options)
        is_array = self.kind == "array"
        return np.arange(self.size) if is_array else _Items(self.size, self.batch_size)

    def _dataset(
        self, *, drop_remainder: bool = False, repeat: Any = None, buffer_size: Any = None
    ) -> Any:
        ds = tf.data.Dataset.range(self.size)
        if self.method != "sequential":
            fresh = self.method == "shuffle"
            size = self.size if buffer_size is None else buffer_size
            ds = ds.shuffle(size, seed=self.seed, reshuffle_each_iteration=fresh)
        elif buffer_size is not None:
            raise TypeError("there is no buffer without shuffle")
        if repeat == "before_batch":
            ds = ds.repeat()
        ds = ds.batch(self.batch_size, drop_remainder=drop_remainder)
        if repeat == "after_batch":
            ds = ds.repeat()
        if repeat and self.steps_per_epoch is None:
            raise ValueError("the first epoch would never end")
        return ds


class _Items(keras.utils.PyDataset):  # type: ignore[misc, name-defined] # known at run time
    """A PyDataset whose items are micro-batches."""

    def __init__(self, size: int, batch_size: int) -> None:
        super().__init__()
        self._size, self._batch_size = size, batch_size

    def __len__(self) -> int:
        return (self._size + self._batch_size - 1) // self._batch_size

    def __getitem__(self, number: int) -> Any:
        first = number * self._batch_size
        return np.arange(first, min(self._size, first + self._batch_size))


class _Model(keras.Model):  # type: ignore[misc, name-defined] # known at run time
    """Writes down what it is trained on."""

    def __init__(self, diary: "_Diary") -> None:
        super().__init__()
        self.diary = diary
        self.weight = self.add_weight(shape=(), initializer="zeros")
        self.built = True

    def train_step(self, data: Any) -> dict[str, Any]:
        (x,) = data if isinstance(data, tuple) else (data,)
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        self.diary.epochs[-1][int(replica)].append(x.numpy().tolist())
        self.optimizer.apply_gradients([(tf.constant(1.0), self.weight)])
        return {"loss": tf.constant(0.0)}


class _Diary(keras.callbacks.Callback):  # type: ignore[misc, name-defined] # known at run time
    """What every replica was trained on, epoch by epoch, and what callbacks are told."""

    def __init__(self, spec: _Spec) -> None:
        super().__init__()
        self._spec = spec
        self.epochs: list[list[list[list[int]]]] = []
        self.executions = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        del epoch, logs
        self.epochs.append([[] for _ in range(self._spec.replicas)])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        del batch, logs
        self.executions += 1
        read = sum(len(epoch[0]) for epoch in self.epochs)
        if self._spec.updates and read == self._spec.updates * self._spec.accumulation:
            self.model.stop_training = True


def _scope(replicas: int) -> Any:
    """That of a strategy of several replicas; none for one, as where nobody asked for one."""
    if replicas == 1:
        return nullcontext()
    devices = [f"CPU:{number}" for number in range(replicas)]
    # collective operations would tie a process to one number of replicas
    alone = tf.distribute.ReductionToOneDevice()
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=alone).scope()


def _count(counter: Any) -> int:
    """What an optimizer counts, be it mirrored or not."""
    value = getattr(counter, "value", counter)
    return int(value.values[0] if hasattr(value, "values") else value)


def _fitted(spec: _Spec) -> tuple[_Diary, int, int]:
    """What one call of fit does; the updates and the iterations that its optimizer counts."""
    diary, accumulation = _Diary(spec), spec.accumulation
    with _scope(spec.replicas):
        model = _Model(diary)
        steps = accumulation if accumulation > 1 else None
        optimizer = keras.optimizers.SGD(0.0, gradient_accumulation_steps=steps)
        model.compile(optimizer, steps_per_execution=spec.steps_per_execution, run_eagerly=True)
    tf.random.set_seed(None)
    if spec.kind != "tf.data.Dataset" and spec.method != "sequential":
        keras.utils.set_random_seed(spec.seed)
    model.fit(
        spec.data(),
        batch_size=spec.batch_size if spec.kind == "array" else None,
        shuffle=spec.kind != "tf.data.Dataset" and spec.shuffle,
        steps_per_epoch=spec.steps_per_epoch,
        epochs=spec.epochs,
        callbacks=[diary],
        verbose=0,
    )
    return diary, _count(model.optimizer.iterations), _count(model.optimizer._iterations)


def _evened_out(epoch: list[list[list[int]]]) -> list[list[list[int]]]:
    """Replicas that share the last batch unequally: what they miss of their turns is -1."""
    lasts = [replica[-1] for replica in epoch if replica]
    share = max(map(len, lasts), default=0)
    used = max((n for n, last in enumerate(lasts) if len(last) == share), default=0)
    for number, last in enumerate(lasts):
        last.extend([-1] * (share - (number > used) - len(last)))
    return epoch


def _listing(micro_batches: list[list[int]], *, digest: bool) -> Any:
    if not digest:
        return micro_batches
    flat = np.array([index for batch in micro_batches for index in batch], "<i8")
    digested = hashlib.sha256(flat.tobytes()).hexdigest()
    return {"sha256": digested, "count": flat.size, "micro_batches": len(micro_batches)}


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    spec = _Spec(case["spec"])
    diary, updates, iterations = _fitted(spec)
    if not updates:
        raise ValueError("no update was made")
    numbers = {
        "total_steps": updates,
        "steps": diary.params["steps"],
        "_iterations": iterations,
        "on_train_batch_end": diary.executions,
    }
    if len(diary.epochs) > 1:  # a run that ends inside its first epoch has no full one
        numbers["micro_steps_per_epoch"] = len(diary.epochs[0][0])
    digest, trained = case.get("digest", False), len(diary.epochs)
    lists = {
        str(epoch): [_listing(each, digest=digest) for each in _evened_out(diary.epochs[epoch])]
        for epoch in case["epochs"]
        if epoch < trained and diary.epochs[epoch][0]
    }
    return {"numbers": numbers, "epochs": lists}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """What the real package says to a case."""
    try:
        return _answer(case)
    except _REFUSALS as refusal:
        return {"refused": f"{type(refusal).__name__}: {refusal}"}


def main() -> None:
    """Answer the cases of standard input, one a line."""
    warnings.simplefilter("ignore")
    tf.get_logger().setLevel("ERROR")
    (processor,) = tf.config.list_physical_devices("CPU")
    devices = [tf.config.LogicalDeviceConfiguration()] * 4  # the most replicas of a case
    tf.config.set_logical_device_configuration(processor, devices)
    about = {"package": "keras", "version": keras.__version__, "python": platform.python_version()}
    print(json.dumps(about), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
