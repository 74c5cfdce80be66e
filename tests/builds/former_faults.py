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
)
