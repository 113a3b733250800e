"""The command as a process of its own, alone and with a service that runs elsewhere."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.invoking import SPEC, written
from tests.running import ROOT, free_port, running_service

ALONE = [sys.executable, "-m", "app.cli"]
# what runs in the background of a shell inherits that interruptions are ignored
INTERRUPTIBLE = [
    sys.executable,
    "-c",
    (
        "from signal import *; signal(SIGINT, default_int_handler)\n"
        "from app.cli.__main__ import main; main()"
    ),
]


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **variables}


def ran(*words: str, given: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ALONE, *words],
        env=environment(**variables),
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def truncating_server() -> Iterator[str]:
    """What announces more bytes than it sends, and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(
                        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 800\r\n"
                        b"Content-Range: bytes 0-799/800\r\n\r\n" + bytes(80)
                    )

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(timeout=30)


def test_standard_output_holds_the_answer_and_nothing_else() -> None:
    done = ran("plan", "-", "--format", "json", given=SPEC)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["total_steps"] == 200


def test_arguments_that_are_not_understood_leave_with_1() -> None:
    done = ran("diff", "one")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("epochplan: Missing argument 'NEW'")


def test_a_service_elsewhere_gives_the_same_answers(here: Path) -> None:
    spec = written(here, SPEC)
    alone = ran("lock", spec, "-o", "-")
    with running_service() as (address, _):
        asked = ran("lock", spec, "-o", "-", EPOCHPLAN_URL=address)
        fetched = ran("manifest", spec, "--epoch=0", "-o", "out", "--url", address)

    assert (alone.returncode, alone.stdout) == (0, asked.stdout)
    assert (fetched.returncode, (here / "out").stat().st_size) == (0, 16000)


def test_serving_is_the_service_until_a_signal() -> None:
    port = free_port()
    variables = environment(EPOCHPLAN_PORT=str(port), EPOCHPLAN_DRAIN_SECONDS="0")
    with subprocess.Popen([*ALONE, "serve"], env=variables, stderr=subprocess.PIPE) as service:
        assert service.stderr is not None
        told = service.stderr.readline()
        alive = httpx.get(f"http://127.0.0.1:{port}/livez")
        service.terminate()

    assert (told.startswith(b"Epochplan listens on"), alive.status_code) == (True, 200)
    assert service.returncode == 0


def test_a_download_that_is_cut_leaves_no_file(here: Path) -> None:
    with truncating_server() as address:
        done = ran("manifest", "ep1_x", "--epoch=0", "-o", "out", "--url", address)

    assert (done.returncode, list(here.iterdir())) == (1, [])
    assert "error[answer-broken]" in done.stderr


def test_ctrl_c_leaves_with_130_and_no_file(here: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        words = ["manifest", "ep1_x", "--epoch=0", "-o", "out", "--url", url]
        with subprocess.Popen(
            [*INTERRUPTIBLE, *words], env=environment(), stderr=subprocess.PIPE, text=True
        ) as command:
            silent.settimeout(60)
            connection, _ = silent.accept()
            with connection:
                connection.recv(65536)
                command.send_signal(signal.SIGINT)
                _, told = command.communicate(timeout=60)

    assert (command.returncode, told) == (130, "interrupted\n")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("words", ["plan -", "manifest - --epoch=0 -o -", "check - --format=sarif"])
def test_standard_output_on_a_full_disk_is_told(words: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ALONE, *words.split()],
            env=environment(),
            input=SPEC.encode(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=120,
        )

    assert done.returncode == 1
    assert done.stderr.decode().endswith("epochplan: standard output: No space left on device\n")


def test_the_reader_of_a_pipe_may_leave_early(here: Path) -> None:
    spec = written(here, "dataset_size: 1000000\nglobal_batch_size: 100\nepochs: 1\n")
    words = ["manifest", spec, "--epoch=0", "-o", "-", "--as", "raw"]
    with subprocess.Popen(
        [*ALONE, *words], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.read(10)
        command.stdout.close()
        told = command.stderr.read()

    assert "Traceback" not in told.decode()
    assert command.returncode == 1


def ran_python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_ctrl_c_while_the_command_is_loaded_leaves_with_130() -> None:
    done = ran_python(
        "import sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'app.cli.command': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "from app.cli.__main__ import main; main()"
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize(
    ("closed", "told"),
    [("<&-", "- cannot be read: Bad file descriptor"), (">&-", ""), ("2>&-", "")],
)
def test_a_stream_that_is_closed_breaks_nothing(here: Path, closed: str, told: str) -> None:
    spec = "-" if closed == "<&-" else written(here, SPEC)
    command = shlex.join([*ALONE, "plan", spec])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} {closed}"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, "Traceback" in done.stderr) == (int(bool(told)), False)
    assert told in done.stderr


def test_no_character_is_too_strange_for_standard_output(here: Path) -> None:
    strange = written(here, SPEC, "sp\N{GREEK SMALL LETTER ALPHA}c.yaml")

    done = ran("diff", strange, strange, PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert "sp\\u03b1c.yaml" in done.stdout


def test_a_fault_of_the_disk_is_not_one_of_standard_output() -> None:
    done = ran_python(
        "from app.cli import command\n"
        "def app(**_): open('no/where')\n"
        "command.app = app\n"
        "command.main()"
    )

    told = "epochplan: no/where: No such file or directory\n"
    assert (done.returncode, done.stderr) == (1, told)
