"""Find and repair Dockerfile RUN steps that download packages without a cache mount that works."""

__version__ = "0.1.0"
