"""Shells, interpreters and builders: what they do is in the file that they are given, or that they look for."""

from __future__ import annotations

SHELLS = frozenset({"ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "zsh"})

# Interpreters, and what makes more of them than a look at a file: the options that hold a program's text.
INTERPRETERS: dict[str, frozenset[str]] = {
    "perl": frozenset({"-e", "-E"}),
    "php": frozenset({"-r"}),
    "ruby": frozenset({"-e"}),
    "node": frozenset({"-e", "-p", "--eval", "--print"}),
    "lua": frozenset({"-e"}),
    "Rscript": frozenset({"-e"}),
    "R": frozenset({"-e"}),
    "python": frozenset({"-c", "-m"}),
    "pypy": frozenset({"-c", "-m"}),
    "pwsh": frozenset(),
    "tclsh": frozenset(),
    "expect": frozenset(),
    "groovy": frozenset({"-e"}),
}

BUILDERS = frozenset({"make", "gmake", "just", "task", "mage", "rake", "invoke", "inv", "fab", "scons", "waf", "bazel"})
