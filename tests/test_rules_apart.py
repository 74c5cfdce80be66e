"""No rule's findings and fixes depend on whether another rule is switched on."""

from __future__ import annotations

import pytest

import case_files
from cachemount import engine
from cachemount.policy.model import UNSUPPRESSIBLE, Config
from cachemount.records import replace


@pytest.mark.parametrize("part", range(32))
def test_a_rule_that_is_switched_off_changes_no_other(part: int) -> None:
    for case in case_files.load_all()[part::32]:
        config = case.config or Config()
        # What hides findings may hide nothing any more; that is said.
        found = [one for one in engine.check(case.source, config).findings if one.rule not in UNSUPPRESSIBLE]
        rules = {one.rule for one in found}
        for rule in rules if len(rules) > 1 else ():
            without = replace(config, disable=config.disable | {rule, *UNSUPPRESSIBLE})
            left = list(engine.check(case.source, without).findings)
            assert left == [one for one in found if one.rule != rule], f"{case.name}: {rule}"
