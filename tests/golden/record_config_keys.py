"""Records which keys the configs of the real frameworks may have, and a few of their defaults.

    python -m tests.golden.record_config_keys --megatron CHECKOUT --wheels FOLDER

writes app/configs/known_keys.json, from the environments in .venv-peers. CHECKOUT is Megatron-LM at
core_v0.16.1: its wheel has no training loop, and it does not run without a GPU. FOLDER holds the
wheels of mosaicml and llm-foundry, unpacked: they need another torch than the one that is here, so
they are read and not run.
"""

import argparse
import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.golden.config_keys_sources import megatron_keys, members

ROOT: Final = Path(__file__).parents[2]
RECORD: Final = ROOT / "app" / "configs" / "known_keys.json"
PROBE: Final = Path(__file__).with_name("config_keys_probe.py")
PEERS: Final = ROOT / ".venv-peers"

HF: Final = ("hf445", "hf451", "hf457", "hf5")
FOUNDRY_DATASET: Final = ("max_seq_len",)
"""Of the datasets of LLM Foundry; source: llm-foundry 0.22.0, llmfoundry/data/text_data.py."""

DEEPSPEED: Final = ("deepspeed0195", "deepspeed0197", "deepspeed")

Record = dict[str, Any]


def probed(peer: str, question: str) -> Record:
    """What the probe answers in the environment of a real framework."""
    answer = subprocess.run(
        [str(PEERS / peer / "bin" / "python"), str(PROBE), question],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    record: Record = json.loads(answer.stdout.splitlines()[-1])
    return record


def merged(records: Sequence[Record]) -> Record:
    """Every key of any version; the defaults of the newest, which comes last."""
    packages: dict[str, list[str]] = {}
    for record in records:
        for package, version in record["packages"].items():
            packages.setdefault(package, []).append(version)
    keys = sorted({key for record in records for key in record["keys"]})
    return {"packages": packages, "keys": keys, "defaults": records[-1]["defaults"]}


def version_of(wheels: Path, package: str) -> str:
    return next(wheels.glob(f"{package}-*.dist-info")).name.split("-")[1].removesuffix(".dist")


def of_composer(wheels: Path) -> Record:
    trainer = members(wheels / "composer" / "trainer" / "trainer.py", "Trainer")
    foundry = members(wheels / "llmfoundry" / "utils" / "config_utils.py", "TrainConfig")
    installed = PEERS / "streaming" / "lib" / "python3.11" / "site-packages"
    dataset = members(installed / "streaming" / "base" / "dataset.py", "StreamingDataset")
    loader = members(installed / "torch" / "utils" / "data" / "dataloader.py", "DataLoader")
    names = {"mosaicml": wheels, "llm_foundry": wheels, "mosaicml_streaming": installed}
    section = "train_loader"
    return {
        "packages": {name.replace("_", "-"): version_of(at, name) for name, at in names.items()},
        "keys": [
            *(*trainer, *foundry, f"{section}.name"),
            *(f"{section}.{name}" for name in loader),
            *(f"{section}.dataset.{name}" for name in dataset),
            *(f"{section}.dataset.{name}" for name in FOUNDRY_DATASET),
        ],
        "defaults": {f"{section}.dataset.shuffle_seed": dataset["shuffle_seed"]},
    }


def of_megatron(checkout: Path) -> Record:
    return {
        "packages": {"Megatron-LM": "core_v0.16.1"},
        "keys": megatron_keys(checkout),
        "defaults": {},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megatron", required=True, type=Path)
    parser.add_argument("--wheels", required=True, type=Path)
    given = parser.parse_args()
    record = {
        "composer": merged([of_composer(given.wheels)]),
        "deepspeed": merged([probed(peer, "deepspeed") for peer in DEEPSPEED]),
        "hf-trainer": merged([probed(peer, "hf-trainer") for peer in HF]),
        "lightning": merged([probed("lightning", "lightning")]),
        "megatron": merged([of_megatron(given.megatron)]),
    }
    RECORD.write_text(f"{json.dumps(record, indent=1, sort_keys=True)}\n", encoding="utf-8")
    print({kind: len(each["keys"]) for kind, each in record.items()})


if __name__ == "__main__":
    main()
