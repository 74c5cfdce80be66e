"""Images of companies that build on those of a language or a distribution."""

from __future__ import annotations

from cachemount.dockerfile.images.model import BASH, UNCHECKED, BaseImage, account

_CIRCLECI = {"circleci": account(3434, 3434, "/home/circleci")}
_CIMG = {"circleci": account(1001, 1002, "/home/circleci")}
_GEMS = {"GEM_HOME": "/usr/local/bundle", "BUNDLE_APP_CONFIG": "/usr/local/bundle"}
_CARGO = {"CARGO_HOME": "/usr/local/cargo", "RUSTUP_HOME": "/usr/local/rustup"}
_DEVCONTAINERS = "https://github.com/devcontainers/images; " + UNCHECKED
_OLD_CIRCLECI = "https://github.com/circleci/circleci-images; " + UNCHECKED
_CIMG_SHELL = ("/bin/bash", "-exo", "pipefail", "-c")
_VSCODE = {"vscode": account(1000, 1000, "/home/vscode")}

IMAGES: tuple[BaseImage, ...] = (
    BaseImage(
        pattern=r"ghcr\.io/pnpm/pnpm",
        distribution="debian",
        workdir="/app",
        variables={"PNPM_HOME": "/pnpm"},
        source="https://github.com/pnpm/pnpm/blob/main/docker/Dockerfile",
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/oss/go/microsoft/golang",
        distribution="debian",
        workdir="/go",
        variables={"GOPATH": "/go"},
        source="https://github.com/microsoft/go-images/blob/main/Dockerfile-linux.template",
    ),
    BaseImage(
        pattern=r"dhi\.io/golang",
        distribution="debian",
        user="",
        workdir=None,
        variables={"GOPATH": "/go"},
        source="https://docs.docker.com/dhi/migration/examples/go; GOPATH " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"cgr\.dev/chainguard/go|chainguard/go",
        distribution="wolfi",
        workdir=None,
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://github.com/chainguard-images/images/blob/main/images/go/config/template.apko.yaml",
    ),
    # Before 2025 cargo's home was /root/.cargo, and tags float.
    BaseImage(
        pattern="clux/muslrust",
        distribution="ubuntu",
        workdir="/volume",
        variables={"CARGO_HOME": None},
        source="https://github.com/clux/muslrust/blob/main/Dockerfile.x86_64",
    ),
    BaseImage(
        pattern=r"jdxcode/mise|ghcr\.io/jdx/mise",
        distribution="debian",
        workdir="/mise",
        variables={**_CARGO, "MISE_DATA_DIR": "/mise", "MISE_CACHE_DIR": "/mise/cache"},
        shell=BASH,
        source="https://github.com/jdx/mise/blob/main/packaging/mise/Dockerfile",
    ),
    BaseImage(
        pattern=r"ghcr\.io/railwayapp/railpack-builder",
        distribution="debian",
        variables={"MISE_DATA_DIR": "/mise", "MISE_CACHE_DIR": "/mise/cache"},
        source="https://github.com/railwayapp/railpack/blob/main/images/debian/build/Dockerfile",
    ),
    BaseImage(
        pattern="circleci/golang",
        distribution="debian",
        user="circleci",
        workdir="/go",
        variables={"GOPATH": "/go"},
        accounts=_CIRCLECI,
        source=_OLD_CIRCLECI,
    ),
    BaseImage(
        pattern="circleci/ruby",
        distribution="debian",
        user="circleci",
        variables=_GEMS,
        accounts=_CIRCLECI,
        source=_OLD_CIRCLECI,
    ),
    BaseImage(
        pattern="circleci/rust",
        distribution="debian",
        user="circleci",
        variables=_CARGO,
        accounts=_CIRCLECI,
        source=_OLD_CIRCLECI,
    ),
    BaseImage(
        pattern="circleci/.*",
        distribution="debian",
        user="circleci",
        workdir=None,
        accounts=_CIRCLECI,
        source=_OLD_CIRCLECI,
    ),
    BaseImage(
        pattern="cimg/go",
        distribution="ubuntu",
        user="circleci",
        workdir="/home/circleci/project",
        variables={"GOPATH": "/home/circleci/go"},
        accounts=_CIMG,
        shell=_CIMG_SHELL,
        source="https://github.com/CircleCI-Public/cimg-go; GOPATH " + UNCHECKED,
    ),
    BaseImage(
        pattern="cimg/.*",
        distribution="ubuntu",
        user="circleci",
        workdir="/home/circleci/project",
        accounts=_CIMG,
        shell=_CIMG_SHELL,
        source="https://github.com/CircleCI-Public/cimg-base",
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/(vscode/)?devcontainers/(java|type)script-node",
        distribution="debian",
        workdir=None,
        accounts={"node": account(1000, 1000, "/home/node")},
        source=_DEVCONTAINERS,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/(vscode/)?devcontainers/go",
        distribution="debian",
        workdir=None,
        variables={"GOPATH": "/go"},
        accounts=_VSCODE,
        source=_DEVCONTAINERS,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/(vscode/)?devcontainers/rust",
        distribution="debian",
        workdir=None,
        variables=_CARGO,
        accounts=_VSCODE,
        source=_DEVCONTAINERS,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/(vscode/)?devcontainers/.*",
        distribution="debian",
        workdir=None,
        accounts=_VSCODE,
        source=_DEVCONTAINERS,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/playwright.*",
        distribution="ubuntu",
        accounts={"pwuser": account(None, None, "/home/pwuser")},
        source="https://github.com/microsoft/playwright/tree/main/utils/docker",
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/azure-functions/.*",
        distribution="debian",
        workdir=None,
        variables={"HOME": "/home"},
        source="https://github.com/Azure/azure-functions-docker; " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/powershell|microsoft/powershell|microsoft/vsts-agent",
        distribution="ubuntu",
        source="https://github.com/PowerShell/PowerShell-Docker; " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"public\.ecr\.aws/(lambda|sam)/.*|amazon/aws-lambda-.*|lambci/lambda.*|lambci/yumda",
        distribution="rhel",
        workdir="/var/task",
        source="https://github.com/aws/aws-lambda-base-images; " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"amazon/aws-cli|public\.ecr\.aws/aws-cli/aws-cli",
        distribution="rhel",
        workdir="/aws",
        source="https://github.com/aws/aws-cli/tree/v2/docker",
    ),
    BaseImage(
        pattern=r"gcr\.io/distroless/.*",
        tag="nonroot",
        distribution="debian",
        user="nonroot",
        workdir="/home/nonroot",
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://github.com/GoogleContainerTools/distroless",
    ),
    BaseImage(
        pattern=r"gcr\.io/distroless/.*",
        distribution="debian",
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://github.com/GoogleContainerTools/distroless",
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/(windows|dotnet/framework).*"
        r"|microsoft/(windowsservercore|nanoserver|iis|dotnet-framework).*",
        distribution="windows",
        user="",
        source="https://mcr.microsoft.com",
    ),
)
