import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from app.__main__ import _welcome
from tests.running import ROOT, free_port, running_service

HUGE = "dataset_size=1000000000000000&global_batch_size=1000&epochs=1"


def ended(**settings: str) -> subprocess.CompletedProcess[str]:
    """A service that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "app"],
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


def test_bad_settings_end_the_start_with_all_their_names() -> None:
    done = ended(EPOCHPLAN_PORT="x", EPOCHPLAN_COLOUR="red")

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "EPOCHPLAN_COLOUR is not a setting",
        "EPOCHPLAN_PORT='x': Input should be a valid integer, unable to parse string as an integer",
    ]


def test_an_address_that_is_taken_ends_the_start_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = ended(EPOCHPLAN_HOST="127.0.0.1", EPOCHPLAN_PORT=port)

    assert done.returncode == 3
    assert "address already in use" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_signal_first_turns_readiness_off() -> None:
    with running_service(EPOCHPLAN_DRAIN_SECONDS="2") as (address, service):
        service.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        answer = httpx.get(f"{address}/readyz")

        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert httpx.get(f"{address}/livez").status_code == 200


def test_a_signal_ends_the_service_in_peace() -> None:
    with running_service() as (_, service):
        service.send_signal(signal.SIGTERM)

        assert service.wait(timeout=30) == 0


def test_a_huge_stream_does_not_keep_the_service_from_stopping() -> None:
    with running_service(EPOCHPLAN_DRAIN_SECONDS="1") as (address, service), streaming(address):
        seconds = seconds_to_stop(service)

    assert seconds < 5


def test_a_second_interruption_does_not_wait() -> None:
    with running_service(EPOCHPLAN_DRAIN_SECONDS="60") as (_, service):
        service.send_signal(signal.SIGINT)
        time.sleep(0.5)
        service.send_signal(signal.SIGINT)

        assert service.wait(timeout=30) == 0


def test_the_start_says_where_the_service_is() -> None:
    port = free_port()
    environment = {**os.environ, "EPOCHPLAN_HOST": "127.0.0.1", "EPOCHPLAN_PORT": str(port)}
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
