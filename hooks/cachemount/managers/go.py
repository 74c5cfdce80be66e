"""Go: the module cache, which later steps read, and the build cache beside it."""

from __future__ import annotations

from cachemount.managers.model import (
    Cache,
    Cleaner,
    Download,
    Fetched,
    Installed,
    Loaded,
    PackageManager,
    Requirements,
    Shown,
    Vendored,
)
from cachemount.managers.vendored import COPIED

# With the dependencies in a vendor folder nothing is downloaded: https://go.dev/ref/mod#vendoring
_VENDORED = (
    rf"\bgo (?:mod|work) vendor\b|\bgo env -w (?:[A-Z]\S*=\S+ )*?GOFLAGS=[\"']?[^\"';&|\n]*-mod=vendor\b|{COPIED}|\b(?:COPY|ADD)\b[^\n]*\bvendor/? +/go/src\b"
    r"|\b(?:dep ensure|glide (?:install|up)|govendor (?:sync|install|fetch))\b"
)
_MODULES_IN_PROJECT = Vendored(
    file="vendor/modules.txt",
    said_by=("go.mod", r"(?m)^go (?:1\.(?:1[4-9]|[2-9]\d)|[2-9])"),
    sources=".go",
    unless=r"-mod[= ](?:mod|readonly)\b",
    options_in="GOFLAGS",
    directory=r"(?:^| )--?C[ =](\S+)",
)
# Since 1.17 go.mod names all that a build needs, and of one that it names nothing but its version is asked:
# https://go.dev/ref/mod#graph-pruning
_REQUIREMENTS = Requirements(
    project=_MODULES_IN_PROJECT,
    some=r"(?m)^[ \t]*require\b",
    changed_by=r"\bgo\s+(?:get|work|mod\s+(?:tidy|edit|init))\b|\bgo\.(?:mod|work)\b",
    others="go.work",
    queries=r"list -m(?: -f [\"']?\{\{ ?\.(?:Path|Version) ?\}\}[\"']?)?|list -f [\"']?\{\{ ?\.(?:Path|Version) ?\}\}[\"']? -m",
    told_by=r"(?m)^[ \t]*(?:require[ \t]+)?{}[ \t]+v",
    told_since=r"(?m)^go (?:1\.(?:1[7-9]|[2-9]\d)|[2-9])",
    # Without a go.mod in the folder or above it they may import the standard library alone, since 1.16:
    # https://go.dev/doc/go1.16#modules
    bare=r"[\w./-]+\.go",
    bare_on=r"(?:\A|/)golang:(?!.*onbuild)(?:1\.(?:1[6-9]|[2-9]\d)(?![\d])|1-|1\Z|alpine|latest)",
)
# Before 1.11 there were no modules: `go get` fills $GOPATH/src, which is not a cache; 1.11 and 1.12 do so below $GOPATH/src:
# https://go.dev/doc/go1.13#modules. An image of Go, a version that is named, the packages of a distribution.
_OLD = r"1\.(?:[0-9]|10)(?![0-9$])"
_FROM = r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?:\S*/)?"
_MODULES = (
    rf"(?ims)\A(?!.*{_FROM}golang:{_OLD})"
    rf"(?!(?=.*{_FROM}golang:1\.1[12](?!\d))(?=.*/go/src)(?!.*GO111MODULE[ =][\"']?on))"
    # Up to 1.15 they are used where there is a go.mod alone, unless told otherwise: https://go.dev/doc/go1.16#modules
    rf"(?!(?=.*{_FROM}golang:1\.1[345](?!\d))(?!.*(?:^[ \t]*(?:COPY|ADD)\b|\bclone\b|\bmod init\b|\b(?:curl|wget|cd)\b|/go/src|@|GO111MODULE[ =][\"']?on|--mount)))"
    rf"(?!(?!.*{_FROM}golang).*^[^#\n]*(?<![\w-])go(?:lang)?[-_]?(?:version)?[-_:= ]*[\"']?v?{_OLD})"
    rf"(?!(?!.*{_FROM}golang)(?=.*{_FROM}alpine:3\.[0-8]\b).*\badd [^&;|\n]{{0,300}}?(?<=[ \t])go(?=[\s=]|\Z))"
    rf"(?!(?!.*(?:{_FROM}golang|\bppa:))(?=.*{_FROM}(?:ubuntu:(?:1[2-7]\.|18\.04|trusty|xenial|bionic)|(?:debian|buildpack-deps):(?:[789]\b|wheezy|jessie|stretch)))"
    rf".*\binstall [^&;|\n]{{0,500}}?(?<=[ \t])golang(?:-go)?(?=\s|\Z))"
)
# With -mod=vendor, in one word or two, nothing is downloaded.
_NOT_VENDORED = r"(?s)\A(?!(?:.* )?--?mod[= ]vendor(?: |\Z))"
_OWN_PACKAGES = r"(?!(?:.* )?(?:std|cmd)\Z)"
_ANEW = r"(?=(?:.* )?--?a(?:=true)?(?: |\Z))"
_AT_VERSION = r".*@(?:latest|v\d|\w{7,})"
# Any word is a version, as a branch and a build argument are, where what has it is the path of a package.
_PROGRAM = rf"(?:{_AT_VERSION}|(?:.* )?[\"']?[\w-]+(?:\.[\w-]+)+/[^\s@]+@[\w$\"'])"
# Tools that come with Go.
_OWN_TOOLS = (
    r"(?!(?:-\S+ )*tool (?:-\S+ )*(?:addr2line|api|asm|buildid|cgo|compile|covdata|cover|dist|doc|fix|link|nm|objdump|pack"
    r"|pprof|preprofile|test2json|trace|vet)(?: |\Z))"
)

