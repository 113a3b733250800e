"""What the init container of the job does, and that job and service fit together."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.examples.changed_repository import clean_environment
from tests.examples.trainer import EXAMPLES, ROOT

FOLDER = EXAMPLES / "kubernetes"
PODS, JOB = yaml.safe_load_all((FOLDER / "job.yaml").read_text(encoding="utf-8"))
DEPLOYMENT, SERVICE = yaml.safe_load_all((FOLDER / "service.yaml").read_text(encoding="utf-8"))
SPEC = {"dataset_size": 1797, "global_batch_size": 64, "data_parallel_size": 4, "epochs": 3}
RANK = 2


def pod_of(workload: Any) -> Any:
    return workload["spec"]["template"]["spec"]


def told_in(containers: Any) -> dict[str, str]:
    """Variables of containers that are written out there."""
    variables = [each for container in containers for each in container["env"]]
    return {each["name"]: each["value"] for each in variables if "value" in each}


def fetch(folder: Path, url: str, **told: str) -> subprocess.CompletedProcess[str]:
    """Run the init container of one rank; the image's own folder is that of this tree."""
    (container,) = pod_of(JOB)["initContainers"]
    variables = {"EPOCHPLAN_URL": url, "MANIFESTS": str(folder)}
    python = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    return subprocess.run(
        [*container["command"], *container["args"]],
        cwd=ROOT,
        env=clean_environment() | python | variables | told,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def plan(url: str) -> Any:
    return httpx.post(f"{url}/v1/plans", json=SPEC, trust_env=False).json()


@pytest.fixture
def pod(plan: Any) -> dict[str, str]:
    """What the cluster and the ConfigMap tell a pod."""
    return {
        "EPOCHS": str(plan["epochs"]),
        "JOB_COMPLETION_INDEX": str(RANK),
        "PLAN_ID": plan["plan_id"],
        "RANKS": "4",
    }


def test_a_pod_has_the_manifest_of_its_rank_for_every_epoch(
    tmp_path: Path, url: str, plan: Any, pod: dict[str, str]
) -> None:
    done = fetch(tmp_path, url, **pod)

    assert done.returncode == 0, done.stderr
    for epoch in range(3):
        address = f"{url}/v1/plans/{plan['plan_id']}/epochs/{epoch}/manifest.raw?rank={RANK}"
        wanted = httpx.get(address, trust_env=False).content
        assert (tmp_path / f"epoch-{epoch}.int64").read_bytes() == wanted


def test_a_job_with_other_ranks_than_planned_fetches_nothing(
    tmp_path: Path, url: str, pod: dict[str, str]
) -> None:
    done = fetch(tmp_path, url, **pod | {"RANKS": "8"})

    assert done.returncode != 0
    assert "data_parallel_size" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_whatever_says_how_many_ranks_there_are_says_the_same() -> None:
    told = told_in(pod_of(JOB)["initContainers"]) | told_in(pod_of(JOB)["containers"])

    assert JOB["spec"]["completionMode"] == "Indexed"
    assert {JOB["spec"]["completions"], JOB["spec"]["parallelism"]} == {4}
    assert (told["RANKS"], told["WORLD_SIZE"]) == ("4", "4")


def test_the_pods_of_the_job_find_the_first_of_them() -> None:
    name = JOB["metadata"]["name"]
    told = told_in(pod_of(JOB)["containers"])

    assert PODS["spec"]["selector"] == {"batch.kubernetes.io/job-name": name}
    assert pod_of(JOB)["subdomain"] == PODS["metadata"]["name"]
    assert told["MASTER_ADDR"] == f"{name}-0.{PODS['metadata']['name']}"


def test_the_service_leads_to_the_port_of_the_deployment() -> None:
    (container,) = pod_of(DEPLOYMENT)["containers"]
    (port,) = container["ports"]

    assert SERVICE["spec"]["selector"].items() <= (
        DEPLOYMENT["spec"]["template"]["metadata"]["labels"].items()
    )
    assert SERVICE["spec"]["ports"][0]["targetPort"] == port["name"]


@pytest.mark.parametrize("workload", [JOB, DEPLOYMENT], ids=["job", "deployment"])
def test_no_container_is_root_or_writes_into_its_image(workload: Any) -> None:
    pod = pod_of(workload)

    containers = [*pod["containers"], *pod.get("initContainers", [])]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert all(each["securityContext"]["readOnlyRootFilesystem"] for each in containers)


@pytest.mark.parametrize("workload", [JOB, DEPLOYMENT], ids=["job", "deployment"])
def test_no_variable_of_a_service_is_taken_for_a_setting(workload: Any) -> None:
    assert pod_of(workload)["enableServiceLinks"] is False
