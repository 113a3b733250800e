"""The HTTP shell: parses, calls the core, renders."""
