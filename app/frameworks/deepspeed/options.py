"""Parameters of DeepSpeed's configuration, elasticity among them."""

from dataclasses import dataclass
from typing import Final, cast

from app.arithmetic.options import Options, OptionValue
from app.frameworks.deepspeed.elasticity import Elasticity
from app.frameworks.number_options import WholeList
from app.frameworks.option import Flag, Json, Option, Whole
from app.frameworks.option_group import OptionGroup

_MOST_RANKS = 2**17
_MOST_SAMPLES = 2**31 - 1
_MOST_SIZES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class LogicVersion(Option):
    """The version of the logic of elasticity, a number.

    >>> LogicVersion(name="version", default=0.2, description="").accepts(0.3)
    False
    """

    @property
    def allowed(self) -> str:
        """What it may be, in words."""
        return "0.1 or 0.2"

    @property
    def schema(self) -> Json:
        """What it may be, as a JSON schema."""
        # generators of clients know enumerations of texts and integers alone
        return {"type": "number", "minimum": 0.1, "maximum": 0.2}

    def accepts(self, value: OptionValue) -> bool:
        """Whether a value is legal."""
        return isinstance(value, float) and value in {0.1, 0.2}

    def nearest(self, value: OptionValue) -> tuple[int | str, ...]:
        """Both versions."""
        del value
        return ("0.1", "0.2")


_MEMBERS: Final[tuple[Option, ...]] = (
    Flag(
        name="enabled",
        default=False,
        description="Whether the batch sizes follow from elasticity. If so, none of them needs to "
        "be given beside data_parallel_size.",
    ),
    Whole(
        name="max_train_batch_size",
        default=None,
        optional=True,
        lowest=1,
        highest=_MOST_SAMPLES,
        description="Largest global batch size; needed where elasticity is enabled.",
    ),
    WholeList(
        name="micro_batch_sizes",
        default=None,
        optional=True,
        lowest=1,
        highest=_MOST_SAMPLES,
        most=_MOST_SIZES,
        description="Micro-batch sizes to choose from; needed where elasticity is enabled.",
    ),
    Whole(
        name="min_gpus",
        default=1,
        lowest=1,
        highest=_MOST_RANKS,
        description="Fewest ranks that are searched for.",
    ),
    Whole(
        name="max_gpus",
        default=10_000,
        lowest=1,
        highest=_MOST_RANKS,
        description="Most ranks that are searched for.",
    ),
    Flag(
        name="prefer_larger_batch",
        default=True,
        description="Whether the larger of two batch sizes is taken that as many numbers of ranks "
        "can share.",
    ),
    LogicVersion(
        name="version",
        default=0.2,
        description="0.1 searches one batch size for all numbers of ranks; 0.2 searches by nodes, "
        "and has a batch size for every number of ranks.",
    ),
    Whole(
        name="num_gpus_per_node",
        default=1,
        lowest=1,
        highest=_MOST_RANKS,
        description="GPUs of a node, in version 0.2.",
    ),
    Whole(
        name="model_parallel_size",
        default=1,
        lowest=1,
        highest=_MOST_RANKS,
        description="GPUs of a replica of the model, in version 0.2.",
    ),
    Flag(
        name="ignore_non_elastic_batch_info",
        default=False,
        description="Whether batch sizes that are given beside elasticity are overridden.",
    ),
    Whole(
        name="min_time",
        default=0,
        description="Minutes before a scheduler may scale the job; a schedule knows nothing of it.",
    ),
)

DEEPSPEED_OPTIONS: Final[tuple[Option, ...]] = (
    Flag(
        name="dataloader_drop_last",
        default=False,
        description="Whether a micro-batch that is not full is left out.",
    ),
    OptionGroup(
        name="elasticity",
        default=None,
        optional=True,
        members=_MEMBERS,
        description="Elastic training, until 0.19.7: the batch sizes follow from the number of "
        "ranks.",
    ),
)


def member(block: Options, name: str) -> OptionValue:
    """The value of a parameter of elasticity, its default where it is not given."""
    defaults = {each.name: each.default for each in _MEMBERS}
    return dict(block.entries).get(name, defaults[name])


def without_defaults(block: Options) -> Options:
    """The block of elasticity without the parameters that only repeat their defaults.

    >>> without_defaults(Options.of({"enabled": True, "min_gpus": 1}))
    Options(entries=(('enabled', True),))
    """
    defaults = {each.name: each.default for each in _MEMBERS}
    return Options.of({name: value for name, value in block.entries if value != defaults[name]})


def elasticity_of(block: Options, *, keeps_multiple: bool) -> Elasticity | None:
    """What an enabled block says; None where one of the needed parameters is missing.

    Args:
        block: The parameters.
        keeps_multiple: As an attribute of what is returned.
    """
    largest, sizes = member(block, "max_train_batch_size"), member(block, "micro_batch_sizes")
    if largest is None or sizes is None:
        return None
    return Elasticity(
        max_train_batch_size=cast("int", largest),
        micro_batch_sizes=cast("tuple[int, ...]", sizes),
        min_gpus=cast("int", member(block, "min_gpus")),
        max_gpus=cast("int", member(block, "max_gpus")),
        prefer_larger_batch=member(block, "prefer_larger_batch") is True,
        version=cast("float", member(block, "version")),
        num_gpus_per_node=cast("int", member(block, "num_gpus_per_node")),
        model_parallel_size=cast("int", member(block, "model_parallel_size")),
        keeps_multiple=keeps_multiple,
    )
