"""Data-parallel training on this machine, every step of it planned by Epochplan."""