_KEPT_FROM_FETCHING = (
    r"\bGO(?:PROXY|MODCACHE|PATH|ENV|SUMDB|NOSUMDB|VCS)\s*[:?+]?=|-mod[= ]vendor"
    r"|\bGOFLAGS\s*[:?+]?=(?!\s*\$[({]GOFLAGS[)}](?:\s|\Z))[^\n]*(?:vendor|\$)|\boffline\b|\bGO111MODULE\s*[:?+]?=(?!\s*on\b)"
)

# The linker is told to look where the module lies (`-rpath,${SRCDIR}`, run with 1.26):
# https://github.com/CosmWasm/wasmvm/tree/main/internal/api (link_glibclinux_*.go), and so in what others made of it;
# https://github.com/initia-labs/movevm/blob/main/api/link_linux_glibc_x86_64.go
# https://github.com/wasmerio/wasmer-go/blob/master/wasmer/cgo.go
# https://github.com/k2-fsa/sherpa-onnx-go-linux (build_linux_*.go), the same of sherpa-ncnn-go-linux
# https://github.com/honeycombio/symbolic-go/blob/main/symbolic_linux_amd64.go
# https://github.com/randolphcyg/gowireshark/blob/main/gowireshark.go
# Of wasmd it is known that it needs wasmvm, which a go.mod before 1.17 does not name.
_WITH_LIBRARIES = Loaded(
    file="go.mod",
    packages=(
        r"github\.com/(?:[\w-]+/(?:\w+-)?wasmvm|CosmWasm/(?:go-cosmwasm|wasmd)|initia-labs/movevm|wasmerio/wasmer-go"
        r"|k2-fsa/sherpa-(?:ncnn|onnx)-go(?:-linux)?|honeycombio/symbolic-go|randolphcyg/gowireshark)"
    ),
    what="shared library",
    # Tags with which they are linked statically, or to the system's library.
    unless=r"\b(?:muslc|static_wasm|sys_(?:wasmvm|movevm)|custom_wasmer_runtime)\b",
    unless_set={"CGO_ENABLED": "0"},
)
# They look for their own files by runtime.Caller: https://github.com/yanyiwu/gojieba/blob/master/config.go and
# https://github.com/go-ego/gse/blob/master/dict_util.go; with -trimpath they find none in any case.
_WITH_DICTIONARIES = Loaded(
    file="go.mod",
    packages=r"github\.com/(?:yanyiwu/gojieba|go-ego/gse)",
    what="dictionary",
    unless=r"(?<!\S)--?trimpath\b",
)

