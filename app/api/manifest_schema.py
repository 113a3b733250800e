"""Manifests, digests and occurrences on the wire."""

from pydantic import Field

from app.api.wire import Wire


class ManifestPageOut(Wire):
    """A page of a manifest: whole steps, at least one."""

    plan_id: str
    epoch: int
    rank: int | None = Field(description="Null for the whole global batch, in position order.")
    start_step: int = Field(description="First step of this page, within the epoch.")
    stop_step: int = Field(description="Step behind the last one of this page.")
    steps_in_epoch: int = Field(description="Steps that the run takes of this epoch.")
    sample_indices: list[int] | list[list[int]] | list[list[list[int]]] = Field(
        description="A list per step; with group=micro_step lists per micro-step within it; with "
        "group=flat one list."
    )
    sample_count: int = Field(description="Indices of this page.")
    next: str | None = Field(description="Relative URL of the next page, or null.")


class DigestOut(Wire):
    """SHA-256 of exactly the bytes of `manifest.raw` with the same query."""

    sha256: str
    sample_count: int
    bytes: int


class OccurrenceOut(Wire):
    """One use of a sample."""

    epoch: int
    step: int = Field(description="Step of the run.")
    step_in_epoch: int
    micro_step: int
    rank: int
    slot: int = Field(description="Place within the rank's micro-batch.")
    position: int = Field(description="Position within the epoch.")
    padding: bool = Field(description="Whether it only fills up the last step of a pass.")


class OccurrencesOut(Wire):
    """Every use of a sample in the epochs [start_epoch, stop_epoch) of this page."""

    occurrences: list[OccurrenceOut]
    absent_epochs: list[int] = Field(description="Epochs of this page that never use the sample.")
    start_epoch: int
    stop_epoch: int
    next: str | None = Field(description="Relative URL of the next page, or null.")
