"""The native framework: its step arithmetic, its layout and its orders."""
