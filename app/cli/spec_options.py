"""The spec that the words of a command line ask for."""

from collections.abc import Mapping
from typing import cast

from app.cli.config_source import read_config_source
from app.cli.options import SPEC_FIELDS, option_name
from app.cli.problem import FailedError, Problem, Spot
from app.cli.scalars import ScalarError, read_scalar
from app.cli.spec_source import Settings, SpecSource, overridden, read_spec_source


def asked_spec(path: str | None, words: Mapping[str, object]) -> SpecSource:
    """The spec of a file or of another program's config, with what options put in its place.

    Args:
        path: The file, `-`, or None where there is none.
        words: Options of the command by their keywords, None where they are not given.

    Raises:
        FailedError: With every flaw of the file and of the options.
    """
    settings = {**_fields(words), **_settings(cast("list[str] | None", words.get("set_")))}
    kind = words.get("from_")
    if kind is None:
        _refuse_without_config(words)
        return read_spec_source(path, settings)
    size, world = (_integer(name, words.get(name)) for name in ("dataset_size", "world_size"))
    source = read_config_source(str(kind), path, dataset_size=size, world_size=world)
    return overridden(source, settings)


def _fields(words: Mapping[str, object]) -> Settings:
    return {
        field: (option_name(keyword), str(words[keyword]))
        for keyword, (field, _, _) in SPEC_FIELDS.items()
        if words.get(keyword) is not None
    }


def _settings(written: list[str] | None) -> Settings:
    settings: dict[str, tuple[str, str]] = {}
    for each in written or ():
        field, equals, value = each.partition("=")
        if not field or not equals:
            raise _bad_option(
                option="--set", message=f"{each} is not FIELD=VALUE, such as sampling.seed=7"
            )
        settings[field] = (f"--set {field}", value)
    return settings


def _integer(keyword: str, written: object) -> int | None:
    if written is None:
        return None
    try:
        number = read_scalar(str(written))
    except ScalarError as error:
        raise _bad_option(option=option_name(keyword), message=str(error)) from error
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        message = f"{written} is no integer above 0"
        raise _bad_option(option=option_name(keyword), message=message)
    return number


def _refuse_without_config(words: Mapping[str, object]) -> None:
    if words.get("world_size") is not None:
        message = "it goes with --from; give --data-parallel-size"
        raise _bad_option(option="--world-size", message=message)


def _bad_option(*, option: str, message: str) -> FailedError:
    spot = Spot(option=option)
    return FailedError(
        [Problem(source="document", code="illegal-option", message=message, spot=spot)]
    )
