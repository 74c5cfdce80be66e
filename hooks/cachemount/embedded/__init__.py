"""Dockerfiles that stand inside Compose and Bake files."""
