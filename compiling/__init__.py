"""The build with a compiled engine: see CONTRIBUTING.md."""
