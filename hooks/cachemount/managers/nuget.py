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
    source_options=(
        r"(?i)(?<!\S)(?:-s|--source|-source|--configfile|-configfile)[= ]\S+"
        r"|(?<!\S)[-/]\S*:Restore(?:Sources|ConfigFile|AdditionalProjectSources)=\S+"
    ),
    # A package that is unpacked is not looked at again, whatever a source has under its name and version.
    own_repository=(
        r"\b(?:dotnet|nuget)\s+pack\b|\bnuget\s+add\s|[-/](?:t|target):\w*[pP]ack\b",
        r"(?:(?<!\S)(?:-s|--source|-Source)[= ]|\badd\s+source\s+|RestoreSources=|RestoreAdditionalProjectSources=)[\"']?[./~]\S*",
    ),
    own_repository_in={"nuget.config": r"(?i)<add\s+key=\"[^\"]*\"\s+value=\"(?!https?:|%|true|false)[^\"]*\""},
    # Its locks lie in the temporary folder (NuGetScratch/lock), which each step has for itself: two that fill one cold
    # folder at once fail (https://github.com/NuGet/Home/issues/14089, https://github.com/NuGet/Home/issues/7380).
    sharing="locked",
    needed=("$HOME/.dotnet/**", "/usr/share/dotnet/**"),
    # `<Exec Command="dotnet swagger ..." />` in a project, `dotnet fable` in what `dotnet run` builds.
    tools_verb=("tool", "restore"),
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
