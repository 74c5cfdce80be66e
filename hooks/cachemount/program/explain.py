"""`--explain`: the page of a rule or of a package manager, wrapped to the terminal, or the list of both."""

from __future__ import annotations

import re
import shutil
import textwrap

from cachemount.managers import MANAGERS
from cachemount.managers.model import PackageManager
from cachemount.policy.config_reader import suggestion
from cachemount.policy.model import UNSUPPRESSIBLE
from cachemount.program.options import UsageError
from cachemount.reporters import pages
from cachemount.rules import RULES
from cachemount.rules.model import Rule


def explain(name: str) -> str:
    """Return the page of a rule or a package manager; for "" the list of both. Raises `UsageError` for other names."""
    if not name:
        return _listed()
    for rule in RULES:
        if rule.name == name:
            return _page(name, pages.text("rules", name)) or _rule(rule)
    for manager in MANAGERS:
        if manager.name == name:
            heading = name if manager.title == name else f"{name}: {manager.title}"
            return _page(heading, pages.text("managers", name)) or _manager(manager)
    known = [*(rule.name for rule in RULES), *(manager.name for manager in MANAGERS)]
    meant = suggestion(name, known, others="without a name it lists both")
    raise UsageError(f"unknown rule or package manager `{name}`{meant}")


def _width() -> int:
    return min(max(shutil.get_terminal_size().columns, 40), 100)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        " ".join(text.split()), _width(), initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )


def _listed() -> str:
    rules = "\n".join(_item(f"  {rule.name}: {rule.summary}", "    ") for rule in RULES)
    managers = _wrapped(", ".join(manager.name for manager in MANAGERS), "  ")
    return f"rules\n{rules}\n\npackage managers\n{managers}"


def _item(text: str, indent: str) -> str:
    """Return an item of a list, of which only the first line begins at the left."""
    return textwrap.fill(text, _width(), subsequent_indent=indent, break_on_hyphens=False)


def _page(heading: str, text: str) -> str:
    """Return a page as a terminal shows it: paragraphs wrapped, blocks indented, without links and comments."""
    if not text:
        return ""
    prose_and_blocks = _FENCE.split(re.sub(r"\A# [^\n]*\n|<!--.*?-->", "", text, flags=re.DOTALL))
    shown = [heading]
    for prose, kind, block in zip(*(iter([*prose_and_blocks, "", ""]),) * 3, strict=True):
        paragraphs = (one for one in prose.strip("\n").split("\n\n") if one.strip())
        shown += [_prose(_LINK.sub(_named, one)) for one in paragraphs if not one.startswith(_FOR_DEVELOPERS)]
        if block:
            lines = block.rstrip("\n").split("\n")
            shown.append("\n".join(_wrapped(one, "    ") if kind == "text" else f"    {one}".rstrip() for one in lines))
    return "\n\n".join(shown)


_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
_FOR_DEVELOPERS = "All cases that are tested"


def _named(link: re.Match[str]) -> str:
    """Return the text of a link; of one to another page, also where that is in the repository of this program."""
    text, target = link.groups()
    return f"docs/{target[3:]}" if target.startswith("../") and "#" not in target else text


def _prose(paragraph: str) -> str:
    """Return a heading, a list or a paragraph."""
    if paragraph.startswith("#"):
        return paragraph.lstrip("# ")
    if not _is_block(paragraph):
        return _wrapped(paragraph)
    items = re.split(r"\n(?=[-*] )", paragraph)
    if not all(one.startswith(("- ", "* ")) for one in items):
        return paragraph
    return "\n".join(
        textwrap.fill(" ".join(one.split()), _width(), subsequent_indent="  ", break_on_hyphens=False) for one in items
    )


def _rule(rule: Rule) -> str:
    paragraphs = rule.explanation.split("\n\n")
    page = [rule.name, *(one if _is_block(one) else _wrapped(one) for one in paragraphs)]
    if rule.name in UNSUPPRESSIBLE:
        page.append(_wrapped(f'Accept it for the repository: `disable = ["{rule.name}"]` in `.cachemount.toml`.'))
    else:
        page.append(_wrapped(f"Accept one finding: write `# cachemount: ignore[{rule.name}] reason` above its step."))
        page.append(
            _wrapped("Accept several: an `[[allow]]` entry in `.cachemount.toml`, with `rules` and a `reason`.")
        )
    return "\n\n".join(page)


def _is_block(paragraph: str) -> bool:
    """Return whether the lines of a paragraph belong where they are: a list, a table or an indented example."""
    return re.match(r"[ ]{2}|[-*|] |```", paragraph) is not None


def _manager(manager: PackageManager) -> str:
    lines = [f"  {title}: {value}" for title, value in manager_rows(manager)]
    sources = "".join(f"\n  {source}" for source in manager.sources)
    return f"{manager.name}: {manager.title}\n\n" + "\n".join(lines) + (f"\n\nsources{sources}" if sources else "")


def manager_rows(manager: PackageManager) -> list[tuple[str, str]]:
    """Return what is known about a package manager: titles and values."""
    root = [place for cache in manager.caches for place in (cache.root_locations or cache.locations)[-1:]]
    other = [place for cache in manager.caches for place in cache.locations[-1:]]
    moved = sorted(
        {name for cache in manager.caches for one in cache.locations for name in re.findall(r"\$(\w+)", one)}
    )
    flags = sorted({flag for cache in manager.caches for flag in cache.flags})
    off = sorted({*manager.off_flags, *(f"{name}=..." for name in manager.off_variables)})
    stores = any(cache.kind == "store" for cache in manager.caches)
    rows = [
        ("cache, as root", ", ".join(_home(root, "/root"))),
        ("cache, as another user", ", ".join(_home(other, "~"))),
        ("moved by variables", ", ".join(name for name in moved if name not in _NOT_OURS)),
        ("moved by flags", ", ".join(flags)),
        ("switched off by", ", ".join(off)),
        ("kind", "a store, which later steps read" if stores else "a download cache"),
        ("sharing", manager.sharing),
        ("proven in a builder", f"no: {manager.unproven}" if manager.unproven else "yes"),
    ]
    return [row for row in rows if row[1]]


_NOT_OURS = frozenset({"HOME", "ACCOUNT_HOME", "WORKDIR", "ANY", "PREFIX", "PATH"})


def _home(places: list[str], home: str) -> list[str]:
    texts = (place.replace("$ACCOUNT_HOME", home).replace("$HOME", home).replace("$ANY", "...") for place in places)
    return list(dict.fromkeys(texts))
