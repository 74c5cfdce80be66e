"""Builders that refuse or ignore cache mounts, as the files of a repository show them."""
