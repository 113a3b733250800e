"""Plans: what a spec leads to, its stable name, and what is worth knowing about it."""
