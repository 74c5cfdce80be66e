"""The facts that rules work on: which RUN command downloads with which manager, as whom, and where that is cached."""
