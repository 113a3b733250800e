"""Manifests: the sample indices of an epoch as rows, pages, files and digests."""
