"""DeepSpeed: its step arithmetic, its layout and its orders."""
