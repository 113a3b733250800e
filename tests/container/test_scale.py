"""Replicas behind nginx: each answers the same bytes, and one of them may go."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.container.hardened import run, run_with_errors
from tests.container.replicas import Replicas, replicas

SPEC = {"dataset_size": 10**9, "global_batch_size": 1000, "data_parallel_size": 10, "epochs": 3}
CLIENTS = 4
BROKEN_OFF = 0


def answers_around(asked: Replicas, *command: str) -> list[int]:
    """What some clients get before, while and after something happens; the last answers last."""
    over = Event()
    with ThreadPoolExecutor() as pool:
        asking = [pool.submit(list, statuses(asked.url, over)) for _ in range(CLIENTS)]
        over.wait(1)
        run(*command)
        over.wait(3)
        over.set()
        lists = [each.result() for each in asking]
    ended = [each.pop() for each in lists]
    answers = [status for each in lists for status in each] + ended
    print(f"\n{' '.join(command[:2])}: {len(answers)} requests, {answers.count(BROKEN_OFF)} broken")
    return answers


def statuses(url: str, over: Event) -> Iterator[int]:
    """Of one plan after another."""
    with httpx.Client(base_url=url) as client:
        while not over.is_set():
            try:
                yield client.post("/v1/plans", json=SPEC).status_code
            except httpx.RemoteProtocolError:
                yield BROKEN_OFF


@pytest.fixture(scope="module")
def three() -> Iterator[Replicas]:
    if run_with_errors("docker", "compose", "version").returncode != 0:
        pytest.skip("docker has no compose here")
    with replicas(3) as running:
        yield running


@pytest.fixture(scope="module")
def paths(three: Replicas) -> list[str]:
    links = httpx.post(f"{three.url}/v1/plans", json=SPEC).json()["links"]
    epoch = links["manifest"].replace("{epoch}", "2").removesuffix("/manifest")
    steps = "rank=7&start_step=999000&stop_step=999010"
    return [
        links["self"],
        f"{epoch}/digest?{steps}",
        f"{epoch}/manifest?{steps}",
        f"{epoch}/manifest.raw?{steps}",
        f"{epoch}/manifest.npy?{steps}&dtype=uint32",
    ]


def test_every_replica_gives_the_same_bytes(three: Replicas, paths: list[str]) -> None:
    answers = [three.read_within(name, paths) for name in three.names]

    assert len(three.names) == 3
    assert {status for status, *_ in answers[0]} == {200}
    assert answers[0] == answers[1] == answers[2]


def test_nginx_hands_on_what_a_replica_says(three: Replicas, paths: list[str]) -> None:
    told = [httpx.get(f"{three.url}{path}") for path in paths]

    assert [
        [answer.status_code, answer.headers.get("etag"), hashlib.sha256(answer.content).hexdigest()]
        for answer in told
    ] == three.read_within(three.names[0], paths)


def test_a_stream_starts_long_before_it_could_end(three: Replicas, paths: list[str]) -> None:
    address = f"{three.url}{paths[3].partition('?')[0]}"

    with httpx.stream("GET", address) as answer:
        first = next(answer.iter_raw())

    assert int(answer.headers["content-length"]) == 8 * 10**9
    assert first


def test_no_answer_is_lost_when_a_replica_stops(three: Replicas) -> None:
    answers = answers_around(three, "docker", "stop", three.names[0])

    assert set(answers) == {200}


def test_requests_go_on_when_a_replica_is_killed(three: Replicas) -> None:
    answers = answers_around(three, "docker", "kill", three.names[1])

    # nginx cannot ask again once the head of an answer is on its way to the client
    assert answers.count(BROKEN_OFF) <= CLIENTS
    assert set(answers) <= {200, BROKEN_OFF}
    assert answers[-CLIENTS:] == [200] * CLIENTS
