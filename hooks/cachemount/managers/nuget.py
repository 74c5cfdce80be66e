"""NuGet: the packages folder, which obj/project.assets.json names and later dotnet steps read."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

_READS = (frozenset({"--no-restore"}), frozenset({"--no-build"}))

NUGET = PackageManager(
    name="nuget",
    title="dotnet, nuget",
    programs=("dotnet", "nuget"),
    caches=(
        Cache(
            name="packages",
            locations=("$NUGET_PACKAGES", "$DOTNET_CLI_HOME/.nuget/packages", "$HOME/.nuget/packages"),
            flags=("--packages",),
            kind="store",
        ),
    ),
    downloads=(
        Download(
            programs=("dotnet",),
            verbs=(
                ("restore",),
                ("build",),
                ("publish",),
                ("run",),
                ("test",),
                ("pack",),
                ("add", "package"),
                ("add", "*", "package"),
                ("package", "add"),
                ("tool", "install"),
                ("tool", "update"),
                ("tool", "restore"),
                ("workload", "install"),
                ("workload", "restore"),
                ("new", "install"),
            ),
            offline=_READS,
        ),
        Download(programs=("nuget",), verbs=(("restore",), ("install",))),
    ),
    valued=frozenset(
        {
            "-c",
            "--configuration",
            "-o",
            "--output",
            "-r",
            "--runtime",
            "-f",
            "--framework",
            "-v",
            "--verbosity",
            "-s",
            "--source",
            "-a",
            "--arch",
            "--os",
            "--packages",
            "--version",
            "--version-suffix",
            "--tool-path",
            "--project",
        }
    ),
    # --version names a version for `dotnet tool install`.
    harmless=frozenset({"--help", "-h", "-?", "--info"}),
    cleaners=(Cleaner(verbs=(("nuget", "locals"), ("locals",)), needs=frozenset({"--clear", "-c", "-clear"})),),
    needed=("$HOME/.dotnet/tools", "/usr/share/dotnet"),
    runtime=(r"\bdotnet (run|watch|test|build|publish|restore)\b",),
    sources=("https://learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders",),
)
