"""Plans on a running service, and where their bytes are."""

import httpx

from tests.bench.wire.servers import Server

STEP_SAMPLES = 2**17
"""Of the global batch: 1 MiB of int64."""

SMALL_SPEC = {"dataset_size": 2_000, "global_batch_size": 10, "epochs": 10}


def plan_path(server: Server, spec: dict[str, object]) -> str:
    """Where the plan of a spec can be read again."""
    answer = httpx.post(f"{server.address}/v1/plans", json=spec)
    answer.raise_for_status()
    return str(answer.json()["links"]["self"])


def raw_path(server: Server, *, dataset_size: int) -> str:
    """Where the raw indices of the first epoch of a shuffled dataset are; add start and stop."""
    spec: dict[str, object] = {
        "dataset_size": dataset_size,
        "global_batch_size": STEP_SAMPLES,
        "epochs": 1,
    }
    return f"{plan_path(server, spec)}/epochs/0/manifest.raw"


def etag_of(url: str) -> str:
    """The entity tag of an answer."""
    answer = httpx.get(url)
    answer.raise_for_status()
    return answer.headers["etag"]
