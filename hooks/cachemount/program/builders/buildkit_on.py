"""What switches BuildKit on for `docker build`, as files of pipelines and scripts write it.

https://docs.docker.com/build/buildkit/#getting-started
"""

from __future__ import annotations

# A part of regular expressions: the variable with its value, in YAML, JSON or a shell.
BUILDKIT_ON = r"\bDOCKER_BUILDKIT[\"']?\s*[:=]\s*[\"']?1\b"
