"""Manifests end to end: what a client gets is what the contract promises."""

import struct
from hashlib import sha256
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings

from app.api.manifest_schema import DigestOut
from app.arithmetic.spec import TrainingSpec
from app.plan.facts import spec_facts
from app.plan.planner import make_plan
from tests.api.calling import Json, Service
from tests.manifest.reading import ndjson_rows
from tests.strategies import specs

DIGITS: Json = {"dataset_size": 1_797, "global_batch_size": 32, "epochs": 1}


def raw_indices(service: Service, url: str, **headers: str) -> list[int]:
    answer = service.get(url, **headers)
    assert answer.status_code in {200, 206}, answer.text
    listed: list[int] = np.frombuffer(answer.content, "<i8").tolist()
    return listed


def whole_run(service: Service, **spec: object) -> bytes:
    """The raw manifests of all epochs, one after the other."""
    plan = service.plan(**spec)
    base = f"/v1/plans/{plan['plan_id']}/epochs"
    return b"".join(
        service.get(f"{base}/{epoch}/manifest.raw").content for epoch in range(plan["epochs"])
    )


def test_an_epoch_is_only_a_checkpoint(service: Service) -> None:
    spec = {"dataset_size": 2_000, "global_batch_size": 10}

    long_epoch = whole_run(service, **spec, steps_per_epoch=1_000, epochs=1)
    short_epochs = whole_run(service, **spec, steps_per_epoch=100, epochs=10)

    assert len(long_epoch) == 8 * 10_000
    assert long_epoch == short_epochs


@pytest.mark.parametrize("method", ["sequential", "shuffle", "shuffle_once"])
@pytest.mark.parametrize("steps_per_epoch", [1, 3, 7, 70])
def test_passes_may_end_inside_of_epochs_longer_than_a_pass(
    service: Service, method: str, steps_per_epoch: int
) -> None:
    spec = {"dataset_size": 23, "global_batch_size": 5, "steps": 70, "sampling": {"method": method}}

    unbroken = whole_run(service, **spec, steps_per_epoch=35)
    other = whole_run(service, **spec, steps_per_epoch=steps_per_epoch)

    assert other == unbroken
    passes = [
        np.frombuffer(unbroken, "<i8")[start : start + 23] for start in range(0, 350 - 23, 23)
    ]
    assert all(sorted(each) == [*range(23)] for each in passes)


@settings(max_examples=60)
@given(spec=specs(most=40))
def test_every_sample_of_a_pass_comes_exactly_once(service: Service, spec: TrainingSpec) -> None:
    plan = make_plan(spec)
    if spec.is_virtual or plan.epoch_kind == "draws":
        return
    url = f"{service.plan(**spec_facts(spec))['links']['manifest'].format(epoch=0)}.raw"

    listed = raw_indices(service, url)

    in_pass = listed[: spec.dataset_size]
    assert len({*in_pass}) == len(in_pass)
    assert {*listed} <= {*range(spec.dataset_size)}


