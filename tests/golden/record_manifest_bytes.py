"""Records the SHA-256 of manifests, byte for byte: `python -m tests.golden.record_manifest_bytes`.

Run it for new cases only. A digest that changes means that what was promised to stay has changed.
"""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import Remainder, Sampling, SamplingMethod
from app.manifest.encodings import FILES, STREAMS
from app.manifest.index_type import IndexType
from app.manifest.rows import Group
from app.manifest.selection import Selection, select
from app.plan.planner import plan_draft

RECORD = Path(__file__).with_name("manifest_bytes.json")

_TWO = Fraction(2)

SPECS: Mapping[str, SpecDraft] = {
    "digits, keep, 4 ranks": SpecDraft(
        dataset_size=1_797,
        global_batch_size=32,
        data_parallel_size=4,
        gradient_accumulation_steps=2,
        epochs=_TWO,
        sampling=Sampling(seed=42),
    ),
    "digits, pad": SpecDraft(
        dataset_size=1_797, global_batch_size=32, epochs=_TWO, remainder=Remainder.PAD
    ),
    "above the table": SpecDraft(
        dataset_size=70_001, global_batch_size=7_000, epochs=_TWO, remainder=Remainder.DROP
    ),
    "passes end inside": SpecDraft(
        dataset_size=1_000,
        global_batch_size=16,
        data_parallel_size=2,
        steps_per_epoch=150,
        steps=300,
    ),
    "one order": SpecDraft(
        dataset_size=100_000,
        global_batch_size=500,
        epochs=_TWO,
        sampling=Sampling(method=SamplingMethod.SHUFFLE_ONCE, seed=2**64 - 1),
    ),
    "in order": SpecDraft(
        dataset_size=1_000,
        global_batch_size=64,
        epochs=_TWO,
        sampling=Sampling(method=SamplingMethod.SEQUENTIAL),
    ),
    "distinct": SpecDraft(
        dataset_size=10**6,
        global_batch_size=100,
        steps_per_epoch=100,
        epochs=_TWO,
        sampling=Sampling(method=SamplingMethod.RANDOM_SAMPLE, seed=1),
    ),
    "with replacement": SpecDraft(
        dataset_size=5_000,
        global_batch_size=64,
        epochs=_TWO,
        sampling=Sampling(method=SamplingMethod.WITH_REPLACEMENT, seed=1),
    ),
    "ImageNet": SpecDraft(
        dataset_size=1_281_167, global_batch_size=2_048, data_parallel_size=8, epochs=_TWO
    ),
}

_GROUPED: Mapping[str, tuple[Group, ...]] = {"ndjson": tuple(Group)}
_TYPED: Mapping[str, tuple[IndexType, ...]] = dict.fromkeys(("raw", "npy", "arrow"), (*IndexType,))


def digests() -> dict[str, Any]:
    """SHA-256 of the second epoch of every case: of all ranks, and of a slice of the last one."""
    return {
        case: {"all": dict(_of_every_format(whole)), "slice": dict(_of_every_format(part))}
        for case, (whole, part) in _selections()
    }


def _selections() -> Iterator[tuple[str, tuple[Selection, Selection]]]:
    for case, draft in SPECS.items():
        plan = plan_draft(draft)
        last_rank = plan.spec.batch.data_parallel_size - 1
        whole = select(plan, epoch=1, stop_step=min(60, plan.run.shape.steps_per_epoch))
        yield case, (whole, select(plan, epoch=1, rank=last_rank, start_step=3, stop_step=9))


def _of_every_format(selection: Selection) -> Iterator[tuple[str, str]]:
    for name in (*FILES, *STREAMS):
        for group in _GROUPED.get(name, (Group.STEP,)):
            for index_type in _TYPED.get(name, (IndexType.INT64,)):
                content = _written(selection, name, group, index_type)
                yield f"{name} {group} {index_type}", sha256(content).hexdigest()


def _written(selection: Selection, name: str, group: Group, index_type: IndexType) -> bytes:
    if name in STREAMS:
        return b"".join(STREAMS[name](selection, group, index_type))
    file = FILES[name](selection, index_type)
    return b"".join(file.blocks(0, file.size, block_bytes=2**18))


if __name__ == "__main__":
    RECORD.write_text(json.dumps(digests(), indent=1) + "\n", encoding="utf-8")
    print(f"{RECORD.name}: {len(SPECS)} cases")
