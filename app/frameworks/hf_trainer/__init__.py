"""The Trainer of Transformers: its step arithmetic, its layout and its orders."""
