"""The output of `--progress=plain` while a build runs: which step takes how long."""

from __future__ import annotations

import re

from cachemount.late_pattern import late
from cachemount.measure.downloads import downloaded
from cachemount.records import Record

_LINE = late(r"#(\d+) (.*)", re.DOTALL)
_NAME = late(r"\[(?:(?P<stage>[^\]]*?) )?(?P<place>\d+)/\d+\] (?P<text>.*)", re.DOTALL)
_DONE = late(r"DONE (\d+(?:\.\d+)?)s\s*")
_SAID = late(r"\d+\.\d+ (.*)", re.DOTALL)


class Step(Record, frozen=False, eq=False):
    """A step of a build.

    `stage` is its stage's name in lower case, `stage-N` for one without a name, "" where none is given. `place`
    is its number in the stage, from 1. `seconds` is None for a step that did not run to its end, as one from the layer
    cache. `downloaded` are the bytes that its package managers say they fetched, None where they do not say.
    """

    stage: str
    place: int
    text: str
    seconds: float | None = None
    downloaded: int | None = None


class Progress:
    """Takes the builder's lines one by one.

    What a command prints comes after a number of seconds, so it cannot pass for the builder's own words.
    """

    def __init__(self) -> None:
        self.current = ""
        self._steps: dict[str, Step] = {}

    def line(self, text: str) -> None:
        match = _LINE.fullmatch(text)
        if match is None:
            return
        number, rest = match[1], match[2]
        step = self._steps.get(number)
        if named := _NAME.fullmatch(rest):
            self.current = rest
            if step is None:
                # A platform stands in front of the stage where there are several.
                stage = (named["stage"] or "").split(" ")[-1].lower()
                stage = "" if "/" in stage else stage
                self._steps[number] = Step(stage=stage, place=int(named["place"]), text=named["text"])
        elif step is not None and (done := _DONE.fullmatch(rest)):
            step.seconds = float(done[1])
        elif step is not None and (said := _SAID.fullmatch(rest)):
            size = downloaded(said[1])
            if size is not None:
                step.downloaded = size + (step.downloaded or 0)

    def runs(self, index: int, name: str) -> list[Step]:
        """Return the RUN steps of a stage, in order; empty where the build left the stage out.

        `index` is the stage's number in the file, counted from 0, `name` its name. Where a build for several platforms
        runs a step more than once, only the first counts.
        """
        wanted = {name.lower() or f"stage-{index}"}
        if len({step.stage for step in self._steps.values()}) == 1:
            wanted.add("")
        found: dict[int, Step] = {}
        for number in sorted(self._steps, key=int):
            step = self._steps[number]
            if step.stage in wanted and step.text.upper().startswith("RUN "):
                found.setdefault(step.place, step)
        return [found[place] for place in sorted(found)]
