"""A line of arguments, or the fragment of a shell script that holds it."""

import re
import shlex
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from app.configs.document import Parsed, Values, malformed
from app.errors import Fault

_NAME: Final = "[A-Za-z_][A-Za-z0-9_]*"
_ASSIGNED: Final = re.compile(rf"({_NAME})=([^(].*)", re.DOTALL)
_VARIABLE: Final = re.compile(rf"\$(?:\{{({_NAME})\}}|({_NAME}))")
_ARRAY: Final = re.compile(rf"\$\{{{_NAME}\[[@*]\]\}}")
_ARRAY_START: Final = re.compile(rf"{_NAME}=\(")
_WHOLE: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLAG: Final = re.compile(r"--[A-Za-z]")
_CONTINUED: Final = "\\\n"
_BLANKS: Final = "\v\v"
"""Stands for a continued line, and is as long."""

_END: Final = "\n"
"""The word between two lines: the values of an argument end there."""


def parse_argument_line(text: str) -> Parsed:
    r"""The values of arguments such as --seq-length 4096, by their names.

    A flag alone is true, several values are a list. Variables that the same text sets are filled
    in. Arguments may stand in quotes or in an array of the shell; comments are left out.

    >>> parse_argument_line("SIZE=4\ntrain.py --micro-batch-size $SIZE \\\n  --bf16")[0]
    {'--micro-batch-size': 4, '--bf16': True}
    """
    words, faults = _script_words(text.replace("\r\n", "\n"))
    values: Values = {}
    for name, arguments in _grouped(words):
        if name in values:
            faults.append(_duplicate(name))
        plain = [_value(argument) for argument in arguments]
        values[name] = plain[0] if len(plain) == 1 else plain or True
    return values, faults


def _script_words(text: str) -> tuple[list[str], list[Fault]]:
    """The words of a text with its variables filled in; the unused ones come at the end."""
    split, faults = _split(text)
    variables: dict[str, str] = {}
    referred: set[str] = set()
    words: list[str] = []
    for word in split:
        assigned = _ASSIGNED.fullmatch(word)
        names = [found[1] or found[2] for found in _VARIABLE.finditer(word)]
        referred.update(names)
        filled = _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), word)
        if assigned:
            variables[assigned[1]] = filled.partition("=")[2]
        else:
            opened = _ARRAY_START.match(filled)
            words += [_END, *_opened(filled[opened.end() :])] if opened else _opened(filled)
    for name, value in variables.items():
        if name not in referred:
            words += [_END, *_opened(value)]
    return words, faults


def _split(text: str) -> tuple[list[str], list[Fault]]:
    """The words of a text as a POSIX shell splits it, and the ends of its lines."""
    stream = StringIO(text.replace(_CONTINUED, _BLANKS))
    lexer = shlex.shlex(stream, posix=True)
    lexer.whitespace_split = True
    lexer.whitespace += _BLANKS
    words: list[str] = []
    line = behind = 0
    try:
        for word in lexer:
            ends_in = stream.getvalue().count("\n", 0, stream.tell() - 1)
            words += [_END, word] if ends_in > line else [word]
            line, behind = ends_in, stream.tell()
    except ValueError as error:
        rest = text[behind:]
        line = text.count(_END, 0, behind + len(rest) - len(rest.lstrip()))
        said = f"{str(error).lower()} for what is opened here or later"
        return words, [malformed(said, "arguments", line=line + 1)]
    return words, []


def _opened(word: str) -> list[str]:
    """The words of a quoted text that holds arguments; any other word as it is."""
    holds = "--" in word and any(blank in word for blank in " \n\t\v")
    return word.split() if holds or word == "" else [word]


def _grouped(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Every argument with the words behind it, up to the next one or the end of its line."""
    name, arguments = "", list[str]()
    for word in [*words, _END]:
        flag = _FLAG.match(word) is not None
        ends = flag or word in {_END, ")"} or _ARRAY.fullmatch(word) is not None
        if name and ends:
            yield name, arguments
        if flag:
            name, equals, value = word.removesuffix(")").partition("=")
            arguments = [value] if equals else []
        elif ends:
            name = ""
        elif name:
            arguments.append(word.removesuffix(")"))


def _value(argument: str) -> object:
    return int(argument) if _WHOLE.fullmatch(argument) else argument


def _duplicate(name: str) -> Fault:
    return Fault(
        code="duplicate-key",
        pointer=f"/{name}",
        detail=f"{name} is given twice",
        given=name,
        allowed="every argument once",
    )
