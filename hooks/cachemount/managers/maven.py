"""Maven: the local repository, found by the account and not by HOME; later steps and offline builds read it."""

from __future__ import annotations

from cachemount.managers._model import Cache, Cleaner, Download, PackageManager

MAVEN = PackageManager(
    name="maven",
    title="mvn, mvnw, mvnd",
    programs=("mvn", "mvnw", "mvnd"),
    caches=(
        Cache(
            name="repository",
            locations=("$ACCOUNT_HOME/.m2/repository",),
            flags=("-Dmaven.repo.local",),
            kind="store",
        ),
    ),
    downloads=(Download(verbs=(("*",),), offline=(frozenset({"-o"}), frozenset({"--offline"}))),),
    valued=frozenset(
        {
            "-f",
            "--file",
            "-pl",
            "--projects",
            "-P",
            "--activate-profiles",
            "-s",
            "--settings",
            "-gs",
            "--global-settings",
            "-t",
            "--toolchains",
            "-l",
            "--log-file",
            "-T",
            "--threads",
            "-rf",
            "--resume-from",
            "-b",
            "--builder",
        }
    ),
    harmless=frozenset({"--help", "-h", "--version", "-v"}),
    cleaners=(Cleaner(verbs=(("dependency:purge-local-repository",),)),),
    sharing="locked",
    runtime=(r"\bmvnw?\b",),
    sources=("https://maven.apache.org/configure.html", "https://maven.apache.org/settings.html"),
)
