"""The training spec on the wire: its fields, and what each of them alone must be."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)

from app.api.wire import PositiveInt64, Seed, Wire
from app.arithmetic.draft import SpecDraft
from app.arithmetic.spec import (
    DEFAULT_FRAMEWORK,
    FrameworkChoice,
    Remainder,
    Sampling,
    SamplingMethod,
)
from app.arithmetic.written import exact_amount
from app.frameworks.registry import FRAMEWORKS, newest_version


def _epochs(written: object) -> Fraction:
    if isinstance(written, int | Decimal | str) and not isinstance(written, bool):
        return exact_amount(written)
    message = "not a number"
    raise ValueError(message)


def _named(framework: object) -> object:
    return {"name": framework} if isinstance(framework, str) else framework


Epochs = Annotated[
    Fraction,
    PlainValidator(_epochs),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 10**18 - 1},
                {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?$"},
            ],
            "examples": [10, "2.5"],
        }
    ),
]


class SamplingIn(Wire):
    """How the sample indices of an epoch come about."""

    method: Annotated[SamplingMethod, Field(strict=False)] = Field(
        default=SamplingMethod.SHUFFLE,
        description="`sequential`; `shuffle`: a new order for every pass; `shuffle_once`: one "
        "order for all passes; `random_sample`: every virtual epoch draws distinct samples afresh; "
        "`with_replacement`: independent uniform draws.",
    )
    seed: Seed = Field(
        default=0,
        description="Mixed by a hash, never by addition, with the pass (`shuffle`) or the epoch "
        "(`random_sample`, `with_replacement`).",
    )


class FrameworkIn(Wire):
    """Whose arithmetic and whose order, pinned to a version, with that framework's own options."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    name: str = Field(description="One of `GET /v1/frameworks`.", examples=["native"])
    version: str | None = Field(
        default=None,
        description="The newest one that has the given options, where it is not given.",
        examples=["1"],
    )

    @property
    def pinned_version(self) -> str:
        """The version that is meant; empty where there is no such framework."""
        if self.version is not None:
            return self.version
        return newest_version(self.name, self.own_options)

    @property
    def own_options(self) -> dict[str, object]:
        """The options as they were given."""
        return self.model_extra or {}


def _option_schemas(name: str) -> dict[str, object]:
    """What every option of a framework may be, in any of its versions."""
    return {
        option.name: {**option.full_schema, "description": option.description}
        for framework in FRAMEWORKS[name].values()
        for option in framework.options
    }


def _framework_schema(name: str) -> dict[str, object]:
    return {
        "type": "object",
        "title": name,
        "properties": {
            "name": {"const": name},
            "version": {"enum": [*FRAMEWORKS[name], None]},
            **_option_schemas(name),
        },
        "required": ["name"],
        "additionalProperties": False,
    }


class _EveryFramework:
    """The schema of a framework, made when it is asked for: it needs all of them."""

    def __get_pydantic_json_schema__(
        self, _core: object, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "string", "enum": list(FRAMEWORKS)},
                *map(_framework_schema, FRAMEWORKS),
            ],
            "description": "`native` where it is not given.",
            "examples": ["native", {"name": "native", "version": "1"}],
        }


Framework = Annotated[FrameworkIn, BeforeValidator(_named), _EveryFramework()]


def _without_default(schema: dict[str, Any]) -> None:
    """Leave out a default: generators of clients take one of a single type only."""
    schema.pop("default", None)


def _factor(description: str) -> Any:  # noqa: ANN401 # pydantic types a field by its default
    return Field(default=None, description=f"{description} Solved where it is not given.")


def _budget(description: str) -> Any:  # noqa: ANN401 # pydantic types a field by its default
    return Field(default=None, description=f"Budget: {description} Give exactly one budget.")


FEWEST_COMPARED, MOST_COMPARED = 2, 16


class TrainingSpecIn(Wire):
    """A training run as it is asked for.

    Fields without a value may be left out or null.
    """

    dataset_size: PositiveInt64 = Field(description="Samples in the dataset.")
    global_batch_size: PositiveInt64 | None = _factor(
        "Samples per full step = micro_batch_size x gradient_accumulation_steps x "
        "data_parallel_size. Give this or micro_batch_size, or both."
    )
    micro_batch_size: PositiveInt64 | None = _factor("Samples per rank per micro-step.")
    gradient_accumulation_steps: PositiveInt64 | None = _factor("Micro-steps per full step.")
    data_parallel_size: PositiveInt64 | None = _factor("Model replicas that see different samples.")
    epochs: Epochs | None = _budget(
        "epochs, also fractional, exactly as written; at most 18 digits."
    )
    steps: PositiveInt64 | None = _budget("optimizer updates; a short step counts as one.")
    samples: PositiveInt64 | None = _budget(
        "the fewest steps that consume as many samples, padding included."
    )
    tokens: PositiveInt64 | None = _budget("tokens; needs tokens_per_sample.")
    tokens_per_sample: PositiveInt64 | None = Field(
        default=None, description="Tokens in every sample; goes with tokens."
    )
    steps_per_epoch: PositiveInt64 | None = Field(
        default=None,
        description="Virtual epochs of exactly that many full steps, whatever the dataset size.",
    )
    remainder: Annotated[Remainder, Field(strict=False)] | None = Field(
        default=None,
        description="End of a pass: `keep` a short last step (default), `drop` it, or `pad` it "
        "from the head of the same order. Not together with steps_per_epoch.",
    )
    sampling: SamplingIn = SamplingIn()
    framework: Framework = Field(
        default=FrameworkIn(name="native"), json_schema_extra=_without_default
    )

    def to_draft(
        self,
        framework: FrameworkChoice = DEFAULT_FRAMEWORK,
        malformed: frozenset[str] = frozenset(),
    ) -> SpecDraft:
        """The fields as the core takes them.

        Args:
            framework: What the field of that name means.
            malformed: Names of fields that were given in no legal form, and are left out here.
        """
        return SpecDraft(
            dataset_size=None if "dataset_size" in malformed else self.dataset_size,
            global_batch_size=self.global_batch_size,
            micro_batch_size=self.micro_batch_size,
            gradient_accumulation_steps=self.gradient_accumulation_steps,
            data_parallel_size=self.data_parallel_size,
            epochs=self.epochs,
            steps=self.steps,
            samples=self.samples,
            tokens=self.tokens,
            tokens_per_sample=self.tokens_per_sample,
            steps_per_epoch=self.steps_per_epoch,
            remainder=self.remainder,
            sampling=Sampling(method=self.sampling.method, seed=self.sampling.seed),
            framework=framework,
            malformed=malformed,
        )


class CompareIn(Wire):
    """Training specs to compare; the first one is what the others are held against."""

    specs: Annotated[
        list[TrainingSpecIn], Field(min_length=FEWEST_COMPARED, max_length=MOST_COMPARED)
    ]
