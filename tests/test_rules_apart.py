"""No rule's findings and fixes depend on whether another rule is switched on."""

from __future__ import annotations

import re

import pytest

import case_files
from cachemount import engine
from cachemount.policy.model import UNSUPPRESSIBLE, Config
from cachemount.records import replace

_RULE = re.compile(r"\[([a-z-]+)\]$", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(32))
def test_a_rule_that_is_switched_off_changes_no_other(part: int) -> None:
    for case in case_files.load_all()[part::32]:
        if len({*_RULE.findall(case.text("text"))}) < 2:
            continue
        config = case.config or Config()
        # What hides findings may hide nothing any more; that is said.
        found = [one for one in engine.check(case.source, config).findings if one.rule not in UNSUPPRESSIBLE]
        for rule in {one.rule for one in found}:
            without = replace(config, disable=config.disable | {rule, *UNSUPPRESSIBLE})
            left = list(engine.check(case.source, without).findings)
            assert left == [one for one in found if one.rule != rule], f"{case.name}: {rule}"
