"""HTTP itself: bodies, queries, refusals, ranges, streams, logs. It knows nothing of plans."""
