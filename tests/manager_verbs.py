"""The commands and aliases that the most used programs list, and what those do that download no packages.

The lists are what each program says of itself (`npm help`, `lib/utils/cmd-list.js` of npm, `pip help`, `uv help`,
`cargo --list`, `go help`, `poetry list`, `setName` and `setAliases` of Composer's commands, RubyGems' command manager,
Bundler's `cli.rb` …) in the version that is named. `tests/builds/ask_managers.py` asks the programs again and names
the commands that are in no class; tests/unit/managers/test_verbs.py compares the classes with the managers' files.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("downloads", "readers", "cleaners", "apart", "harmless")


@dataclass(frozen=True)
class Listed:
    """A program in a version. `downloads` are commands that the manager's file has to know as downloads.

    `readers` read what was downloaded, or fetch nothing but metadata; `cleaners` empty the cache; `apart` download
    something that is no package of the cache: the program itself, an interpreter; `harmless` do none of this.
    """

    manager: str
    program: str
    version: str
    downloads: str
    readers: str = ""
    cleaners: str = ""
    apart: str = ""
    harmless: str = ""

    def of(self, kind: str) -> list[str]:
        words: list[str] = getattr(self, kind).split()
        return words

    @property
    def words(self) -> list[str]:
        return [word for kind in KINDS for word in self.of(kind)]


LISTED: tuple[Listed, ...] = (
    Listed(
        manager="npm", program="npm", version="12.2.2",
        downloads=(
            "add audit ci cit clean-install clean-install-test create ddp dedupe diff exec i ic in init innit ins "
            "inst insta instal install install-ci-test install-clean install-test isnt isnta isntal isntall "
            "isntall-clean it link ln sit u udpate up update upgrade x"
        ),
        readers=(
            "find info ls list la ll explain why outdated pack prune query rb rebuild remove rm r sbom "
            "search se s show un uninstall unlink v view find-dupes fund"
        ),
        cleaners="cache",
        harmless=(
            "access approve-scripts author bugs c completion config deny-scripts deprecate dist-tag dist-tags "
            "docs doctor edit explore get help help-search hlep home install-scripts issues login logout ogr org "
            "owner patch ping pkg prefix profile publish repo restart root rum run run-script set stage star "
            "stars start stop t team test token trust tst undeprecate unpublish unstar urn verison version whoami"
        ),
    ),
    Listed(
        manager="pnpm", program="pnpm", version="12.23.0",
        downloads=(
            "add ci create dedupe deploy dlx fetch i import install install-clean install-test it recursive store "
            "update up upgrade"
        ),
        readers=(
            "audit bin cache cat-file cat-index find-hash ignored-builds licenses link list ll outdated pack "
            "patch patch-commit patch-remove peers prune purge rb rebuild remove rm sbom search unlink view why"
        ),
        apart="env runtime self-update setup shim with",
        harmless=(
            "access approve approve-builds bugs catalog change clean completion config deprecate dist-tag docs doctor "
            "edit exec fund get help init lane login logout owner pack-app permissions ping pipeline pkg prefix "
            "profile publish repo restart root run script set set-script stage star stars start stop tasks team "
            "test token undeprecate unpublish unstar version whoami xmas"
        ),
    ),
    Listed(
        manager="yarn", program="yarn", version="1.22.22 and 4.18.1",
        downloads="add create dedupe dlx global import install up upgrade upgrade-interactive workspace workspaces",
        readers=(
            "audit check exec explain info licenses link list outdated pack patch patch-commit rebuild remove "
            "search stage unlink unplug why"
        ),
        cleaners="cache",
        apart="plugin policies set",
        harmless=(
            "access autoclean bin config constraints generate-lock-entry help init login logout node npm owner "
            "publish run tag team version versions"
        ),
    ),
    Listed(
        manager="bun", program="bun", version="1.4.5",
        downloads="a add create i init install update x",
        readers="audit build dedupe info link outdated patch prune remove rm unlink why",
        cleaners="pm",
        apart="upgrade",
        harmless="check exec fmt publish repl run test",
    ),
    Listed(
        manager="pip", program="pip", version="26.3",
        downloads="download install lock wheel",
        readers="index search",
        cleaners="cache",
        harmless="check completion config debug freeze hash help inspect list show uninstall",
    ),
    Listed(
        manager="uv", program="uv", version="0.13.9",
        downloads="add build lock pip remove run sync tool venv version",
        readers="audit export tree workspace",
        cleaners="cache",
        apart="check format python self",
        harmless="auth generate-shell-completion help init publish",
    ),
    Listed(
        manager="poetry", program="poetry", version="2.5.1",
        downloads="add install lock self sync update",
        readers="debug remove search show",
        cleaners="cache",
        apart="python",
        harmless="about build check config env help init list new publish run source version",
    ),
    Listed(
        manager="pdm", program="pdm", version="2.29.4",
        downloads="add install lock plugin self sync update",
        readers="export list outdated remove search show",
        cleaners="cache",
        apart="py python",
        harmless="build completion config fix import info init new publish run use venv",
    ),
    Listed(
        manager="pipenv", program="pipenv", version="2026.10.3",
        downloads="install lock sync update upgrade",
        readers="audit check graph pylock requirements uninstall",
        harmless="activate clean open remove run scripts shell verify",
    ),
    Listed(
        manager="pipx", program="pipx", version="1.18.4",
        downloads="inject install install-all reinstall reinstall-all run runpip upgrade upgrade-all upgrade-shared",
        readers="list",
        harmless=(
            "cache completions ensurepath environment exec expose health help interpreter manifest pin repair "
            "reset unexpose uninject uninstall uninstall-all unpin"
        ),
    ),
    Listed(
        manager="go", program="go", version="1.24",
        downloads="build fix fmt generate get install list mod run test tool vet work",
        readers="doc",
        cleaners="clean",
        harmless="bug env telemetry version",
    ),
    Listed(
        manager="cargo", program="cargo", version="1.95.0",
        downloads=(
            "add b bench build c check clippy d doc fetch fix generate-lockfile install metadata miri package "
            "publish r run rustc rustdoc t test tree update vendor"
        ),
        readers="info pkgid remove rm search",
        harmless=(
            "clean config fmt git-checkout help init locate-project login logout new owner read-manifest report "
            "uninstall verify-project version yank"
        ),
    ),
    Listed(
        manager="apt", program="apt-get", version="3.0.4",
        downloads="build-dep dist-upgrade download dselect-upgrade install reinstall satisfy source update upgrade",
        cleaners="clean dist-clean distclean",
        harmless="autoclean autopurge autoremove changelog check indextargets markauto moo purge remove",
    ),
    Listed(
        manager="apt", program="apt", version="3.0.4",
        downloads="full-upgrade install reinstall satisfy update upgrade",
        # `history-redo` and its like install what was removed: nobody does in a build.
        apart="history-redo history-rollback history-undo",
        harmless=(
            "autoremove edit-sources history-info history-list list modernize-sources remove search show why why-not"
        ),
    ),
    Listed(
        manager="apk", program="apk", version="3.0.6",
        downloads="add cache fetch fix update upgrade",
        readers="audit del dot extract info list manifest policy query search stats verify version",
        harmless="adbdump adbgen adbsign convdb convndx index mkndx mkpkg",
    ),
    Listed(
        manager="dnf", program="dnf", version="4.24.0 and 5.4",
        downloads=(
            "build-dep builddep check-update check-upgrade debuginfo-install dg distro-sync do downgrade dsync "
            "environment group grp history in install makecache mc module offline-distrosync offline-upgrade rei "
            "reinstall replay repository-packages swap system-upgrade up update upgrade upgrade-minimal"
        ),
        readers=(
            "advisory autoremove changelog check deplist if info leaves list ls needs-restarting provides remove rm "
            "repoclosure repoinfo repolist repoquery rq se search updateinfo"
        ),
        cleaners="clean",
        # Into a folder of their own; `automatic` and `shell` are for machines that run.
        apart="automatic download reposync shell",
        harmless="alias config-manager copr help mark offline repo repomanage status versionlock",
    ),
    Listed(
        manager="zypper", program="zypper", version="1.14.101",
        downloads=(
            "dist-upgrade download dup in inr install install-new-recommends patch ref refresh si source-install up "
            "update ve verify"
        ),
        readers=(
            "if info list-patches list-updates lp lu pa packages patch-check patch-info patches pattern-info patterns "
            "pch pchk pd product-info products pt remove removeptf rm rmptf se search show what-provides wp"
        ),
        cleaners="cc clean",
        # `refresh-services` fetches lists of repositories, the others packages for a folder or a machine that runs.
        apart="addlocale aloc refresh-services refs sh shell source-download",
        harmless=(
            "addlock addrepo addservice al ar as cl cleanlocks licenses list-locks ll lloc locales locks log lr ls "
            "modifyrepo modifyservice mr ms needs-rebooting nr ps purge-kernels removelocale removelock removerepo "
            "removeservice renamerepo repos rl rloc rr rs services subcommand system-architecture targetos tos vcmp "
            "versioncmp"
        ),
    ),
    Listed(
        manager="nuget", program="dotnet", version="10",
        downloads="add build format msbuild new pack package publish restore run test tool vstest watch",
        readers="clean list reference remove",
        cleaners="nuget",
        # Workloads and the shared store of a machine.
        apart="store workload",
        harmless=(
            "build-server complete completions dev-certs fsi help project sdk sln solution user-jwts user-secrets"
        ),
    ),
    Listed(
        manager="conda", program="conda", version="26.7.1",
        downloads="create env install update upgrade",
        readers="compare export info list remove rename run search uninstall",
        cleaners="clean",
        harmless="activate commands config deactivate doctor check init notices package plugins",
    ),
    Listed(
        manager="gem", program="gem", version="4.0",
        downloads="i install update",
        readers=(
            "check cleanup contents dependency fetch info list lock mirror outdated pristine query search "
            "specification unpack"
        ),
        apart="exec",
        harmless=(
            "build cert environment generate_index help login logout open owner push rdoc rebuild server signin "
            "signout sources stale uninstall which yank"
        ),
    ),
    Listed(
        manager="bundler", program="bundle", version="4.0",
        downloads="add cache i install pack package update",
        readers="lock pristine binstubs c check exec e ex exe list ls outdated remove show info licenses",
        harmless=(
            "clean cli-help config console doctor env fund gem help init inject install-or-cli-help issue open "
            "platform plugin version viz"
        ),
    ),
    Listed(
        manager="composer", program="composer", version="2.11",
        downloads="create-project global i install r reinstall require u update upgrade",
        readers="archive audit bump depends outdated prohibits remove rm show info suggests uninstall why why-not",
        cleaners="cc clear-cache clearcache",
        apart="self-update selfupdate",
        harmless=(
            "about browse check-platform-reqs config diagnose dump-autoload dumpautoload exec fund home init "
            "_complete completion help licenses list policy repo repository run run-script search status validate"
        ),
    ),
    Listed(
        manager="deno", program="deno", version="2.9.6",
        downloads="add bench bundle cache check compile eval install run test vendor x",
        readers=(
            "approve-scripts audit ci coverage desktop doc info lint list outdated pack repl serve task update watch "
            "why"
        ),
        cleaners="clean",
        apart="upgrade",
        harmless=(
            "bump-version completions create deploy fmt help init jupyter link lsp publish remove sandbox transpile "
            "types uninstall unlink"
        ),
    ),
)  # fmt: skip
