"""Records what a real framework answers to random cases.

    python -m tests.golden.record_peer pytorch --python .venv-peers/torch/bin/python

writes tests/golden/peers/<module>-<version>.json: the package, its version, the cases, the answers.
"""

import argparse
import json
from itertools import islice
from pathlib import Path
from typing import Any

from tests.conformance.drawing import Drawing
from tests.conformance.peer import Peer

FOLDER = Path(__file__).parent / "peers"
SEED = 20_261_122
MOST_BYTES = 1_500
LARGE = 4


def records_of(module: str, peer: Peer, count: int) -> list[dict[str, Any]]:
    """Random cases whose answers are short enough to be kept, and large ones by digest."""
    drawing = Drawing(module, peer.about["version"], SEED)
    records: list[dict[str, Any]] = []
    while len(records) < count:
        case = drawing.case()
        answer = peer.answer(case)
        if len(json.dumps(answer)) <= MOST_BYTES:
            records.append({"case": case, "answer": answer})
    large = islice(drawing.large(), LARGE)
    return [*records, *({"case": case, "answer": peer.answer(case)} for case in large)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    parser.add_argument("--python", required=True)
    parser.add_argument("--count", type=int, default=60)
    given = parser.parse_args()
    with Peer(given.module, given.python) as peer:
        records = records_of(given.module, peer, given.count)
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{given.module}-{peer.about['version']}.json"
        lines = ",\n".join(json.dumps(record, sort_keys=True) for record in records)
        about = json.dumps(peer.about, sort_keys=True)
        path.write_text(f'{{"about": {about},\n"records": [\n{lines}\n]}}\n', encoding="utf-8")
        print(f"{path.name}: {len(records)} records")


if __name__ == "__main__":
    main()
