"""NuGet: the packages folder, which obj/project.assets.json names and later dotnet steps read."""

from __future__ import annotations

from cachemount import reasons
from cachemount.managers.model import Cache, Cleaner, Download, PackageManager

_READS = (frozenset({"--no-restore"}), frozenset({"--no-build"}))

NUGET = PackageManager(
    name="nuget",
    title="dotnet, nuget",
    programs=("dotnet", "dnx", r"(?i:nuget)(?:\.exe)?", r"(?i:msbuild)(?:\.exe)?"),
    caches=(
        Cache(
            name="packages",
            locations=("$NUGET_PACKAGES", "$DOTNET_CLI_HOME/.nuget/packages", "$HOME/.nuget/packages"),
            flags=("--packages", "-p:RestorePackagesPath", "/p:RestorePackagesPath", "--property:RestorePackagesPath"),
            kind="store",
            # Before SDK 3 the output of `dotnet build` was without them.
            doubt=reasons.DOTNET_OLD.about(),
            safe_when=r"\bpublish\b|\A(?![\s\S]*(?:microsoft/(?:dotnet|aspnetcore)|/sdk:[12]\.|netcoreapp[12]))",
        ),
    ),
    downloads=(
        # Global tools go straight into ~/.dotnet/tools.
        Download(programs=("dotnet",), verbs=(("restore",),), only_prefetches=True),
        Download(
            programs=("dotnet",),
            verbs=(
                ("build",), ("publish",), ("run",), ("test",), ("pack",), ("watch",), ("format",), ("msbuild",), ("vstest",),
                ("add", "package"), ("add", "*", "package"), ("package", "add"), ("tool", "restore"),
            ),
            pattern=r"\A(?!(?:-\S+ )*msbuild\b(?!.*(?:[-/](?:t|target):\w*[rR]estore|[-/]r(?:estore)?\b)))",
            offline=_READS,
        ),
        # It makes another project.
        Download(
            programs=("dotnet",),
            verbs=(("new",),),
            pattern=r"\A(?!(?:-\S+ )*new (?:(?:-\S+|-i \S+) ?)*\Z|.*--no-restore.* new\b)",
            offline=_READS,
            of_project=False,
        ),
        # What the project's own tools are, and what msbuild compiles with, lies there.
        Download(
            programs=("dotnet",),
            verbs=(("ef",), ("tool", "run"), ("msbuild",), ("fake",), ("paket",), ("cake",)),
            offline=(frozenset(),),
        ),
        Download(programs=("dnx",), verbs=(("*",),), verb_is_program=True, of_project=False),
        Download(programs=("dotnet",), verbs=(("tool", "exec", "*"),), verb_is_program=True, of_project=False),
        Download(programs=(r"(?i:nuget)(?:\.exe)?",), verbs=(("restore",), ("install",), ("update",)), unless=(frozenset({"-DirectDownload"}),)),
        Download(
            programs=(r"(?i:msbuild)(?:\.exe)?",), verbs=((), ("*",)), pattern=r"(?i)[-/](?:t|target):\w*restore|[-/]r(?:estore)?\b"
        ),
        Download(programs=(r"(?i:msbuild)(?:\.exe)?",), verbs=((), ("*",)), offline=(frozenset(),)),
    ),
    valued=frozenset(
        {
            "-c", "--configuration", "-o", "--output", "-r", "--runtime", "-f", "--framework", "-v", "--verbosity", "-s",
            "--source", "-a", "--arch", "--os", "--packages", "--version", "--version-suffix", "--tool-path", "--project",
            "-p", "--configfile", "--lock-file-path", "--logger", "-l", "--filter", "--settings", "--results-directory",
        }
    ),
    # A target of MSBuild may run `dotnet TOOL`: https://learn.microsoft.com/dotnet/core/tools/local-tools-how-to-use
    tools_by=("tool", "restore"),
    tools_in_scripts=r":\s*\"[^\"\n]*(?<![\w.-])dotnet\s",
    source_flags=(
        "-s", "--source", "-Source", "--configfile", "-ConfigFile", "-p:RestoreSources", "/p:RestoreSources",
        "--property:RestoreSources", "-p:RestoreConfigFile", "/p:RestoreConfigFile", "--property:RestoreConfigFile",
        "-p:RestoreAdditionalProjectSources", "/p:RestoreAdditionalProjectSources",
    ),
    # https://learn.microsoft.com/dotnet/core/tools/dotnet-publish#implicit-restore
    unfetched_flag="--no-restore",
    fetching_verbs=(("restore",), ("build",), ("publish",), ("test",), ("pack",)),
    unfetched_unless=frozenset({"--no-build"}),
    fetches_despite=frozenset(
        {"-c", "--configuration", "-o", "--output", "-v", "--verbosity", "--nologo", "--disable-parallel", "--no-incremental"}
    ),
    # --version names a version for `dotnet tool install`.
    no_op_flags=frozenset({"--help", "-h", "-?", "--info", "--list-sdks", "--list-runtimes"}),
    cleaners=(
        Cleaner(
            verbs=(("nuget", "locals"), ("locals",)),
            needs=frozenset({"--clear", "-c", "-clear", "-Clear"}),
            pattern=r"\b(?:all|global-packages)\b",
        ),
    ),
    # A package of the build's own, in a folder that is a source: what is there under an id and a version is never replaced.
    known_by_name_after=(
        r"(?s)\A(?=.*\b(?:dotnet\s+(?:pack|nuget\s+push)|nuget(?:\.exe)?\s+(?:pack|push|add\s+(?!source)))\b)"
        r"(?=.*(?:\badd\s+source\s|\s(?:-s|--source|-Source)[ =]|\bRestore(?:AdditionalProject)?Sources=)[\"']?(?:[./~$]|[\w-]+/))"
    ),
    # Its locks lie in the temporary folder (NuGetScratch/lock), which each step has for itself: two that fill one cold
    # folder at once fail (https://github.com/NuGet/Home/issues/14089, https://github.com/NuGet/Home/issues/7380).
    sharing="locked",
    needed=("$HOME/.dotnet/**", "/usr/share/dotnet/**"),
    # The output of `dotnet build` finds its packages there.
    storeless_verbs=frozenset({"clean", "dev-certs", "help", "nuget", "sln", "store", "tool", "workload"}),
    runtime=(
        # All but `storeless_verbs` and what runs a program that is built: others are tools, of the project as well.
        (
            r"(?<![\w.])(?<!\w-)dotnet (?:-\S+ )*"
            r"(?!(?:clean|dev-certs|exec|help|nuget|sln|store|workload|tool (?!exec|restore|run)\w+)(?![\w/.-]))"
            r"[a-z][\w-]*(?![\w./-])"
        ),
        r"\bdotnet (?:exec )?(?:\S*/)?bin/(?!\S*publish)\S+\.dll",
    ),
    config_files=("$HOME/.nuget/NuGet/NuGet.Config", "$HOME/.config/NuGet/NuGet.Config"),
    moved_by_files=r"(?i:nuget\.config)",
    sources=(
        "https://learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders",
        "https://learn.microsoft.com/dotnet/core/tools/dotnet-restore",
    ),
)  # fmt: skip
