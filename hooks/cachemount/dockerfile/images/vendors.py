"""Images of companies that build on those of a language or a distribution."""

from __future__ import annotations

from cachemount.dockerfile.images.model import BASH, UNCHECKED, BaseImage, account

_CIRCLECI = {"circleci": account(3434, 3434, "/home/circleci")}
_CIMG = {"circleci": account(1001, 1002, "/home/circleci")}
_GEMS = {"GEM_HOME": "/usr/local/bundle", "BUNDLE_APP_CONFIG": "/usr/local/bundle"}
_CARGO = {"CARGO_HOME": "/usr/local/cargo", "RUSTUP_HOME": "/usr/local/rustup"}
# Their devcontainer.json names the account; as remoteUser, which is not the image's USER.
_DEVCONTAINERS = "https://github.com/devcontainers/images/tree/main/src"
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
    # Rust is where rustup puts it for root.
    BaseImage(
        pattern=r"(ghcr\.io/)?(messense|rust-cross)/rust-musl-cross",
        distribution="ubuntu",
        workdir="/home/rust/src",
        source="https://github.com/rust-cross/rust-musl-cross/blob/main/Dockerfile",
    ),
    BaseImage(
        pattern=r"(ghcr\.io/)?blackdex/rust-musl",
        distribution="ubuntu",
        workdir="/home/rust/src",
        shell=BASH,
        source="https://github.com/BlackDex/rust-musl/blob/main/Dockerfile.musl-base",
    ),
    BaseImage(
        pattern=r"ghcr\.io/cross-rs/.*",
        distribution="ubuntu",
        source="https://github.com/cross-rs/cross/tree/main/docker",
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/openjdk/jdk",
        tag="ubuntu|mariner|azurelinux",
        distribution="ubuntu",
        source="https://github.com/microsoft/openjdk-docker/tree/main/docker",
    ),
    BaseImage(
        pattern=r"cgr\.dev/chainguard/go|chainguard/go",
        distribution="wolfi",
        workdir=None,
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://github.com/chainguard-images/images/blob/main/images/go/config/template.apko.yaml",
    ),
    BaseImage(
        pattern=r"cgr\.dev/chainguard/node|chainguard/node",
        distribution="wolfi",
        user="node",
        workdir="/app",
        accounts={"node": account(65532, 65532, "/home/node")},
        source="https://github.com/chainguard-images/images/blob/main/images/node/config/template.apko.yaml",
    ),
    BaseImage(
        pattern=r"cgr\.dev/chainguard/python|chainguard/python",
        distribution="wolfi",
        user="nonroot",
        workdir=None,
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://github.com/chainguard-images/images/blob/main/images/python/config/template.apko.yaml",
    ),
    BaseImage(
        pattern=r"cgr\.dev/chainguard/rust|chainguard/rust",
        distribution="wolfi",
        user="nonroot",
        workdir="/work",
        accounts={"nonroot": account(65532, 65532, "/home/nonroot")},
        source="https://github.com/chainguard-images/images/blob/main/images/rust/config/template.apko.yaml",
    ),
    BaseImage(
        pattern=r"cgr\.dev/chainguard/jdk|chainguard/jdk",
        distribution="wolfi",
        user="java",
        workdir="/home/build",
        variables={"JAVA_HOME": "/usr/lib/jvm/default-jvm"},
        accounts={"java": account(65532, 65532, "/home/java")},
        source="https://github.com/chainguard-images/images/blob/main/images/jdk/config/template.apko.yaml",
    ),
    # HOME stays as it is for other users, root too. Where Go and pnpm are differs from image to image.
    BaseImage(
        pattern=r"gitpod/workspace-[\w-]+",
        distribution="ubuntu",
        user="gitpod",
        workdir="/home/gitpod",
        variables={"HOME": "/home/gitpod", "GOPATH": None, "PNPM_HOME": None},
        accounts={"gitpod": account(33333, 33333, "/home/gitpod")},
        source="https://github.com/gitpod-io/workspace-images/blob/main/base/Dockerfile",
    ),
    BaseImage(
        pattern=r"rocm/dev-ubuntu-[\d.]+",
        distribution="ubuntu",
        source="https://github.com/ROCm/ROCm-docker/blob/master/dev/Dockerfile-ubuntu-24.04",
    ),
    BaseImage(
        pattern=r"rocm/dev-(?:almalinux|rockylinux|centos)-\d+",
        distribution="rhel",
        source="https://github.com/ROCm/ROCm-docker/blob/master/dev/Dockerfile-almalinux-8",
    ),
    BaseImage(
        pattern="dunglas/frankenphp",
        tag="alpine",
        distribution="alpine",
        workdir="/app",
        variables={"XDG_CONFIG_HOME": "/config", "XDG_DATA_HOME": "/data"},
        accounts={"www-data": account(82, 82, "/home/www-data")},
        source="https://github.com/php/frankenphp/blob/main/alpine.Dockerfile",
    ),
    BaseImage(
        pattern="dunglas/frankenphp",
        distribution="debian",
        workdir="/app",
        variables={"XDG_CONFIG_HOME": "/config", "XDG_DATA_HOME": "/data"},
        source="https://github.com/php/frankenphp/blob/main/Dockerfile",
    ),
    BaseImage(
        pattern=r"(ghcr\.io/)?serversideup/(php|docker-php)",
        tag="alpine",
        distribution="alpine",
        user="www-data",
        workdir="/var/www/html",
        variables={"COMPOSER_HOME": "/composer", "COMPOSER_ALLOW_SUPERUSER": "1"},
        accounts={"www-data": account(82, 82, "/home/www-data")},
        source="https://github.com/serversideup/docker-php/blob/main/src/variations/fpm-nginx/Dockerfile",
    ),
    BaseImage(
        pattern=r"(ghcr\.io/)?serversideup/(php|docker-php)",
        distribution="debian",
        user="www-data",
        workdir="/var/www/html",
        variables={"COMPOSER_HOME": "/composer", "COMPOSER_ALLOW_SUPERUSER": "1"},
        accounts={"www-data": account(33, 33, "/var/www")},
        source="https://github.com/serversideup/docker-php/blob/main/src/variations/fpm-nginx/Dockerfile",
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
        pattern=r"ghcr\.io/railwayapp/railpack-runtime",
        distribution="debian",
        release="trixie",
        source="https://github.com/railwayapp/railpack/blob/main/images/debian/runtime/Dockerfile",
    ),
    # A tag says of which distribution: ubuntu-1745885067.
    BaseImage(
        pattern=r"ghcr\.io/railwayapp/nixpacks",
        tag="^(ubuntu|debian)",
        distribution="ubuntu",
        shell=("/bin/bash", "-ol", "pipefail", "-c"),
        source="https://github.com/railwayapp/nixpacks/tree/main/base",
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
        pattern=r"mcr\.microsoft\.com/(vscode/)?devcontainers/universal",
        distribution="ubuntu",
        workdir=None,
        accounts={"codespace": account(1000, 1000, "/home/codespace")},
        source=_DEVCONTAINERS + "/universal",
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
