"""Each folder of unit tests is named like the package of hooks/cachemount that they test."""

from __future__ import annotations

from pathlib import Path

UNIT = Path(__file__).parent
PACKAGE = Path(__file__).parents[2] / "hooks" / "cachemount"


def test_each_folder_is_a_package_of_ours() -> None:
    folders = {path.parent.relative_to(UNIT) for path in UNIT.rglob("test_*.py")}
    assert len(folders) > 10
    assert [str(folder) for folder in sorted(folders) if not (PACKAGE / folder / "__init__.py").is_file()] == []
