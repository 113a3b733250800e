"""The endpoints: they parse, call the core, and render."""
