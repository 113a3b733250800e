"""Writes the answers of this release into README.md: `python -m tests.golden.record_readme`."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.running import running_service
from tests.test_readme import README, answers, commands, setting_rows


def record() -> None:
    """Run every block of commands, and put what it prints into the block below it."""
    text = README.read_text(encoding="utf-8")
    script = list(commands())
    with running_service() as (address, _), TemporaryDirectory() as folder:
        printed = iter(answers(script, address, Path(folder)))
    pairs = re.compile(
        r"(^```sh\n.*?^```\n\n```(?:json|text)\n)(?:.*?)(^```)", re.DOTALL | re.MULTILINE
    )
    text = pairs.sub(lambda pair: f"{pair[1]}{next(printed)}{pair[2]}", text)
    table = re.compile(r"(<!-- settings -->\n).*?(\n<!-- /settings -->)", re.DOTALL)
    text = table.sub(lambda parts: f"{parts[1]}{setting_rows()}{parts[2]}", text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    record()
