"""How a sampler reads."""

from dataclasses import dataclass

from epochplan_client.errors import InvalidArgumentError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a sampler reads.

    Attributes:
        block_bytes: Bytes of a block, about; a block has whole steps, at least one.
        blocks_ahead: Blocks that are fetched before they are needed, at least 1. A rank holds
            these and the one that it is at.
        patience: Seconds that training waits for a block while the service is away.

    Raises:
        InvalidArgumentError: A value cannot be meant.
    """

    block_bytes: int = 2**22
    blocks_ahead: int = 2
    patience: float = 600.0

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant."""
        if min(self.block_bytes, self.blocks_ahead) < 1 or self.patience <= 0:
            message = (
                f"block_bytes {self.block_bytes} and blocks_ahead {self.blocks_ahead} must be at "
                f"least 1, and patience {self.patience} positive"
            )
            raise InvalidArgumentError(message)
