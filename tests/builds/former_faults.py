"""Kinds of fixes that were made as safe and broke a build or changed an image, and the commits that put them right.

`test_former_faults.py` builds what the program made of the shape just before that commit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FormerFault:
    """What was wrong, the shape that shows it, and the commit since which it is right.

    `alone`: it shows where the first fix of a file is made without the others, as in an editor.
    """

    title: str
    shape: str
    mended: str
    alone: bool = False


FORMER_FAULTS = (
    FormerFault(
        title="a clean-up without `-f` stays, and fails because the mount leaves it nothing to remove",
        shape="npm-rm-cacache-later",
        mended="9e208c2",
    ),
    FormerFault(
        title="docker-clean is removed before a command that needs the file",
        shape="apt-docker-clean-moved",
        mended="745854d",
    ),
    FormerFault(
        title="a cache that is set to `/dev/null` gets a mount there",
        shape="pip-cache-dev-null",
        mended="d03ab27",
    ),
    FormerFault(
        title="the mount covers the folder that serves as the index",
        shape="go-file-proxy-archive",
        mended="d03ab27",
    ),
    FormerFault(
        title="a store is mounted although a program that is not known reads it later",
        shape="go-program-builds",
        mended="dd3c666",
    ),
    FormerFault(
        title="what is installed consists of links into the mounted store",
        shape="pnpm-11-global",
        mended="dd3c666",
    ),
    FormerFault(
        title="a mount that carries a program from step to step is moved away in one of them",
        shape="cargo-program-in-mount",
        mended="dd3c666",
    ),
    FormerFault(
        title="package lists are mounted that a script of a later step needs",
        shape="apt-script-later",
        mended="265a828",
    ),
    FormerFault(
        title="the same, of a Makefile",
        shape="apt-make-deps-later",
        mended="265a828",
    ),
    FormerFault(
        title="a fix that is made alone leaves a mount that the user cannot write to",
        shape="npm-misplaced-user",
        mended="7b44694",
        alone=True,
    ),
    FormerFault(
        title="under `set -e`, a command left of a removed `&&` ends the step",
        shape="pip-set-e-probe-fails",
        mended="072259b",
    ),
    FormerFault(
        title="`set -e` is taken to be in force after `set +e`",
        shape="npm-errexit-off",
        mended="072259b",
    ),
    FormerFault(
        title="the owner of a mount is the default of an argument that a build may set",
        shape="npm-user-by-argument",
        mended="73b01b5",
    ),
    FormerFault(
        title="a line of two assignments in a heredoc is removed with the clean-up after it",
        shape="apt-heredoc-set-e",
        mended="b635bb1",
    ),
    FormerFault(
        title="a command is put into the condition of a block after `time`",
        shape="apt-time-block",
        mended="e27f4d1",
    ),
    FormerFault(
        title="a variable that is not exported is taken for the program's, and the clean-up goes",
        shape="pip-not-exported",
        mended="f63694b",
    ),
    FormerFault(
        title="a later step can read a store from a mount alone, which may be empty",
        shape="cargo-fetch-offline",
        mended="dd3c666",
    ),
    FormerFault(
        title="the same, of Maven",
        shape="maven-offline",
        mended="dd3c666",
    ),
    FormerFault(
        title="a step without network reads the store, and gets no mount",
        shape="cargo-network-none",
        mended="dd3c666",
    ),
    FormerFault(
        title="`apt autopurge` removes what other builds marked in the mount",
        shape="apt-autopurge-stages",
        mended="265a828",
    ),
    FormerFault(
        title="of two arrays, the update alone gets the mounts (not as a safe fix)",
        shape="apt-exec-form",
        mended="265a828",
    ),
    FormerFault(
        title="a clean-up of all of `/var/cache` goes, and what packages put there stays",
        shape="apt-frontend-argument",
        mended="cec5654",
    ),
    FormerFault(
        title="a later step installs by scripts of a folder, and their packages stay in the image",
        shape="apt-scripts-in-a-loop",
        mended="61b7ec2",
    ),
    FormerFault(
        title="the same, of a target of the Makefile",
        shape="apt-make-installs-later",
        mended="61b7ec2",
    ),
    FormerFault(
        title="the same, of a script of package.json",
        shape="apt-npm-run-installs-later",
        mended="61b7ec2",
    ),
    FormerFault(
        title="the same, of pacman",
        shape="pacman-script-later",
        mended="84ac2b1",
    ),
    FormerFault(
        title="`UV_NO_CACHE` goes, and a script that runs uv later leaves a cache in the image",
        shape="uv-switch-and-script",
        mended="98d4b3c",
    ),
    FormerFault(
        title="a setting of apt is written in an image that an argument may change for one without apt",
        shape="apt-base-by-argument",
        mended="e18691b",
    ),
    FormerFault(
        title="the lists of the stages of `FROM base-${ARG}` are mounted, and a later step needs them",
        shape="apt-from-stage-by-argument",
        mended="81b0c95",
    ),
    FormerFault(
        title="the folders of apt's caches are mounted in a step that purges apt itself",
        shape="apt-purges-itself",
        mended="09dc470",
    ),
    FormerFault(
        title="the gems that `bundle pristine` makes others of are in the mount",
        shape="bundler-pristine",
        mended="f3aede3",
    ),
    FormerFault(
        title="a later step changes the rights of a folder that only the mount made",
        shape="cargo-chmod-registry-later",
        mended="19f36ef",
    ),
    FormerFault(
        title="the step changes a file of the store, which is in the mount",
        shape="go-sed-in-modules",
        mended="2823138",
    ),
    FormerFault(
        title="a later stage copies the store by a path with a variable",
        shape="npm-cache-copied-by-variable",
        mended="2823138",
    ),
    FormerFault(
        title="what the step makes in the cache is there already when the mount comes filled",
        shape="npm-link-made-in-cache",
        mended="296ffd9",
    ),
    FormerFault(
        title="an image whose HOME is `/` gets a mount in `/root`, and the cache stays in the image",
        shape="pip-bitnami-home",
        mended="74ef1b9",
    ),
    FormerFault(
        title="the folder above a mount, which an earlier step removed, becomes root's",
        shape="pip-cache-removed-then-parents",
        mended="9ca3456",
    ),
    FormerFault(
        title="a script is not found because a COPY gives its folder another name, and its packages stay in the image",
        shape="apt-script-other-folder",
        mended="8e58776",
    ),
    FormerFault(
        title="the step removes the lists that its script fetches, and the packages of the script stay in the image",
        shape="apt-lists-removed-after-script",
        mended="8e58776",
    ),
    FormerFault(
        title="`PIP_NO_CACHE_DIR` goes, and a script that a COPY brings from another folder runs pip later",
        shape="pip-switch-script-lists-later",
        mended="8e58776",
    ),
    FormerFault(
        title="an argument in FROM chooses a stage whose user has another home, and the cache stays in the image",
        shape="pip-from-stage-by-argument",
        mended="048caeb",
    ),
    FormerFault(
        title="a later `apt-cache` leaves its notes in the image once docker-clean is gone",
        shape="apt-cache-show-later",
        mended="cd93622",
    ),
    FormerFault(
        title="a step without network installs again from a cache that is mounted in the step before",
        shape="npm-network-none",
        mended="683ba14",
    ),
    FormerFault(
        title="a variable keeps a later step from the network, and the archives are in the mount alone",
        shape="composer-download-offline",
        mended="5140b85",
    ),
)
