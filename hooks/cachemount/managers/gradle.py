"""Gradle: everything below its user home, which is found by the account and not by HOME."""

from __future__ import annotations

from cachemount.managers._model import Cache, Download, PackageManager

GRADLE = PackageManager(
    name="gradle",
    title="gradle, gradlew",
    programs=("gradle", "gradlew"),
    caches=(
        Cache(
            name="caches",
            locations=("$GRADLE_USER_HOME/caches", "$ACCOUNT_HOME/.gradle/caches"),
            flags=("-g", "--gradle-user-home", "-Dgradle.user.home"),
            flag_suffix="/caches",
            kind="store",
        ),
        Cache(
            name="wrapper",
            locations=("$GRADLE_USER_HOME/wrapper", "$ACCOUNT_HOME/.gradle/wrapper"),
            flags=("-g", "--gradle-user-home", "-Dgradle.user.home"),
            flag_suffix="/wrapper",
            kind="store",
            optional=True,
        ),
    ),
    downloads=(
        Download(programs=("gradle",), verbs=((), ("*",)), caches=("caches",), offline=(frozenset({"--offline"}),)),
        Download(programs=("gradlew",), verbs=((), ("*",)), offline=(frozenset({"--offline"}),)),
    ),
    valued=frozenset(
        {
            "-p",
            "--project-dir",
            "-b",
            "--build-file",
            "-c",
            "--settings-file",
            "-I",
            "--init-script",
            "-x",
            "--exclude-task",
            "--console",
            "-g",
            "--gradle-user-home",
            "--max-workers",
        }
    ),
    harmless=frozenset({"--help", "-h", "-?", "--version", "-v", "--stop", "--status"}),
    sharing="locked",
    runtime=(r"\bgradlew?\b",),
    sources=("https://docs.gradle.org/current/userguide/directory_layout.html",),
)
