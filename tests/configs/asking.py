"""Configs read for a test."""

from app.configs.reading import ConfigReading, read_config


def read(
    kind: str, text: str, *, dataset_size: int | None = None, world_size: int | None = None
) -> ConfigReading:
    return read_config(kind, text, dataset_size=dataset_size, world_size=world_size)


def codes(reading: ConfigReading) -> list[tuple[str, str]]:
    """Code and pointer of every fault."""
    return [(fault.code, fault.pointer) for fault in reading.faults]