@settings(max_examples=60)
@given(spec=specs(most=40))
def test_the_digest_is_that_of_the_raw_bytes(service: Service, spec: TrainingSpec) -> None:
    url = f"/v1/plans/{service.plan(**spec_facts(spec))['plan_id']}/epochs/0"
    content = service.get(f"{url}/manifest.raw").content

    answer = service.get(f"{url}/digest")

    digest = DigestOut.model_validate_json(answer.content)
    assert digest.sha256 == sha256(content).hexdigest()
    assert (digest.sample_count, digest.bytes) == (len(content) // 8, len(content))


@pytest.mark.parametrize(
    "query", ["rank=1&dtype=uint32", "start_step=3&stop_step=5", "stop_step=0"]
)
def test_the_digest_takes_the_query_of_the_raw_file(service: Service, query: str) -> None:
    url = service.epoch(**DIGITS, data_parallel_size=2)

    digest = service.read(f"{url}/digest?{query}")

    content = service.get(f"{url}/manifest.raw?{query}").content
    assert digest["sha256"] == sha256(content).hexdigest()


def test_a_billion_samples_are_one_file_whose_first_index_is_near(service: Service) -> None:
    url = service.epoch(dataset_size=10**9, global_batch_size=1_000, epochs=1) + "/manifest.npy"

    whole = service.ask("HEAD", url)
    first = service.get(url, range="bytes=128-135")

    assert whole.headers["content-length"] == "8000000128"
    assert first.status_code == 206
    assert first.headers["content-range"] == "bytes 128-135/8000000128"
    row = service.read(f"{url.removesuffix('.npy')}?stop_step=1")["sample_indices"][0]
    assert struct.unpack("<q", first.content) == (row[0],)


def test_the_last_index_of_the_largest_file_is_as_near(service: Service) -> None:
    url = service.epoch(dataset_size=2**60 - 20, global_batch_size=2**20, epochs=1)

    (last,) = raw_indices(service, f"{url}/manifest.raw", range="bytes=-8")

    steps = service.read(f"{url}/manifest?start_step=0&stop_step=0")["steps_in_epoch"]
    tail = raw_indices(
        service, f"{url}/manifest.raw?start_step={steps - 1}", range=f"bytes={8 * (2**20 - 21)}-"
    )
    assert tail == [last]


@pytest.mark.parametrize(
    ("spec", "epoch", "start", "expected"),
    [
        ({"dataset_size": 65_536}, 0, 0, [22637, 860, 48922]),
        ({"dataset_size": 65_536}, 0, 65_535, [44254]),
        (
            {"dataset_size": 10**12, "sampling": {"seed": 42}},
            7,
            0,
            [687343491314, 675643532158, 14469450742],
        ),
        ({"dataset_size": 10**12, "sampling": {"seed": 42}}, 7, 10**12 - 1, [569312057989]),
        (
            {"dataset_size": 2**60 + 1, "sampling": {"seed": 2**64 - 1}},
            3,
            0,
            [916142117982149454, 685812703360133531, 98836898817388143],
        ),
        (
            {"dataset_size": 2**60 + 1, "sampling": {"seed": 2**64 - 1}},
            3,
            2**60,
            [879970935404085029],
        ),
        ({"dataset_size": 10, "sampling": {"seed": 1}}, 2, 0, [4, 2, 6, 5, 1, 9, 0, 3, 8, 7]),
        (
            {
                "dataset_size": 10**6,
                "steps_per_epoch": 4,
                "sampling": {"seed": 1, "method": "random_sample"},
            },
            2,
            0,
            [389343, 239310, 764828, 954425],
        ),
        (
            {"dataset_size": 10**12, "sampling": {"seed": 1, "method": "with_replacement"}},
            2,
            0,
            [734239305202, 10319711533, 192039246760],
        ),
        (
            {"dataset_size": 10**12, "sampling": {"seed": 1, "method": "with_replacement"}},
            2,
            10**9,
            [275070288186],
        ),
    ],
)
def test_the_native_orders_have_their_published_values(
    service: Service, spec: Json, epoch: int, start: int, expected: list[int]
) -> None:
    url = service.epoch(epoch, **spec, global_batch_size=1, epochs=epoch + 1)

    query = f"start_step={start}&stop_step={start + len(expected)}"
    page = service.read(f"{url}/manifest?{query}&group=flat")

    assert page["sample_indices"] == expected


def test_positions_go_round_the_ranks_then_slots_then_micro_steps(service: Service) -> None:
    url = service.epoch(
        dataset_size=24,
        micro_batch_size=2,
        gradient_accumulation_steps=2,
        data_parallel_size=3,
        epochs=1,
        sampling={"method": "sequential"},
    )

    page = service.read(f"{url}/manifest?rank=1&group=micro_step")

    assert page["sample_indices"] == [[[1, 4], [7, 10]], [[13, 16], [19, 22]]]


def test_ranks_without_samples_are_shown_as_they_are(service: Service) -> None:
    url = service.epoch(dataset_size=9, micro_batch_size=2, data_parallel_size=4, epochs=1)

    page = service.read(f"{url}/manifest?rank=3&start_step=1&group=micro_step")
    rows = ndjson_rows(service.get(f"{url}/manifest?rank=3&start_step=1&format=ndjson").content)

    assert page["sample_indices"] == [[[]]]
    assert rows == [{"step_in_epoch": 1, "sample_indices": []}]


def test_numpy_loads_what_was_downloaded(service: Service) -> None:
    url = service.epoch(**DIGITS)

    loaded = np.load(BytesIO(service.get(f"{url}/manifest.npy?dtype=uint32").content))

    assert loaded.dtype == np.uint32
    assert loaded.tolist() == raw_indices(service, f"{url}/manifest.raw")


def test_the_last_epoch_has_only_the_steps_that_the_run_takes(service: Service) -> None:
    url = service.epoch(1, **{**DIGITS, "epochs": "1.5"})

    page = service.read(f"{url}/manifest")

    assert (page["steps_in_epoch"], page["stop_step"], page["sample_count"]) == (29, 29, 29 * 32)


def test_a_digest_above_the_limit_names_the_largest_legal_stop(service: Service) -> None:
    url = service.epoch(dataset_size=10**12, global_batch_size=1_000, epochs=1)
    refusal = service.get(f"{url}/digest?start_step=5").json()["errors"][0]

    (stop,) = refusal["nearest"]

    assert refusal["pointer"] == "/stop_step"
    assert stop == 5 + 2**28 // 1_000
