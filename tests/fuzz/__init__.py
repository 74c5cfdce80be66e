"""Random inputs for every part that reads what others wrote. `python tests/fuzz/run.py --help`; CONTRIBUTING.md has more."""
