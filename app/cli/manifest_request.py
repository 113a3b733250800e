"""Which indices are asked for, as paths and queries of the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode


class Encoding(StrEnum):
    """How indices are written to a file."""

    RAW = "raw"
    NPY = "npy"
    CSV = "csv"
    NDJSON = "ndjson"

    @property
    def is_file(self) -> bool:
        """Whether it is a virtual file, of which any range of bytes can be had."""
        return self in {Encoding.RAW, Encoding.NPY}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRequest:
    """A part of the order of one epoch.

    Attributes:
        plan_id: Name of the plan.
        epoch: Counted from 0.
        selection: rank, start_step, stop_step, those that are given, in digits.
        dtype: Type of an index in raw and npy; empty for the service's own choice.
        encoding: How the indices are written.
    """

    plan_id: str
    epoch: int
    selection: Mapping[str, str]
    dtype: str
    encoding: Encoding

    @property
    def base(self) -> str:
        """Path of the epoch."""
        return f"/v1/plans/{self.plan_id}/epochs/{self.epoch}"

    @property
    def path(self) -> str:
        """Path of the manifest: a virtual file of its own for raw and npy."""
        suffix = f".{self.encoding}" if self.encoding.is_file else ""
        return f"{self.base}/manifest{suffix}"

    @property
    def typed(self) -> dict[str, str]:
        """The query with the type of an index."""
        return {**self.selection, **({"dtype": self.dtype} if self.dtype else {})}

    @property
    def source(self) -> str:
        """Everything that the bytes depend on.

        >>> ManifestRequest(
        ...     plan_id="ep1_a", epoch=0, selection={"rank": "1"}, dtype="", encoding=Encoding.RAW
        ... ).source
        '/v1/plans/ep1_a/epochs/0/manifest.raw?rank=1'
        """
        return f"{self.path}?{urlencode(self.typed)}"
