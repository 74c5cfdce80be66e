"""Go: the module cache, which later steps read, and the build cache beside it."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

_VENDOR = (frozenset({"-mod=vendor"}), frozenset({"--mod=vendor"}))

GO = PackageManager(
    name="go",
    title="go",
    programs=(r"go(1\.[0-9.]+)?",),
    caches=(
        Cache(
            name="modules",
            locations=("$GOMODCACHE", "$GOPATH[0]/pkg/mod", "$HOME/go/pkg/mod"),
            kind="store",
        ),
        Cache(
            name="build",
            locations=("$GOCACHE", "$XDG_CACHE_HOME/go-build", "$HOME/.cache/go-build"),
            optional=True,
        ),
    ),
    downloads=(
        Download(
            verbs=(
                ("mod", "download"),
                ("mod", "tidy"),
                ("mod", "vendor"),
                ("mod", "graph"),
                ("mod", "verify"),
                ("mod", "why"),
                ("work", "sync"),
                ("work", "vendor"),
                ("list",),
            ),
            caches=("modules",),
            unless=_VENDOR,
        ),
        Download(
            verbs=(("build",), ("install",), ("get",), ("run",), ("test",), ("vet",), ("generate",), ("tool", "*")),
            unless=_VENDOR,
        ),
    ),
    valued=frozenset(
        {
            "-C",
            "-o",
            "-p",
            "-asmflags",
            "-buildmode",
            "-buildvcs",
            "-compiler",
            "-gccgoflags",
            "-gcflags",
            "-installsuffix",
            "-ldflags",
            "-mod",
            "-modfile",
            "-overlay",
            "-pgo",
            "-pkgdir",
            "-tags",
            "-toolexec",
            "-run",
            "-count",
            "-timeout",
            "-coverprofile",
            "-bench",
            "-exec",
            "-f",
        }
    ),
    harmless=frozenset({"-h", "--help", "-help", "-V=full"}),
    offline_variables={"GOPROXY": "off", "GOFLAGS": r".*-mod=vendor.*", "GO111MODULE": "off"},
    cleaners=(
        Cleaner(verbs=(("clean",),), needs=frozenset({"-modcache", "--modcache"}), caches=("modules",)),
        Cleaner(verbs=(("clean",),), needs=frozenset({"-cache", "--cache"}), caches=("build",)),
    ),
    needed=("$GOPATH[0]/bin", "/usr/local/go", "$GOPATH[0]/src"),
    runtime=(r"\bgo (run|test|build)\b",),
    vendored_by=(("mod", "vendor"),),
    vendor_directory="vendor",
    sources=("https://go.dev/ref/mod#module-cache", "https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching"),
)
