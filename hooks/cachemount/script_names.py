"""Names of the files that steps of a build run."""

from __future__ import annotations

from cachemount.late_pattern import late

# In the order in which make looks for them.
MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
# What these name is not run by them, nor by another name.
KEEP_NAMES = ("chmod", "chown", "dos2unix", "rm")
SHELL_SCRIPT = late(r"(?<![\w:./-])[\w./-]*[\w-]+\.(?:sh|bash)(?![\w.-])")
SHELL_NAME = late(r"\.(?:sh|bash)\Z")
NODE_SCRIPT = late(r"[\w./-]*[\w-]\.[cm]?[jt]s(?![\w.-])")
# In languages in which a script is made to be called by its path alone.
OTHER_SCRIPT = late(r"(?<![\w.-])\./((?:[\w-]+/)*[\w-]+\.(?:jl|js|mjs|php|pl|R|r|rb))(?![\w./-])")
PYTHON_SCRIPT = late(r"[\w./-]*[\w-]\.py(?![\w.-])")
# What is imported, or run, by a name; parts of a package are separated by dots.
PYTHON_IMPORT = late(r"\b(?:from|import|python[\d.]*[ \t]+(?:-[A-Za-z]+[ \t]+)*?-m)[ \t]+(\.*[A-Za-z_][\w.]*)")
# Files of the project that say what these programs run.
_PROCFILE = ("Procfile", "Procfile.dev")
_NODE = ("package.json",)
TASK_FILES: dict[str, tuple[str, ...]] = {
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"),
    **dict.fromkeys(("foreman", "forego", "goreman", "hivemind", "honcho", "overmind"), _PROCFILE),
    "supervisord": ("supervisord.conf",),
    **dict.fromkeys(("init", "systemd"), ()),
    **dict.fromkeys(("bun", "npm", "pnpm", "yarn"), _NODE),
}
