"""Write the generated tables of the README from the registries: `python tests/generate_docs.py`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cachemount.managers import MANAGERS
from cachemount.rules import RULES

README = Path(__file__).parent.parent / "README.md"


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


def filled(text: str) -> str:
    """The README's text with its generated regions made anew."""
    for name, table in (("rules", rules_table()), ("managers", managers_table())):
        pattern = re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text, count = pattern.subn(lambda match, table=table: f"{match[1]}\n{table}\n\n{match[2]}", text)
        if count != 1:
            raise ValueError(f"README.md has no region {name}")
    return text


def main() -> int:
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
