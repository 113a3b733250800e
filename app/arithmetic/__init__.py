"""Exact integers and fractions of training schedules; only the standard library."""
