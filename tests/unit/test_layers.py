"""Imports run one way: programs, reporters, policy, rules, repairs, facts, readers and tables, text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[2] / "hooks"

# Each layer may import what stands below it; names of one line are siblings, which import none of one another.
LAYERS: tuple[tuple[str, ...], ...] = (
    (
        "check_cache_mounts",
        "fix_cache_mounts",
        "check_compose_cache_mounts",
        "fix_compose_cache_mounts",
        "check_cachemount_config",
        "measure_cache_mounts",
        "cachemount_lsp",
        "cachemount.__main__",
    ),
    ("cachemount.commands",),
    ("cachemount.measure", "cachemount.lsp"),
    ("cachemount.program",),
    ("cachemount.program.builders",),
    ("cachemount.reporters", "cachemount.embedded"),
    ("cachemount.engine",),
    ("cachemount.policy", "cachemount.fixer"),
    ("cachemount.results",),
    ("cachemount.cache_mounts",),
    ("cachemount.rules",),
    ("cachemount.repairs",),
    ("cachemount.repairs.safety",),
    ("cachemount.repairs.text_edits", "cachemount.repairs.insertion"),
    ("cachemount.facts",),
    ("cachemount.managers", "cachemount.shell.reader", "cachemount.shell.removal", "cachemount.dockerfile.state"),
    ("cachemount.shell", "cachemount.dockerfile.images", "cachemount.dockerfile"),
    ("cachemount.shell.launchers", "cachemount.dockerfile.syntax"),
    ("cachemount.shell.model", "cachemount.dockerfile.model"),
    ("cachemount.id_templates",),
    ("cachemount.files",),
    ("cachemount.fingerprints",),
    ("cachemount.findings",),
    ("cachemount.source", "cachemount.reasons"),
    ("cachemount.script_names", "cachemount.copied_names", "cachemount.node_imports"),
    ("cachemount.records", "cachemount.late_pattern", "cachemount.changed_lines", "cachemount.toml_reader"),
    ("cachemount.type_checking",),
    ("cachemount",),
)

# Only these may import a package that is not ours and not Python's.
FOREIGN = {
    "dockerfile_parse": {"cachemount.dockerfile.syntax.instruction_lines"},
    "tree_sitter": {"cachemount.shell.reader"},
    "tree_sitter_bash": {"cachemount.shell.reader"},
    "typing_extensions": {"cachemount.records", "cachemount.facts.model"},
    "ruamel": {
        "cachemount.embedded.nodes",
        "cachemount.embedded.service_commands",
        "cachemount.embedded.yaml",
        "cachemount.program.manifest_runs",
        "cachemount.program.okteto",
    },
    "lsprotocol": {"cachemount.lsp.actions", "cachemount.lsp.positions", "cachemount.lsp.server"},
    "pygls": {"cachemount.lsp.positions", "cachemount.lsp.server"},
    "tomli": {"cachemount.toml_reader"},
}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(HOOKS.rglob("*.py")):
        parts = path.relative_to(HOOKS).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


@cache
def imports(name: str) -> tuple[str, ...]:
    """Return the modules that a module imports, also inside functions and for types alone."""
    return tuple(_imports(name))


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


def layer(name: str) -> tuple[int, str]:
    """Return the layer of a module, and the part of the project that it belongs to: the longest name that fits."""
    fitting = [
        (len(part), depth, part)
        for depth, parts in enumerate(LAYERS)
        for part in parts
        if name == part or (part != "cachemount" and name.startswith(part + "."))
    ]
    assert fitting, f"{name} stands in no layer"
    _length, depth, part = max(fitting)
    return depth, part


def test_imports_go_down() -> None:
    wrong = []
    for name in MODULES:
        depth, part = layer(name)
        for imported in imports(name):
            if imported.split(".")[0] not in ("cachemount", "check_cache_mounts", "fix_cache_mounts"):
                continue
            below, other = layer(imported)
            if other != part and below <= depth:
                wrong.append(f"{name} imports {imported}")
    assert wrong == []


def test_every_layer_exists() -> None:
    assert [part for parts in LAYERS for part in parts if part not in MODULES] == []


@pytest.mark.parametrize("package", FOREIGN)
def test_foreign_packages_stay_behind_their_reader(package: str) -> None:
    importers = {name for name in MODULES if package in {imported.split(".")[0] for imported in imports(name)}}
    # Loaded by its name, without what the package itself imports.
    loading = f'_extension("{package}")'
    importers |= {name for name, path in MODULES.items() if loading in path.read_text(encoding="utf-8")}
    assert importers == FOREIGN[package]
