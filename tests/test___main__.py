import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest

from app.__main__ import _welcome
from tests.running import ROOT, free_port, running_service
from tests.web.patience import eventually

HUGE = "dataset_size=1000000000000000&global_batch_size=1000&epochs=1"


whatever_the_workers = pytest.mark.parametrize("workers", ["1", "2"])


def ended(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A service that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def seconds_to_stop(service: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    service.send_signal(signal.SIGTERM)
    service.wait(timeout=30)
    return time.monotonic() - began


@contextmanager
def streaming(address: str) -> Iterator[None]:
    """A stream of eight petabytes, being read."""
    with httpx.Client(base_url=address, timeout=30) as client:
        plan_id = client.get(f"/v1/plans?{HUGE}").json()["plan_id"]
        with client.stream("GET", f"/v1/plans/{plan_id}/epochs/0/manifest.raw") as answer:
            next(answer.iter_raw())
            yield


@contextmanager
def long_drain(workers: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A service that drains for as long as the block takes, and then no longer."""
    with running_service(EPOCHPLAN_DRAIN_SECONDS="60", EPOCHPLAN_WORKERS=workers) as running:
        yield running
        running[1].send_signal(signal.SIGINT)


def test_bad_settings_end_the_start_with_all_their_names() -> None:
    done = ended(EPOCHPLAN_PORT="x", EPOCHPLAN_COLOUR="red")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "EPOCHPLAN_COLOUR is not a setting",
        "EPOCHPLAN_PORT='x': Input should be a valid integer, unable to parse string as an integer",
    ]


def test_an_argument_is_refused_because_settings_are_variables() -> None:
    done = ended("--port=9000")

    assert done.returncode == 2
    assert "unrecognized arguments: --port=9000" in done.stderr


@whatever_the_workers
def test_an_address_that_is_taken_ends_the_start_without_a_traceback(workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = ended(EPOCHPLAN_HOST="127.0.0.1", EPOCHPLAN_PORT=port, EPOCHPLAN_WORKERS=workers)

    assert done.returncode == 3
    assert "address already in use" in done.stdout.lower()
    assert "Traceback" not in done.stdout + done.stderr


def says_that_it_stops(address: str) -> bool:
    """Whether every worker that takes a connection is about to stop."""
    return {httpx.get(f"{address}/readyz").status_code for _ in range(8)} == {503}


@whatever_the_workers
def test_a_signal_first_turns_readiness_off(workers: str) -> None:
    with long_drain(workers) as (address, service):
        service.send_signal(signal.SIGTERM)

        assert eventually(lambda: says_that_it_stops(address))
        assert httpx.get(f"{address}/readyz").headers["retry-after"] == "1"
        assert httpx.get(f"{address}/livez").status_code == 200


@whatever_the_workers
def test_the_last_answer_of_a_connection_says_that_it_is_the_last(workers: str) -> None:
    with long_drain(workers) as (address, service), httpx.Client(base_url=address) as client:
        before = client.get("/livez")
        service.send_signal(signal.SIGTERM)
        answers: list[httpx.Response] = []

        def is_told() -> bool:
            answers.append(client.get("/livez"))
            return "connection" in answers[-1].headers

        assert eventually(is_told)

    assert "connection" not in before.headers
    assert answers[-1].headers["connection"] == "close"
    assert {answer.status_code for answer in answers} == {200}


@whatever_the_workers
def test_a_signal_ends_the_service_in_peace(workers: str) -> None:
    with running_service(EPOCHPLAN_WORKERS=workers) as (_, service):
        service.send_signal(signal.SIGTERM)

        assert service.wait(timeout=30) == 0


@whatever_the_workers
def test_a_huge_stream_does_not_keep_the_service_from_stopping(workers: str) -> None:
    with (
        running_service(EPOCHPLAN_DRAIN_SECONDS="1", EPOCHPLAN_WORKERS=workers) as (
            address,
            service,
        ),
        streaming(address),
    ):
        seconds = seconds_to_stop(service)

    assert seconds < 15


@whatever_the_workers
def test_a_second_interruption_does_not_wait(workers: str) -> None:
    with running_service(EPOCHPLAN_DRAIN_SECONDS="60", EPOCHPLAN_WORKERS=workers) as (_, service):
        service.send_signal(signal.SIGINT)
        time.sleep(0.5)
        service.send_signal(signal.SIGINT)

        assert service.wait(timeout=30) == 0


def test_a_worker_that_is_killed_is_replaced_while_others_answer() -> None:
    with running_service(EPOCHPLAN_WORKERS="2") as (address, service):
        supervisor = psutil.Process(service.pid)
        before = supervisor.children()
        before[0].kill()
        psutil.wait_procs(before[:1], timeout=30)
        answer = httpx.get(f"{address}/livez")
        give_up = time.monotonic() + 30
        while len(supervisor.children()) < 2 and time.monotonic() < give_up:
            time.sleep(0.05)

        after = supervisor.children()

    assert answer.status_code == 200
    assert before[0] not in after
    assert (len(after), before[1] in after) == (2, True)


def test_no_worker_outlives_its_supervisor() -> None:
    with running_service(EPOCHPLAN_WORKERS="2") as (_, service):
        workers = psutil.Process(service.pid).children()
        service.kill()

        _, alive = psutil.wait_procs(workers, timeout=30)

    assert (len(workers), alive) == (2, [])


@whatever_the_workers
def test_the_start_says_where_the_service_is(workers: str) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "EPOCHPLAN_HOST": "127.0.0.1",
        "EPOCHPLAN_PORT": str(port),
        "EPOCHPLAN_WORKERS": workers,
    }
    command = [sys.executable, "-m", "app"]

    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as service:
        assert service.stderr is not None
        line = service.stderr.readline().decode()
        service.terminate()

    url = f"http://127.0.0.1:{port}"
    assert line == f"Epochplan listens on {url} (documentation: {url}/docs)\n"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("192.0.2.1", "http://192.0.2.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - shown, not bound
        ("::", "http://[::1]:80"),
        ("2001:db8::1", "http://[2001:db8::1]:80"),
    ],
)
def test_the_shown_address_can_be_opened(host: str, url: str) -> None:
    assert f"listens on {url} " in _welcome(host, 80)
