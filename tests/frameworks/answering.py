"""What this service answers to a case, in the words in which a real framework answers it."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

from app.api.specs import read_spec
from app.errors import InvalidSpecError
from app.manifest.digest import growing_digest
from app.manifest.index_type import IndexType
from app.manifest.page import listed_indices
from app.manifest.rows import Group, rows_of
from app.manifest.selection import Selection, select
from app.plan.facts import plan_facts
from app.plan.planner import Plan, plan_draft

Case = dict[str, Any]
Answer = dict[str, Any]


def plan_of_case(case: Case) -> Plan:
    """The plan of a case; its numbers with a point are taken by their digits, as in a body."""
    fields = json.loads(json.dumps(case["spec"]), parse_float=Decimal)
    draft, faults = read_spec(fields)
    return plan_draft(draft, known_faults=faults)


def our_answer(case: Case) -> Answer:
    """Numbers and lists of a case; epochs behind the end of the run are left out."""
    try:
        plan = plan_of_case(case)
    except InvalidSpecError as refusal:
        return {"refused": "; ".join(fault.detail for fault in refusal.faults)}
    facts = plan_facts(plan)
    numbers = {name: facts[name] for name in ("total_steps", "micro_steps_per_epoch")}
    read = digest_of if case.get("digest") else micro_batches_of
    last = plan.run.epochs - 1
    whole = plan.run.samples_in_epoch(last) >= plan.run.shape.samples_per_epoch
    return {
        "cut_epoch": None if whole else str(last),
        "numbers": {**numbers, **plan.framework.numbers(plan.spec, plan.run)},
        "epochs": {
            str(epoch): [read(select(plan, epoch=epoch, rank=rank)) for rank in ranks_of(plan)]
            for epoch in case["epochs"]
            if epoch < plan.run.epochs
        },
    }


def ranks_of(plan: Plan) -> range:
    return range(plan.spec.batch.data_parallel_size)


def micro_batches_of(selection: Selection) -> list[list[int]]:
    """The micro-batches of a rank, without the empty ones at the end."""
    steps: list[list[list[int]]] = orjson.loads(listed_indices(selection, Group.MICRO_STEP))
    return without_empty_end([micro_batch for step in steps for micro_batch in step])


def digest_of(selection: Selection) -> Answer:
    *_, digest = growing_digest(selection, IndexType.INT64)
    filled = [row for row in rows_of(selection, Group.MICRO_STEP) if row.stop > row.first]
    return {
        "sha256": digest.sha256,
        "count": digest.sample_count,
        "micro_batches": len(filled),
    }


def digest_of_list(sample_indices: list[int]) -> str:
    """SHA-256 of a list as little-endian int64."""
    return sha256(
        b"".join(i.to_bytes(8, "little", signed=True) for i in sample_indices)
    ).hexdigest()


def without_empty_end(micro_batches: list[list[int]]) -> list[list[int]]:
    filled = [number for number, each in enumerate(micro_batches, start=1) if each]
    return micro_batches[: max(filled, default=0)]


def mismatches(ours: Answer, theirs: Answer) -> list[str]:
    """Where two answers differ, in words; a run that ends inside an epoch has read its beginning.

    Numbers count where both sides state them; refusals count without their wording.
    """
    if "refused" in ours or "refused" in theirs:
        same = ("refused" in ours) == ("refused" in theirs)
        return (
            [] if same else [f"refused here: {ours.get('refused')}; there: {theirs.get('refused')}"]
        )
    found = [
        f"{name}: {ours['numbers'][name]} here, {value} there"
        for name, value in theirs.get("numbers", {}).items()
        if name in ours["numbers"] and ours["numbers"][name] != value
    ]
    for epoch, ranks in theirs.get("epochs", {}).items():
        if epoch in ours["epochs"]:
            cut = epoch == ours["cut_epoch"]
            found += _epoch_mismatches(epoch, ours["epochs"][epoch], ranks, cut=cut)
    return found


def _epoch_mismatches(epoch: str, ours: list[Any], theirs: list[Any], *, cut: bool) -> list[str]:
    if len(ours) != len(theirs):
        return [f"epoch {epoch}: {len(ours)} ranks here, {len(theirs)} there"]
    return [
        f"epoch {epoch}, rank {rank}: {str(mine)[:200]} here, {str(other)[:200]} there"
        for rank, (mine, other) in enumerate(zip(ours, theirs, strict=True))
        if not _same_rank(mine, other, cut=cut)
    ]


def _same_rank(ours: Any, theirs: Any, *, cut: bool) -> bool:
    if isinstance(theirs, dict):
        return bool(ours == theirs)
    expected = without_empty_end(theirs)
    return bool(ours == (expected[: len(ours)] if cut else expected))
