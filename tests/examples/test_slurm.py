"""A chain of jobs as long as its plan needs, and each job from where the run stands."""

from pathlib import Path

import pytest

from tests.examples.slurm_cluster import SlurmCluster

TOTAL_STEPS = 375


@pytest.fixture
def cluster(tmp_path: Path, url: str) -> SlurmCluster:
    return SlurmCluster.prepared(tmp_path, url)


def test_a_chain_has_as_many_jobs_as_the_steps_need(cluster: SlurmCluster) -> None:
    done = cluster.submit(cluster.lock(8), 100, "run", "--time", "4:00:00")

    assert done.returncode == 0, done.stderr
    assert len(cluster.jobs) == 4
    assert all("--nodes 2 " in job and "--time 4:00:00" in job for job in cluster.jobs)


def test_every_job_waits_for_the_one_before_it(cluster: SlurmCluster) -> None:
    cluster.submit(cluster.lock(8), 150, "run")

    first, *others = cluster.jobs
    assert "--dependency" not in first
    assert ["afterok:101" in others[0], "afterok:102" in others[1]] == [True, True]


def test_the_chain_trains_to_the_end_of_the_plan_and_not_beyond(cluster: SlurmCluster) -> None:
    cluster.submit(cluster.lock(8), 100, "run")

    done = [cluster.run_job(job) for job in cluster.jobs]

    assert [each.returncode for each in done] == [0, 0, 0, 0], done
    stops = [launch.rpartition(" ")[2] for launch in cluster.launches]
    assert stops == ["100", "200", "300", str(TOTAL_STEPS)]


def test_a_job_goes_on_within_the_epoch_where_the_run_stands(cluster: SlurmCluster) -> None:
    cluster.submit(cluster.lock(8), 130, "run")

    said = [cluster.run_job(job).stdout for job in cluster.jobs[:2]]

    assert said == [
        "steps 0 to 130, from step 0 of epoch 0 on\n",
        "steps 130 to 260, from step 5 of epoch 1 on\n",
    ]


def test_a_second_chain_on_other_ranks_has_only_what_is_left(cluster: SlurmCluster) -> None:
    cluster.submit(cluster.lock(8), 130, "run")
    cluster.run_job(cluster.jobs[0])

    done = cluster.submit(cluster.lock(4), 130, "run")

    assert done.stdout.startswith("130 of 375 steps are done; 2 jobs")
    assert cluster.run_job(cluster.jobs[-1]).stdout.startswith("steps 130 to 260")


def test_a_job_of_a_complete_run_launches_nothing(cluster: SlurmCluster) -> None:
    cluster.submit(cluster.lock(8), TOTAL_STEPS, "run")
    (job,) = cluster.jobs
    cluster.run_job(job)

    done = cluster.run_job(job)

    assert (done.returncode, done.stdout) == (0, "the run is complete: 375 steps\n")
    assert len(cluster.launches) == 1


def test_ranks_that_do_not_fill_nodes_are_refused(cluster: SlurmCluster) -> None:
    done = cluster.submit(cluster.lock(4), 100, "run", ranks_per_node=8)

    assert (done.returncode, cluster.jobs) == (1, [])
    assert "set RANKS_PER_NODE" in done.stderr


def test_steps_that_are_no_number_are_refused(cluster: SlurmCluster) -> None:
    done = cluster.submit(cluster.lock(8), "many", "run")

    assert (done.returncode, cluster.jobs) == (1, [])
    assert "not many" in done.stderr
