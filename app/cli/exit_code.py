"""What a process leaves with."""

from typing import Final

FAILED: Final = 1
CHANGED: Final = 2
INTERRUPTED: Final = 130
"""128 + SIGINT, as shells have it."""
