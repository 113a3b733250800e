"""From a position to a sample index: the native orders, their keys and their compiled kernels."""
