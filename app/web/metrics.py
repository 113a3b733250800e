"""What Prometheus can learn of one application."""

from collections.abc import Callable
from typing import Final, cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request

METRICS_MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """Counters of one application, in a registry of its own.

    Labels come from bounded sets only: templates of routes, known methods, statuses.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "epochplan_http_requests",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "epochplan_http_request_duration_seconds",
            "Time from the request's headers to the last byte of its answer.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._labelled: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.in_progress = Gauge(
            "epochplan_http_requests_in_progress",
            "Requests that are being answered now.",
            registry=self.registry,
        )
        self.streamed = Counter(
            "epochplan_http_streamed_bytes",
            "Bytes of answers that were computed while they were sent.",
            registry=self.registry,
        )

    def count(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Take one answered request into account."""
        key = (method, route, status)
        if key not in self._labelled:
            # the labels are bounded, and so is this; looking them up costs more than counting
            self._labelled[key] = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(method, route),
            )
        requests, latencies = self._labelled[key]
        requests.inc()
        latencies.observe(seconds)

    def watch_streams(self, taken: Callable[[], float]) -> None:
        """Show how many streams there are at the moment of reading."""
        Gauge(
            "epochplan_streams_active", "Streams that hold a place now.", registry=self.registry
        ).set_function(taken)

    def render(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)


def metrics_of(request: Request) -> Metrics:
    """The metrics of the application that serves the request."""
    return cast("Metrics", request.app.state.metrics)
