"""Reads what part of a manifest is asked for, and in which format."""

from dataclasses import dataclass

from starlette.requests import Request

from app.errors import Fault, InvalidSelectionError, UnknownEpochError
from app.manifest.encodings import ENCODINGS, Encoding
from app.manifest.index_type import IndexType, fitting
from app.manifest.rows import Group
from app.manifest.selection import Selection, select
from app.plan.lookup import plan_named
from app.plan.planner import Plan
from app.web.negotiation import negotiate
from app.web.queries import QueryReader, plain_integer

SLICE_NAMES = ("rank", "start_step", "stop_step")

_MISSPELT = Encoding(name="misspelt", media_type="", groups=True, typed=True)
"""Stands in for a format that is itself at fault, so that no further fault is blamed on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRequest:
    """A selection and how it is to be written.

    Attributes:
        selection: What to list.
        encoding: In which format.
        group: In which lists, where the format has lists.
        index_type: As which integers, where the format has a type.
    """

    selection: Selection
    encoding: Encoding
    group: Group
    index_type: IndexType

    @property
    def identity(self) -> tuple[object, ...]:
        """Everything that the bytes depend on."""
        chosen = self.selection
        return (
            chosen.plan.plan_id,
            chosen.epoch,
            chosen.rank,
            chosen.start_step,
            chosen.stop_step,
            self.encoding.name,
            str(self.group),
            str(self.index_type),
        )


def read_manifest_request(
    request: Request, plan_id: str, epoch: str, *, suffix: str | None = None
) -> ManifestRequest:
    """The whole request, with every fault of its query at once.

    Args:
        request: Whose query and Accept are read.
        plan_id: As it stands in the path.
        epoch: As it stands in the path.
        suffix: Format that the path itself names.

    Raises:
        PlanningError: What is asked for does not exist.
        RequestRefusedError: None of the formats of Accept can be given.
    """
    plan = plan_named(plan_id)
    number = read_epoch(plan, epoch)
    reader = QueryReader(request, (*SLICE_NAMES, "group", "format", "dtype"))
    encoding = _encoding(request, reader, suffix)
    group = reader.text("group", tuple(Group)) or Group.STEP
    index_type = reader.text("dtype", tuple(IndexType)) or IndexType.INT64
    for name, applies in (("group", encoding.groups), ("dtype", encoding.typed)):
        if name in reader.values and not applies:
            reader.add(_meaningless(name, reader.values[name], encoding))
    selection = read_slice(plan, number, reader, IndexType(index_type))
    return ManifestRequest(
        selection=selection,
        encoding=encoding,
        group=Group(group),
        index_type=IndexType(index_type),
    )


def read_epoch(plan: Plan, written: str) -> int:
    """The epoch that the path names.

    Raises:
        UnknownEpochError: The run has no such epoch.
    """
    epoch = plain_integer(written)
    if epoch is None or epoch >= plan.run.epochs:
        shown = written if epoch is None else epoch
        raise UnknownEpochError(epoch=shown, epochs=plan.run.epochs)
    return epoch


def read_slice(plan: Plan, epoch: int, reader: QueryReader, index_type: IndexType) -> Selection:
    """The slice that a query names.

    Raises:
        InvalidSelectionError: With every fault of the query, those found before among them.
    """
    numbers = {name: reader.integer(name) for name in SLICE_NAMES}
    faults = list(reader.faults)
    selection = None
    try:
        selection = select(plan, epoch=epoch, **numbers)
    except InvalidSelectionError as refusal:
        faults += refusal.faults
    try:
        blanks = plan.framework.has_blanks(plan.spec)
        fitting(index_type, plan.spec.dataset_size, has_blanks=blanks)
    except InvalidSelectionError as refusal:
        faults += refusal.faults
    if faults or selection is None:
        raise InvalidSelectionError(faults)
    return selection


def _encoding(request: Request, reader: QueryReader, suffix: str | None) -> Encoding:
    if suffix is not None:
        if "format" in reader.values:
            reader.add(_doubled(reader.values["format"], suffix))
        return ENCODINGS[suffix]
    if "format" in reader.values:
        name = reader.text("format", tuple(ENCODINGS))
        return ENCODINGS[name] if name else _MISSPELT
    if any(fault.pointer == "/format" for fault in reader.faults):
        return _MISSPELT
    meant: dict[str, Encoding] = {}
    for encoding in ENCODINGS.values():
        meant.setdefault(encoding.media_type, encoding)
    return meant[negotiate(request, list(meant))]


def _doubled(given: str, suffix: str) -> Fault:
    return Fault(
        code="format-given-twice",
        pointer="/format",
        detail=f"the path already names the format {suffix}",
        given=given,
        allowed=f"no format behind .{suffix}",
    )


def _meaningless(name: str, given: str, encoding: Encoding) -> Fault:
    suited = [
        other.name
        for other in ENCODINGS.values()
        if (other.groups if name == "group" else other.typed)
    ]
    return Fault(
        code=f"{name}-not-applicable",
        pointer=f"/{name}",
        detail=f"the format {encoding.name} has no {name}",
        given=given,
        allowed=f"no {name}, or one of the formats {', '.join(suited)}",
    )
