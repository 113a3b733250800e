"""Orders that are computed as a whole: once for all who ask, out of the way of all others."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.frameworks import torch_orders
from app.sampling import table_order
from app.sampling.memo import TableMemo
from app.sampling.torch_permutation import torch_randperm
from tests.api.calling import Json, Service, faults
from tests.web.patience import eventually

SIZE = 2_000_000
SPEC: Json = {
    "dataset_size": SIZE,
    "micro_batch_size": 10,
    "epochs": 3,
    "framework": {"name": "pytorch", "sampler": "RandomSampler"},
}
PARTS = [
    *(f"manifest?format={name}&stop_step=1" for name in ("json", "ndjson", "csv", "raw")),
    *("manifest?format=arrow&stop_step=1", "manifest.npy?stop_step=1", "manifest.raw?rank=0"),
    "digest?stop_step=1",
]


class Permutations:
    """The permutations that are computed, held up until a gate opens."""

    def __init__(self) -> None:
        self.gate, self.called = threading.Event(), threading.Event()
        self.calls = 0
        self._compute = torch_randperm

    def __call__(self, *sizes: int, **options: Any) -> Any:
        self.calls += 1
        self.called.set()
        assert self.gate.wait(30)
        return self._compute(*sizes, **options)


@pytest.fixture
def permutations(monkeypatch: pytest.MonkeyPatch) -> Permutations:
    held = Permutations()
    monkeypatch.setattr(torch_orders, "torch_randperm", held)
    monkeypatch.setattr(table_order, "TABLES", TableMemo(2**30))
    return held


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service(pool_threads=2)
    yield running
    running.app.state.pool.close()


async def answers_meanwhile(
    app: FastAPI, urls: list[str], meanwhile: list[str], permutations: Permutations
) -> tuple[list[httpx.Response], list[httpx.Response]]:
    """The answers to requests that wait for a table, and to others that come while they wait."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://here"
    ) as client:
        waiting = [asyncio.create_task(client.get(url)) for url in urls]
        assert await asyncio.to_thread(permutations.called.wait, 30)
        others = [await client.get(url) for url in meanwhile]
        assert not any(task.done() for task in waiting)
        permutations.gate.set()
        return await asyncio.gather(*waiting), others


@pytest.mark.parametrize("part", ["manifest.raw?stop_step=9", "manifest?stop_step=9", "digest"])
def test_requests_at_once_for_one_order_compute_it_once(
    service: Service, permutations: Permutations, part: str
) -> None:
    url = f"{service.epoch(2, **SPEC)}/{part}"

    answers, _ = asyncio.run(answers_meanwhile(service.app, [url] * 4, [], permutations))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert permutations.calls == 1


def test_others_are_answered_while_an_order_is_being_computed(
    service: Service, permutations: Permutations
) -> None:
    url = f"{service.epoch(0, **SPEC)}/manifest.raw?stop_step=1"
    native = f"{service.epoch(0, dataset_size=10**9, global_batch_size=8, epochs=1)}/manifest"

    _, others = asyncio.run(
        answers_meanwhile(
            service.app,
            [url] * 4,
            ["/livez", "/v1/frameworks", f"{native}?stop_step=2", f"{native}.raw?stop_step=2"],
            permutations,
        )
    )

    assert [answer.status_code for answer in others] == [200] * 4


def test_an_order_that_is_there_is_not_computed_again(
    service: Service, permutations: Permutations
) -> None:
    permutations.gate.set()
    epoch = service.epoch(1, **SPEC)

    parts = [service.get(f"{epoch}/{part}") for part in PARTS]

    assert {part.status_code for part in parts} == {200}
    assert permutations.calls == 1


@pytest.mark.parametrize("part", PARTS)
def test_an_order_above_the_limit_is_refused_before_any_work(
    permutations: Permutations, part: str
) -> None:
    small = Service(table_samples=SIZE - 1)

    answer = small.get(f"{small.epoch(0, **SPEC)}/{part}")

    small.app.state.pool.close()
    assert answer.status_code == 422
    assert [fault["code"] for fault in faults(answer)] == ["order-too-large"]
    assert permutations.calls == 0


def test_no_sample_is_looked_for_in_an_order_above_the_limit(permutations: Permutations) -> None:
    small = Service(table_samples=SIZE + SIZE // 8)
    plan_id = small.plan(**SPEC)["plan_id"]

    # every epoch draws from behind the draws of those before it
    answer = small.get(f"/v1/plans/{plan_id}/samples/7")

    small.app.state.pool.close()
    assert [fault["code"] for fault in faults(answer)] == ["order-too-large"]
    assert permutations.calls == 0


def test_a_sample_is_looked_for_in_the_epochs_that_are_within_the_limit(
    permutations: Permutations,
) -> None:
    permutations.gate.set()
    small = Service(table_samples=SIZE + SIZE // 8)
    plan_id = small.plan(**SPEC)["plan_id"]

    found = small.read(f"/v1/plans/{plan_id}/samples/7?stop_epoch=1")

    assert eventually(lambda: small.app.state.pool.jobs.taken == 0)
    small.app.state.pool.close()
    assert [use["epoch"] for use in found["occurrences"]] == [0]
    assert permutations.calls == 1
