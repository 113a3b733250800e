"""Frameworks: whose step arithmetic, whose layout and whose order a plan follows."""
