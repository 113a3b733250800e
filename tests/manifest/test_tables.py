from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from app.arithmetic.run import Run
from app.arithmetic.spec import TrainingSpec
from app.errors import WorkLimitError
from app.manifest.tables import check_table, compute_table
from app.plan.planner import Plan
from app.sampling import table_order
from app.sampling.memo import TableMemo
from app.sampling.order import Order
from app.sampling.table_order import TableOrder
from tests.frameworks.smallest import SmallestFramework
from tests.manifest.plans import FAR, plan_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TabledFramework(SmallestFramework):
    """Epochs that are computed as a whole; later ones take longer.

    Attributes:
        computed: Epochs whose order was computed.
    """

    computed: list[int] = field(default_factory=list[int])

    def table_work(self, spec: TrainingSpec, epoch: int) -> int:
        return spec.dataset_size * (1 + epoch)

    def order(self, spec: TrainingSpec, run: Run, epoch: int) -> Order:
        del run

        def make() -> NDArray[np.int64]:
            self.computed.append(epoch)
            return np.arange(spec.dataset_size)[::-1].copy()

        return TableOrder(key=(self.name, epoch), entries=spec.dataset_size, make=make)


def tabled(dataset_size: int) -> tuple[Plan, list[int]]:
    framework = TabledFramework()
    return replace(plan_of(dataset_size, epochs=5), framework=framework), framework.computed


@pytest.mark.parametrize(("epoch", "limit"), [(0, 10), (1, 20), (1, 10**9)])
def test_an_order_within_the_limit_passes(epoch: int, limit: int) -> None:
    plan, computed = tabled(10)

    check_table(plan, epoch, limit=limit)

    assert computed == []


@pytest.mark.parametrize(("epoch", "limit"), [(0, 9), (1, 10), (1, 19)])
def test_an_order_above_the_limit_is_refused_before_it_is_computed(epoch: int, limit: int) -> None:
    plan, computed = tabled(10)

    with pytest.raises(WorkLimitError) as refusal:
        check_table(plan, epoch, limit=limit)

    (fault,) = refusal.value.faults
    assert (fault.code, fault.pointer, fault.given) == ("order-too-large", "/epoch", epoch)
    assert f"{10 * (1 + epoch)} samples" in fault.detail
    assert str(limit) in fault.allowed
    assert computed == []


def test_an_order_with_random_access_is_never_too_large() -> None:
    check_table(plan_of(FAR), 0, limit=1)


def test_an_order_that_was_computed_is_there_for_whoever_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_order, "TABLES", TableMemo(1_000))
    plan, computed = tabled(10)
    out = np.empty(10, np.int64)

    compute_table(plan, 2)

    plan.order(2).fill(out, start=0)
    assert computed == [2]
    assert out.tolist() == [*range(9, -1, -1)]
