"""Random inputs for every part that reads what others wrote; CONTRIBUTING.md says how to run them."""
