"""Gradle: everything below its user home, which is found by the account and not by HOME."""

from __future__ import annotations

from cachemount.managers.model import Cache, Download, PackageManager

_FLAGS = ("-g", "--gradle-user-home", "-Dgradle.user.home")
_OPTIONS = ("GRADLE_OPTS", "JAVA_OPTS")
_OFFLINE = (frozenset({"--offline"}),)
# A look at the version alone; the wrapper fetches Gradle for it.
_VERSION = r"\A(?:-\S+ )*(?:-v|--?version)(?: -\S+)*\Z"
_LOOK = r"\A(?:-\S+ )*(?:\S*[dD]ependencies|tasks|help|projects|properties|clean)(?: (?:-\S+|clean))*\Z"
# They need no libraries, but the wrapper fetches Gradle for them too.
_MAKES_A_START = r"(?:-\S+ )*(?:init|wrapper)(?: -\S+(?: [\d.]+)?)*\Z"
_WORK = rf"\A(?!(?:-\S+ )*(?:-v|--?version)(?: |\Z)|{_MAKES_A_START})"

GRADLE = PackageManager(
    name="gradle",
    title="gradle, gradlew",
    programs=("gradle", "gradlew"),
    caches=(
        Cache(
            name="caches",
            locations=("$GRADLE_USER_HOME/caches", "$ACCOUNT_HOME/.gradle/caches"),
            # The gradle image's /root/.gradle is a link to the one of its user.
            # A cache that it reads, and fills not: https://docs.gradle.org/current/userguide/dependency_caching.html
            substitutes=("/home/gradle/.gradle/caches", "$GRADLE_RO_DEP_CACHE"),
            flags=_FLAGS,
            flag_suffix="/caches",
            option_variables=_OPTIONS,
            kind="store",
        ),
        Cache(
            name="wrapper",
            locations=("$GRADLE_USER_HOME/wrapper", "$ACCOUNT_HOME/.gradle/wrapper"),
            substitutes=("/home/gradle/.gradle/wrapper",),
            flags=_FLAGS,
            flag_suffix="/wrapper",
            option_variables=_OPTIONS,
            kind="store",
            optional=True,
            once=True,
            holds="Gradle",
        ),
        Cache(
            name="distribution",
            locations=("$GRADLE_USER_HOME/wrapper", "$ACCOUNT_HOME/.gradle/wrapper"),
            substitutes=("/home/gradle/.gradle/wrapper",),
            flags=_FLAGS,
            flag_suffix="/wrapper",
            option_variables=_OPTIONS,
            kind="store",
            holds="Gradle",
        ),
    ),
    # A task of the build, by its name.
    class_path=r"(?i)(?<![\w%.=-])[\w:]*class-?path\b",
    downloads=(
        Download(programs=("gradlew",), verbs=((),), pattern=_VERSION, caches=("distribution",), only_prefetches=True),
        Download(programs=("gradlew",), verbs=(("*",),), pattern=rf"\A{_MAKES_A_START}", caches=("distribution",), only_prefetches=True),
        Download(
            programs=("gradle",),
            verbs=(("*",),),
            pattern=_LOOK,
            caches=("caches",),
            offline=_OFFLINE,
            only_prefetches=True,
        ),
        Download(
            programs=("gradlew",),
            verbs=(("*",),),
            pattern=_LOOK,
            caches=("caches", "wrapper"),
            offline=_OFFLINE,
            only_prefetches=True,
        ),
        Download(programs=("gradle",), verbs=(("*",),), pattern=_WORK, caches=("caches",), offline=_OFFLINE),
        Download(
            programs=("gradlew",), verbs=((), ("*",)), pattern=_WORK, caches=("caches", "wrapper"), offline=_OFFLINE
        ),
    ),
    # One of a project that an argument chooses.
    task=r":[A-Za-z]\w*\Z",
    valued=frozenset(
        {
            "-p", "--project-dir", "-b", "--build-file", "-c", "--settings-file", "-I", "--init-script", "-x",
            "--exclude-task", "--console", "-g", "--gradle-user-home", "--max-workers", "--include-build", "--project-cache-dir",
            "-F", "--dependency-verification", "--priority", "--warning-mode", "--tests", "-D", "-P",
        }
    ),
    no_op_flags=frozenset({"--help", "-h", "-?", "--stop", "--status"}),
    sharing="locked",
    # Run with 4.4: what a server lacked is asked for at every build, and so is a list in which no version fits. Else versions
    # in a range, and snapshots, are those of up to a day ago.
    needed=("/opt/gradle",),
    config_files=tuple(
        f"{home}/{name}"
        for home in ("$GRADLE_USER_HOME", "$ACCOUNT_HOME/.gradle", "/home/gradle/.gradle")
        for name in ("gradle.properties", "init.gradle", "init.gradle.kts", "init.d")
    ),
    built_by=r"\A(?:flutter build (?:apk|appbundle|aar)|(?:cap|cordova|ionic|react-native) (?:build|run))\b",
    # `mavenLocal()`; its task `install` was another name for it: https://docs.gradle.org/current/userguide/publishing_maven.html
    also_uses=(".m2/repository",),
    publishes=r"(?i)publish|(?<![\w-])install(?![\w-])|(?<!\w)pTML\b|\$",
    runtime=(r"\bgradlew?\b",),
    sources=(
        "https://docs.gradle.org/current/userguide/directory_layout.html",
        "https://docs.gradle.org/current/userguide/dependency_caching.html",
        "https://github.com/keeganwitt/docker-gradle",
    ),
)  # fmt: skip
