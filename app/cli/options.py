"""The options of the commands: what they are called, and what they mean."""

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Final, TypeVar

import typer

from app.cli.formats import Format

_Command = TypeVar("_Command", bound=Callable[..., None])

Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="EPOCHPLAN_URL",
        metavar="URL",
        help="Ask the service there; without it, this process answers itself.",
    ),
]
SpecFile = Annotated[
    str | None,
    typer.Argument(
        metavar="[SPEC]",
        help="YAML, JSON or TOML file, or - for standard input.",
        show_default=False,
    ),
]
Chosen = Annotated[Format, typer.Option("--format", help="How the answer is written.")]

SPEC_FIELDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "dataset_size": ("dataset_size", "INTEGER", "Samples in the dataset."),
    "global_batch_size": ("global_batch_size", "INTEGER", "Samples per full step."),
    "micro_batch_size": ("micro_batch_size", "INTEGER", "Samples per rank per micro-step."),
    "gradient_accumulation_steps": (
        "gradient_accumulation_steps",
        "INTEGER",
        "Micro-steps per full step.",
    ),
    "data_parallel_size": (
        "data_parallel_size",
        "INTEGER",
        "Model replicas that see different samples.",
    ),
    "epochs": ("epochs", "NUMBER", "Budget in epochs; replaces the budget of the file."),
    "steps": ("steps", "INTEGER", "Budget in steps; replaces the budget of the file."),
    "samples": ("samples", "INTEGER", "Budget in samples; replaces the budget of the file."),
    "tokens": ("tokens", "INTEGER", "Budget in tokens; replaces the budget of the file."),
    "tokens_per_sample": ("tokens_per_sample", "INTEGER", "Tokens in every sample."),
    "steps_per_epoch": ("steps_per_epoch", "INTEGER", "Steps of a virtual epoch."),
    "remainder": ("remainder", "CHOICE", "End of a pass: keep, drop or pad."),
    "sampling_method": ("sampling.method", "CHOICE", "How sample indices come about."),
    "seed": ("sampling.seed", "INTEGER", "Seed of the order."),
    "framework": ("framework", "NAME", "Whose arithmetic and whose order."),
}
"""Keyword of a command -> the dotted field of the spec, what it takes, and what it means."""


def option_name(keyword: str) -> str:
    """The option of a keyword.

    >>> option_name("dataset_size"), option_name("from_")
    ('--dataset-size', '--from')
    """
    return "--" + keyword.rstrip("_").replace("_", "-")


def taking(*parameters: Parameter) -> Callable[[_Command], _Command]:
    """Let a command take further options, which it gets as keywords.

    >>> @taking(text_option("seed", "INTEGER", "A seed."))
    ... def command(**options: object) -> None: ...
    >>> list(signature(command).parameters)
    ['seed']
    """

    def described(command: _Command) -> _Command:
        own = signature(command, eval_str=True)
        kept = [each for each in own.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
        vars(command)["__signature__"] = own.replace(parameters=[*kept, *parameters])
        return command

    return described


def text_option(keyword: str, metavar: str, told: str) -> Parameter:
    """An option whose text the command reads itself."""
    return option(keyword, str | None, metavar, told)


def option(keyword: str, kind: object, metavar: str, told: str) -> Parameter:
    """An option of some type, None where it is not given."""
    described = typer.Option(option_name(keyword), metavar=metavar, help=told, show_default=False)
    return Parameter(
        keyword, Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, described]
    )


SPEC_OPTIONS: Final = (
    *(text_option(name, kind, told) for name, (_, kind, told) in SPEC_FIELDS.items()),
    option("set_", list[str] | None, "FIELD=VALUE", "Any field: framework.drop_last=true."),
    text_option("from_", "KIND", "SPEC is a config of deepspeed, hf-trainer, lightning, …"),
    text_option("world_size", "INTEGER", "Processes of the job, where --from needs to know."),
)
"""What every command takes that reads a spec."""
