import json
import subprocess
import sys
from typing import Any

import pytest

PRELUDE = """
import logging, structlog
from app.web.logs import configure_logs
configure_logs({level!r})
log, standard = structlog.get_logger("ours"), logging.getLogger("theirs")
"""


def lines(program: str, level: str = "info") -> list[dict[str, Any]]:
    """What a process of its own logs: the configuration is that of a whole process."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE.format(level=level) + program],
        capture_output=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_event_is_a_line_of_json() -> None:
    (line,) = lines("log.info('request', status=200)")

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "request", "level": "info", "status": 200}


def test_the_standard_library_logs_in_the_same_way() -> None:
    (line,) = lines("standard.warning('%s is %d', 'it', 7, extra={'color_message': 'red'})")

    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "it is 7", "level": "warning"}


@pytest.mark.parametrize("logger", ["log", "standard"])
def test_an_exception_stands_in_its_line(logger: str) -> None:
    (line,) = lines(f"try: 1 / 0\nexcept ZeroDivisionError: {logger}.exception('broken')")

    assert line["event"] == "broken"
    assert "ZeroDivisionError: division by zero" in line["exception"]


def test_what_json_does_not_know_is_logged_all_the_same() -> None:
    events = lines("log.info(object, a={1})\nstandard.info(Exception('odd'))")

    assert len(events) == 2


def test_the_id_of_the_request_stands_in_every_line() -> None:
    program = (
        "structlog.contextvars.bind_contextvars(request_id='r')\nlog.info('a')\nstandard.info('b')"
    )

    assert [line["request_id"] for line in lines(program)] == ["r", "r"]


def test_lesser_events_are_left_out() -> None:
    program = "log.info('a'); log.warning('b'); standard.info('c'); standard.error('d')"

    assert [line["event"] for line in lines(program, level="warning")] == ["b", "d"]
