"""Write the README's tables and the configuration's schema from the registries: `python tests/generate_docs.py`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from cachemount.config_reader import UNSUPPRESSIBLE
from cachemount.managers import MANAGERS
from cachemount.rules import RULES

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MEASURED = ROOT / "tests" / "builds" / "measured.json"
SCHEMA = ROOT / "hooks" / "cachemount" / "config.schema.json"


def rules_table() -> str:
    rows = ["| rule | defect |", "|---|---|"]
    rows += [f"| `{rule.name}` | {rule.summary} |" for rule in RULES]
    return "\n".join(rows)


def managers_table() -> str:
    rows = ["| manager | programs | caches, as root with nothing set | kind | sources |", "|---|---|---|---|---|"]
    for manager in MANAGERS:
        caches = []
        for cache in manager.caches:
            templates = sorted(cache.locations) if cache.variants else (cache.root_locations or cache.locations)[-1:]
            caches += [
                f"`{one.replace('$ACCOUNT_HOME', '/root').replace('$HOME', '/root').replace('$ANY', '...')}`"
                for one in templates
            ]
        kinds = "store" if any(cache.kind == "store" for cache in manager.caches) else "download cache"
        links = " ".join(f"[{number}]({url})" for number, url in enumerate(manager.sources, 1))
        rows.append(f"| `{manager.name}` | {manager.title} | {', '.join(dict.fromkeys(caches))} | {kinds} | {links} |")
    return "\n".join(rows)


def proofs_table() -> str:
    """Of the last run of the proofs that was recorded."""
    rows = [
        "| Dockerfile | MB before | MB repaired | of it the new package | of it the index | s before | s repaired |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for proof in json.loads(MEASURED.read_text(encoding="utf-8"))["proofs"]:
        before, after = proof["before"], proof["after"]
        sizes = (before["total"], after["total"], after["new"], after["index"])
        cells = [f"{size / 1e6:.3f}" for size in sizes] + [f"{one['seconds']:.1f}" for one in (before, after)]
        rows.append(f"| {proof['name']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def filled(text: str) -> str:
    """The README's text with its generated regions made anew."""
    tables = {"rules": rules_table(), "managers": managers_table(), "proofs": proofs_table()}
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text, count = pattern.subn(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)
        if count != 1:
            raise ValueError(f"README.md has no region {name}")
    return text


def schema() -> str:
    """The JSON Schema of `.cachemount.toml` and `[tool.cachemount]`. A date is a string, as JSON has none."""

    def names(of: list[str], title: str, **more: Any) -> dict[str, Any]:
        return {"description": title, "type": "array", "items": {"enum": of}, **more}

    def texts(title: str, **more: Any) -> dict[str, Any]:
        return {"description": title, "type": "array", "items": {"type": "string", "pattern": r"\S"}, **more}

    def paths(title: str, **more: Any) -> dict[str, Any]:
        relative = r"^(?!/)(?![A-Za-z]:/)(?!([^\\]*/)?\.\.(/|$))[^\\]*$"
        pattern = {"allOf": [{"pattern": relative}, {"pattern": r"\S"}]}
        return {"description": title, "type": "array", "items": {"type": "string", **pattern}, **more}

    rules = [rule.name for rule in RULES]
    managers = [manager.name for manager in MANAGERS]
    matchers = {
        "paths": paths("Globs, relative to the folder of this file", minItems=1),
        "rules": names([name for name in rules if name not in UNSUPPRESSIBLE], "Rules", minItems=1),
        "managers": names(managers, "Package managers", minItems=1),
        "stages": texts("Globs for the names or numbers of stages", minItems=1),
        "images": texts("Globs for the base image of the stage", minItems=1),
    }
    entry = {
        "type": "object",
        "description": "Hides the findings that match every field that is given",
        "properties": {
            **matchers,
            "reason": {"description": "Why", "type": "string", "pattern": r"[0-9A-Za-z_\u0080-\uffff]"},
            "expires": {
                "description": "The last day, a TOML date",
                "type": "string",
                "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}",
            },
        },
        "required": ["reason"],
        "anyOf": [{"required": [name]} for name in matchers],
        "additionalProperties": False,
    }
    disabled = {"disable": names(managers, "Package managers that are not checked")}
    document = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "The configuration of cachemount",
        "type": "object",
        "properties": {
            "exclude": paths("Globs of the files that are not checked, relative to the folder of this file"),
            "disable": names(rules, "Rules that are switched off"),
            "managers": {"type": "object", "properties": disabled, "additionalProperties": False},
            "inline-ignores": {"description": "Whether pragmas may hide findings", "enum": ["allow", "forbid"]},
            "baseline": {"description": "The file of the baseline", "type": "string", "pattern": r"\S"},
            "allow": {"type": "array", "items": entry},
        },
        "additionalProperties": False,
    }
    return json.dumps(document, indent=2) + "\n"


def main() -> int:
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
