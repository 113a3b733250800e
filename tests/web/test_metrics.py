import pytest

from app.web.metrics import Metrics


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_requests_are_counted_by_what_they_were() -> None:
    metrics = Metrics()

    metrics.count(method="GET", route="/livez", status=200, seconds=0.5)
    metrics.count(method="GET", route="/livez", status=200, seconds=0.5)

    labels = {"method": "GET", "route": "/livez", "status": "200"}
    assert value(metrics, "epochplan_http_requests_total", **labels) == 2


def test_the_time_of_requests_adds_up() -> None:
    metrics = Metrics()

    metrics.count(method="GET", route="/livez", status=200, seconds=0.5)
    metrics.count(method="GET", route="/livez", status=404, seconds=0.25)

    labels = {"method": "GET", "route": "/livez"}
    assert value(metrics, "epochplan_http_request_duration_seconds_sum", **labels) == 0.75


def test_streams_are_counted_at_the_moment_of_reading() -> None:
    metrics = Metrics()
    streams = [1, 2, 3]
    metrics.watch_streams(lambda: len(streams))

    streams.pop()

    assert value(metrics, "epochplan_streams_active") == 2


@pytest.mark.parametrize(
    "name",
    [
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "python_info",
        "epochplan_http_requests_in_progress",
        "epochplan_http_streamed_bytes_total",
    ],
)
def test_the_text_holds_the_process_and_the_requests(name: str) -> None:
    assert f"# TYPE {name} " in Metrics().render().decode()


def test_two_applications_count_for_themselves() -> None:
    one, other = Metrics(), Metrics()

    one.streamed.inc(7)

    assert value(other, "epochplan_http_streamed_bytes_total") == 0
