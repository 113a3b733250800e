"""Epochplan: training schedules as exact arithmetic and reproducible sample orders."""

__version__ = "0.1.0"
