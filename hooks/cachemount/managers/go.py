"""Go: the module cache, which later steps read, and the build cache beside it."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

# With the dependencies in a vendor folder nothing is downloaded: https://go.dev/ref/mod#vendoring
_VENDORED = r"\bgo mod vendor\b|\b(?:COPY|ADD)\b[^\n]*\bvendor\b|\b(?:dep ensure|glide (?:install|up)|govendor (?:sync|install|fetch))\b"
# Before 1.11 there were no modules: `go get` fills $GOPATH/src, which is no cache.
_MODULES = r"(?ims)\A(?!.*^\s*FROM\s+(?:--\S+\s+)*(?:\S*/)?golang:1\.(?:[0-9]|10)(?![0-9]))"
_VENDOR = (frozenset({"-mod=vendor"}), frozenset({"--mod=vendor"}))

GO = PackageManager(
    name="go",
    title="go, xcaddy, xk6",
    programs=(r"go(1\.[0-9.]+)?", "xcaddy", "xk6"),
    caches=(
        Cache(
            name="modules",
            locations=("$GOMODCACHE", "$GOPATH[0]/pkg/mod", "$HOME/go/pkg/mod"),
            kind="store",
            when=_MODULES,
        ),
        Cache(
            name="build",
            locations=("$GOCACHE", "$XDG_CACHE_HOME/go-build", "$HOME/.cache/go-build"),
            optional=True,
        ),
    ),
    downloads=(
        # They make a module of their own in a temporary folder, and run go there.
        Download(programs=("xcaddy", "xk6"), verbs=(("build",),)),
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
        Download(verbs=(("get",), ("tool", "*"), ("generate",)), unless=_VENDOR),
        # A version names a module that is not vendored.
        Download(verbs=(("install",), ("run",)), pattern=r"@(?:latest|v\d|\w{7,})", unless=_VENDOR),
        # The standard library and the go command come with go.
        Download(
            verbs=(("build",), ("install",), ("run",), ("test",), ("vet",)),
            pattern=r"\A(?!(?:.* )?(?:std|cmd)\Z)",
            unless=_VENDOR,
            satisfied_by=_VENDORED,
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
    offline_variables={"GOPROXY": "off"},
    idle_variables={"GOFLAGS": r".*-mod=vendor.*", "GO111MODULE": "off"},
    cleaners=(
        Cleaner(verbs=(("clean",),), needs=frozenset({"-modcache", "--modcache"}), caches=("modules",)),
        Cleaner(verbs=(("clean",),), needs=frozenset({"-cache", "--cache"}), caches=("build",)),
    ),
    needed=("$GOPATH[0]/bin", "/usr/local/go", "$GOPATH[0]/src"),
    runtime=(r"\bgo (run|test|build)\b",),
    sources=("https://go.dev/ref/mod#module-cache", "https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching"),
)
