import json

from tests.golden.record_manifest_bytes import RECORD, digests


def test_no_byte_of_a_manifest_ever_changes() -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))

    assert digests() == recorded
