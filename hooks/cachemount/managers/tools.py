"""Programs that are no package managers here, and whose own command empties a cache that a mount may hold."""

from __future__ import annotations

from cachemount.records import Record


class Tool(Record):
    """`places` are templates as those of a `Cache`: the first whose variables are all set is the program's.

    `verbs` are the words that a command which empties it begins with.
    """

    program: str
    verbs: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]
    sources: tuple[str, ...]


TOOLS: tuple[Tool, ...] = (
    Tool(
        program="mise",
        verbs=(("cache", "clear"), ("cache", "clean"), ("cache", "c")),
        places=("$MISE_CACHE_DIR", "$XDG_CACHE_HOME/mise", "$HOME/.cache/mise"),
        sources=("https://mise.jdx.dev/cli/cache/clear.html", "https://mise.jdx.dev/cache-behavior.html"),
    ),
    Tool(
        program="nvm",
        verbs=(("cache", "clear"),),
        places=("$NVM_DIR/.cache", "$HOME/.nvm/.cache"),
        sources=("https://github.com/nvm-sh/nvm/blob/master/nvm.sh",),
    ),
    Tool(
        program="golangci-lint",
        verbs=(("cache", "clean"),),
        places=("$GOLANGCI_LINT_CACHE", "$XDG_CACHE_HOME/golangci-lint", "$HOME/.cache/golangci-lint"),
        sources=("https://golangci-lint.run/docs/configuration/cli/#cache",),
    ),
    Tool(
        program="pre-commit",
        verbs=(("clean",),),
        places=("$PRE_COMMIT_HOME", "$XDG_CACHE_HOME/pre-commit", "$HOME/.cache/pre-commit"),
        sources=("https://pre-commit.com/#pre-commit-clean",),
    ),
)