GO = PackageManager(
    name="go",
    shown=Shown(
        variable="GOPATH",
        names=r"\bgo[ \t]+install[ \t]+([^;&|\n]+)",
        place=r"(/(?:[\w.-]+/)*go)/bin/{}",
        copied=True,
        unless=r"\bGO(?:BIN|PATH)\b",
    ),
    title="go, xcaddy, xk6",
    programs=(r"go(1\.[0-9.]+)?", "xcaddy", "xk6"),
    caches=(
        Cache(
            name="modules",
            locations=("$GOMODCACHE", "$GOPATH[0]/pkg/mod", "$HOME/go/pkg/mod"),
            # What `go env -w` says is weaker than GOMODCACHE itself, but stronger than GOPATH.
            settings={r"\bgo env -w (?:[A-Z]\S*=\S+ )*?GOMODCACHE=(\S+)": "{}"},
            settings_first=True,
            kind="store",
            when=_MODULES,
            # $GOPATH/pkg/sumdb
            writes_beside="/pkg/mod",
        ),
        Cache(
            name="build",
            locations=("$GOCACHE", "$XDG_CACHE_HOME/go-build", "$HOME/.cache/go-build"),
            settings={r"\bgo env -w (?:[A-Z]\S*=\S+ )*?GOCACHE=(\S+)": "{}"},
            settings_first=True,
            optional=True,
            remakes="compiles all packages",
            compiles_c_unless={"CGO_ENABLED": "0"},
        ),
    ),
    downloads=(
        # They make a module of their own in a temporary folder, and run go there.
        Download(programs=("xcaddy", "xk6"), verbs=(("build",),), installs_program=True),
        # They leave nothing but modules; without a later build they are fetched for what the image runs.
        Download(
            verbs=(("mod", "download"),),
            caches=("modules",),
            pattern=_NOT_VENDORED,
            only_prefetches=True,
            ends_excerpts=True,
            requirements=_REQUIREMENTS,
        ),
        Download(
            verbs=(("get",),),
            caches=("modules",),
            pattern=_NOT_VENDORED + r"(?=(?:.* )?-d(?: |\Z))",
            only_prefetches=True,
        ),
        Download(verbs=(("mod", "vendor"), ("work", "vendor")), caches=("modules",), pattern=_NOT_VENDORED),
        Download(
            verbs=(("mod", "tidy"), ("mod", "graph"), ("mod", "verify"), ("mod", "why"), ("work", "sync")),
            caches=("modules",),
            pattern=_NOT_VENDORED,
            of_project=False,
        ),
        Download(
            verbs=(("list",),),
            caches=("modules",),
            pattern=_NOT_VENDORED + _OWN_PACKAGES,
            satisfied_by=_VENDORED,
            requirements=_REQUIREMENTS,
            vendored=_MODULES_IN_PROJECT,
            of_project=False,
        ),
        # It compiles nothing since Go 1.18: https://go.dev/doc/go1.18#go-get
        Download(verbs=(("get",),), caches=("modules",), pattern=_NOT_VENDORED),
        Download(verbs=(("generate",),), pattern=_NOT_VENDORED, satisfied_by=_VENDORED, vendored=_MODULES_IN_PROJECT),
        Download(
            verbs=(("tool", "*"),),
            pattern=_NOT_VENDORED + _OWN_TOOLS,
            satisfied_by=_VENDORED,
            vendored=_MODULES_IN_PROJECT,
            verb_is_program=True,
        ),
        # A version names a module that is not vendored.
        Download(verbs=(("run", "*"),), pattern=_NOT_VENDORED + _AT_VERSION, verb_is_program=True, of_project=False),
        # With -a all is compiled anew, and nothing read from the build cache: cmd/go/internal/work/buildid.go (run with 1.26).
        Download(
            verbs=(("install",),),
            caches=("modules",),
            pattern=_NOT_VENDORED + _ANEW + _PROGRAM,
            installs_program=True,
            of_project=False,
        ),
        Download(verbs=(("install",),), pattern=_NOT_VENDORED + _PROGRAM, installs_program=True, of_project=False),
        Download(
            verbs=(("build",), ("install",), ("test",)),
            caches=("modules",),
            pattern=_NOT_VENDORED + _ANEW + _OWN_PACKAGES,
            satisfied_by=_VENDORED,
            requirements=_REQUIREMENTS,
            vendored=_MODULES_IN_PROJECT,
        ),
        # The standard library and the go command come with go.
        Download(
            verbs=(("build",), ("install",), ("test",), ("vet",)),
            pattern=_NOT_VENDORED + _OWN_PACKAGES,
            satisfied_by=_VENDORED,
            requirements=_REQUIREMENTS,
            vendored=_MODULES_IN_PROJECT,
        ),
        # Run: in a module they load its packages.
        Download(
            verbs=(("fmt",), ("fix",)),
            caches=("modules",),
            pattern=_NOT_VENDORED + _OWN_PACKAGES,
            satisfied_by=_VENDORED,
            requirements=_REQUIREMENTS,
            vendored=_MODULES_IN_PROJECT,
        ),
        Download(
            verbs=(("run", "*"),),
            pattern=_NOT_VENDORED,
            satisfied_by=_VENDORED,
            requirements=_REQUIREMENTS,
            vendored=_MODULES_IN_PROJECT,
            verb_is_program=True,
        ),
    ),
    # Without an argument it fetches what building and testing the packages of the module needs:
    # https://go.dev/ref/mod#go-mod-download
    fetched=Fetched(
        by=r"mod download(?: --?(?:x|json))*",
        needed_by=r"(?s)(?:build|install|test|vet|run)(?: (?!--?(?:C|mod|modfile)[ =])[^@]*)?",
        files=("go.mod", "go.sum"),
        others=frozenset({"go.work"}),
        changed_by=r"\bgo\s+(?:get|work|mod\s+(?:tidy|edit|init))\b|\bgo\.(?:mod|sum|work)\b",
    ),
    loaded=(_WITH_LIBRARIES, _WITH_DICTIONARIES),
    pinned_program=r"\A(?:run|install)(?: -\S+)* ([\w./~-]+@v\d+\.\d+\.\d+(?![\w.]*\$)\S*)",
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
    no_op_flags=frozenset({"-h", "--help", "-help", "-V=full"}),
    # A proxy that is a folder on disk, which most often lies in the store.
    offline_variables={"GOPROXY": r"off|file:[^,|]*(?:[,|](?:off|file:[^,|]*))*"},
    offline_settings={
        "GOPROXY": r"\bgo env -w (?:[A-Z]\S*=\S+ )*?GOPROXY=[\"']?(?:off|file:[^\s,|]*)[\"']?(?=[\s;&|]|\Z)"
    },
    no_op_variables={"GOFLAGS": r".*-mod=vendor.*", "GO111MODULE": "off"},
    cleaners=(
        # Where a mount has one of the two, the other is emptied still: run with 1.26, -a fills the build cache as well.
        Cleaner(
            verbs=(("clean",),),
            pattern=r"\A(?=.* --?cache(?: |\Z)).* --?modcache(?: |\Z)",
            caches=("modules", "build"),
            alone={"build": "go clean -cache", "modules": "go clean -modcache"},
        ),
        Cleaner(verbs=(("clean",),), needs=frozenset({"-modcache", "--modcache"}), caches=("modules",)),
        Cleaner(verbs=(("clean",),), needs=frozenset({"-cache", "--cache"}), caches=("build",)),
    ),
    empties_in_script=(
        r"\bclean\b[^;&|\n]*[ \t]--?modcache\b|\brm[ \t][^;&|\n]*(?:\bpkg/mod\b|GOMODCACHE|GOPATH|[ \t]/go(?![\w.-]))"
    ),
    linked_in_script=r"\bln[ \t][^\n]*(?:\.Dir\b|pkg/mod|GOMODCACHE|GOPATH)",
    needed=("/usr/local/go",),
    installs_into=(
        Installed(
            place=Cache(name="programs", locations=("$GOBIN", "$GOPATH[0]/bin", "$HOME/go/bin")),
            verbs=("install", "get"),
        ),
        Installed(place=Cache(name="sources", locations=("$GOPATH[0]/src",)), verbs=("get",)),
    ),
    config_files=("$GOENV", "$HOME/.config/go/env", "$HOME/.netrc", "$HOME/.gitconfig"),
    built_by_make=(
        (
            r"(?:(?<![\w./-])go|\$[({]GO(?:CMD|_?BIN)?[)}])\s+(?:build|install|run|test|generate|vet|mod\s+(?:download|tidy|vendor))\b"
            r"|\$[({]GO_?(?:BUILD|INSTALL|RUN|TEST|VET)[)}]"
        ),
        _KEPT_FROM_FETCHING,
    ),
    storeless_verbs=frozenset({"bug", "clean", "doc", "env", "fmt", "help", "mod edit", "telemetry", "version"}),
    # All but `storeless_verbs`, and what prints settings. https://pkg.go.dev/cmd/go, https://github.com/mitranim/gow
    runtime=(
        (
            r"(?<![\w.])(?<!\w-)gow? (?:-C \S+ |-\S+ )*"
            r"(?:build|fix|generate|get|install|list|mod (?!edit\b)\w+|run|test|tool|vet|work \w+)(?![\w.-])"
        ),
    ),
    version_of_stage=(rf"(?im){_FROM}golang:1\.1[345](?!\d)", rf"(?im){_FROM}golang:\d"),
    sources=("https://go.dev/ref/mod#module-cache", "https://pkg.go.dev/cmd/go#hdr-Build_and_test_caching"),
)
