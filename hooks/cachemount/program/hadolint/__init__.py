"""hadolint, where files of the repository show that it runs: what it says of repaired files."""
