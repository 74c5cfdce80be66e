"""Measures what cache mounts are worth: two real builds, and what the builder says of each mount after them."""
