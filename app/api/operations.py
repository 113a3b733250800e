"""What those who run the service ask of it: alive, ready, metrics, version."""

from importlib.metadata import version
from platform import python_version
from typing import Final, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app import __version__
from app.arithmetic.spec import FrameworkChoice
from app.frameworks.registry import find_framework
from app.sampling.backend import backend_name
from app.web.endpoint import Endpoints
from app.web.metrics import METRICS_MEDIA_TYPE, metrics_of
from app.web.problem_schema import problem_responses
from app.web.problems import RequestRefusedError
from app.web.readiness import readiness_of

RETRY_SECONDS: Final = 1
_NO_STORE: Final = {"Cache-Control": "no-store"}

endpoints = Endpoints("operations")


class Liveness(BaseModel):
    """The process runs, and its event loop answers."""

    status: Literal["alive"] = "alive"


class ReadinessOut(BaseModel):
    """Requests may come."""

    status: Literal["ready"] = "ready"


class VersionOut(BaseModel):
    """What computes the answers."""

    service_version: str = Field(description="Release of the service.", examples=["0.1.0"])
    order_algorithm: str = Field(
        description="Algorithm of the native orders.", examples=["epochplan-1"]
    )
    backend: Literal["numba", "numpy", "warming up"] = Field(
        description="What computes indices: compiled kernels, or plain NumPy where none compile."
    )
    python: str = Field(description="Version of Python.", examples=["3.11.9"])
    numpy: str = Field(description="Version of NumPy.", examples=["2.4.6"])
    numba: str = Field(description="Version of Numba.", examples=["0.68.1"])


@endpoints.get(
    "/livez",
    operation_id="read_liveness",
    summary="Whether the process is alive",
    response_model=Liveness,
)
async def read_liveness(_request: Request) -> Response:
    """Whether the process is alive; says nothing about whether it is ready."""
    return _rendered(Liveness())


@endpoints.get(
    "/readyz",
    operation_id="read_readiness",
    summary="Whether requests may come",
    response_model=ReadinessOut,
    responses=problem_responses(503),
)
async def read_readiness(request: Request) -> Response:
    """Whether requests may come: 503 until the kernels are warm, and while the service stops."""
    obstacle = readiness_of(request).obstacle
    if obstacle is not None:
        raise RequestRefusedError(
            status=503,
            code="not-ready",
            title=f"The service is not ready: {obstacle}",
            headers={"Retry-After": str(RETRY_SECONDS)},
        )
    return _rendered(ReadinessOut())


@endpoints.get(
    "/metrics",
    operation_id="read_metrics",
    summary="Metrics for Prometheus",
    response_class=PlainTextResponse,
)
async def read_metrics(request: Request) -> Response:
    """Metrics in the text format of Prometheus."""
    content = metrics_of(request).render()
    return Response(content, headers=_NO_STORE, media_type=METRICS_MEDIA_TYPE)


@endpoints.get(
    "/version",
    operation_id="read_version",
    summary="What computes the answers",
    response_model=VersionOut,
)
async def read_version(request: Request) -> Response:
    """What computes the answers: release, algorithm and libraries."""
    return _rendered(
        VersionOut(
            service_version=__version__,
            order_algorithm=find_framework(FrameworkChoice()).order_algorithm,
            backend=backend_name() if readiness_of(request).warm else "warming up",
            python=python_version(),
            numpy=version("numpy"),
            numba=version("numba"),
        )
    )


def _rendered(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(), headers=_NO_STORE, media_type="application/json")
