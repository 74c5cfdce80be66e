"""Downloads that programs read when they run, as data: a mount on them keeps them out of the image."""

from __future__ import annotations

from cachemount.managers.model import Cache
from cachemount.records import Record


class RuntimeDownload(Record, eq=False):
    """`command` is a regular expression on a command's words: it puts into `place` what is used at run time.

    With `used_by` only a later RUN, CMD or ENTRYPOINT that has this regular expression needs it; without, any image
    that the step is part of.
    """

    command: str
    place: Cache
    used_by: str = ""
    sources: tuple[str, ...] = ()


_SHIMS = r"(?:^|[\s;&|\"'(\[,])(?:corepack|pnpm|pnpx|yarn|yarnpkg)(?=[\s\"';&|)]|$)"

RUNTIME_DOWNLOADS: tuple[RuntimeDownload, ...] = (
    RuntimeDownload(
        command=r"(?:^|[ /])(?:playwright|patchright|@playwright/test)(?:@\S+)? install(?= |$)",
        place=Cache(
            name="browsers",
            locations=("$PLAYWRIGHT_BROWSERS_PATH", "$XDG_CACHE_HOME/ms-playwright", "$HOME/.cache/ms-playwright"),
        ),
        sources=("https://playwright.dev/docs/browsers#managing-browser-binaries",),
    ),
    RuntimeDownload(
        command=r"(?:^|[ /])puppeteer(?:@\S+)? browsers install(?= |$)",
        place=Cache(name="browsers", locations=("$PUPPETEER_CACHE_DIR", "$HOME/.cache/puppeteer")),
        sources=("https://pptr.dev/guides/configuration#changing-the-default-cache-directory",),
    ),
    RuntimeDownload(
        command=r"(?:^|[ /])cypress(?:@\S+)? install(?= |$)",
        place=Cache(
            name="program",
            locations=("$CYPRESS_CACHE_FOLDER", "$XDG_CACHE_HOME/Cypress", "$HOME/.cache/Cypress"),
        ),
        sources=("https://docs.cypress.io/app/references/advanced-installation#Binary-cache",),
    ),
    RuntimeDownload(
        command=r"(?:^|[ /])(?:hf|huggingface-cli) download(?= )(?!.* --local-dir(?:=| |$))",
        place=Cache(
            name="models",
            locations=(
                "$HF_HUB_CACHE", "$HUGGINGFACE_HUB_CACHE", "$HF_HOME/hub", "$XDG_CACHE_HOME/huggingface/hub",
                "$HOME/.cache/huggingface/hub",
            ),
            flags=("--cache-dir",),
        ),
        sources=("https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables",),
    ),
    RuntimeDownload(
        command=r"^(?:\S*/)?corepack (?:\S+ )*(?:enable|install|prepare|use|up)(?= |$)",
        place=Cache(
            name="corepack",
            locations=("$COREPACK_HOME", "$XDG_CACHE_HOME/node/corepack", "$HOME/.cache/node/corepack"),
        ),
        used_by=_SHIMS,
        sources=("https://github.com/nodejs/corepack#environment-variables",),
    ),
    RuntimeDownload(
        command=r"^(?:\S*/)?deno (?:-\S+ )*(?:cache|install|i|add|run|check|test)(?= |$)",
        place=Cache(name="modules", locations=("$DENO_DIR", "$XDG_CACHE_HOME/deno", "$HOME/.cache/deno")),
        used_by=r"(?:^|[\s;&|\"'(\[,/])deno(?=[\s\"';&|)]|$)|^\[?\s*[\"']?(?:run|serve|task|start)\b",
        sources=("https://docs.deno.com/runtime/fundamentals/modules/",),
    ),
)  # fmt: skip
