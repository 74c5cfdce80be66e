"""What is known of a folder's users: who surely needs it may also read it."""

from __future__ import annotations

import pytest

import case_files
from cachemount import engine
from cachemount.dockerfile.model import UnreadableDockerfileError
from cachemount.dockerfile.reader import read
from cachemount.facts.builder import build_facts
from cachemount.facts.reads import last_reader
from cachemount.facts.uses import later_use
from cachemount.source import Source

# What a later instruction says of a file in ~/.npm, where WORKDIR is the home.
FORMS = (
    'CMD [".npm/bin/x"]', "CMD .npm/bin/x", 'ENTRYPOINT ["./.npm/x"]', 'ENTRYPOINT ["node", ".npm/x.js"]',
    "CMD $HOME/.npm/x", 'CMD ["sh", "-c", "${HOME}/.npm/x"]', "CMD ~/.npm/x", "CMD /root/.npm/x",
    "RUN .npm/bin/x", "RUN cat .npm/x", "RUN cd .npm && ./x", "RUN cat ~/.npm/x", "RUN cp ~/.npm/x /",
    "RUN $HOME/.npm/x",
    "RUN node .npm/x.js", 'RUN sh -c "cat /root/.npm/x"', "RUN tar cf /x .npm/a", "RUN X=/root/.npm; cat $X/a",
    'RUN ["cat", ".npm/x"]', "RUN <<EOF\ncd .npm\n./x\nEOF", "RUN strip .npm/x", "RUN mv .npm/x y",
)  # fmt: skip
# What may read it, or not.
MAYBE = (
    "HEALTHCHECK CMD .npm/x", 'ENV PATH="/root/.npm/bin:$PATH"\nCMD ["x"]', "RUN for f in .npm/*; do sum $f; done",
    "RUN . .npm/env", "RUN find .npm -name x -exec cp {} / \\;", "RUN unzip .npm/x.zip",
)  # fmt: skip


def _steps(text: str) -> list[tuple[bool, bool]]:
    """Return for each directory without a mount whether a later instruction surely needs it, and whether one may."""
    try:
        found = build_facts(read(Source(path="Dockerfile", text=text)))
    except UnreadableDockerfileError:
        return []
    return [
        (
            later_use(found, step, directory.path) is not None,
            last_reader(found, step.stage, directory.path, step.environment.home, of_image=False)
            > step.instruction.span.start,
        )
        for step in found.steps
        for install in step.installs
        for directory in install.directories
        if directory.path is not None and directory.cover is None
    ]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_needed_is_read(form: str) -> None:
    text = f"FROM node:22\nWORKDIR /root\nRUN npm ci\n{form}\n"
    assert _steps(text)[0] == (True, True)


@pytest.mark.parametrize("form", [*FORMS, *MAYBE])
def test_no_fix_is_safe_where_something_may_read_the_cache(form: str) -> None:
    report = engine.check(f"FROM node:22\nWORKDIR /root\nRUN npm ci\n{form}\n")
    fix = next(one.fix for one in report.findings if one.rule == "missing-cache-mount")
    assert fix is not None
    assert not fix.safe


@pytest.mark.slow
def test_in_the_case_files_too() -> None:
    texts = [case.text("dockerfile") for case in case_files.load_all()]
    assert all(may or not sure for text in texts for sure, may in _steps(text))
