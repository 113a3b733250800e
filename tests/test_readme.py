"""The README's own commands, run as a reader would, give the answers that stand below them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.settings import Settings
from docs.draw_positions import PICTURE, picture
from tests.running import running_service

README = Path(__file__).parent.parent / "README.md"
END = "the end of an answer"
INSTALLED = f'epochplan() {{ "{sys.executable}" -m app.cli "$@"; }}'


class Command(NamedTuple):
    """A block of commands and the block below it: what they print."""

    text: str
    answer: str


def commands() -> Iterator[Command]:
    text = README.read_text(encoding="utf-8")
    pairs = r"^```sh\n(.*?)^```\n\n```(?:json|text)\n(.*?)^```"
    return (Command(*pair) for pair in re.findall(pairs, text, re.DOTALL | re.MULTILINE))


def answers(script: list[Command], address: str, folder: Path) -> list[str]:
    """What the commands print, typed one after another into one shell."""
    typed = "\n".join(f"{command.text}echo '{END}'" for command in script)
    typed = typed.replace("http://127.0.0.1:8000", address)
    shell = subprocess.run(
        ["bash", "-c", f"{INSTALLED}\n{typed}"],  # noqa: S607 - the reader's shell
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(README.parent)},
    )
    return shell.stdout.split(f"{END}\n")[:-1]


def setting_rows() -> str:
    """The settings as the README lists them."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default if field.default_factory is None else "number of processors"
        rows.append(f"| `EPOCHPLAN_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def test_every_command_of_the_readme_prints_what_the_readme_says(tmp_path: Path) -> None:
    script = list(commands())
    with running_service() as (address, _):
        printed = answers(script, address, tmp_path)

    assert len(script) >= 4
    assert printed == [command.answer for command in script]


def test_the_readme_lists_every_setting_with_its_default() -> None:
    text = README.read_text(encoding="utf-8")

    listed = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", text, re.DOTALL)

    assert listed is not None
    assert listed[1] == setting_rows()


def test_the_picture_shows_the_orders_of_this_release() -> None:
    drawn = picture()

    assert PICTURE.read_text(encoding="utf-8") == drawn
