"""Images of applications that others add packages to, and that run as a user of their own."""

from __future__ import annotations

from cachemount.dockerfile.images.model import BASH, UNCHECKED, BaseImage, account

# An account whose number is not known: the image may have any.
_ANY = {"": account(None, None, None)}
_NODE = {"node": account(1000, 1000, "/home/node")}
_PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_STEAM = {"steam": account(1000, 1000, "/home/steam")}

IMAGES: tuple[BaseImage, ...] = (
    # Newer releases say where the caches are.
    BaseImage(
        pattern="apache/airflow",
        distribution="debian",
        user="airflow",
        workdir="/opt/airflow",
        variables={"PIP_CACHE_DIR": None, "UV_CACHE_DIR": None},
        accounts={"airflow": account(50000, 0, "/home/airflow")},
        shell=BASH,
        source="https://github.com/apache/airflow/blob/main/Dockerfile",
    ),
    BaseImage(
        pattern=r"quay\.io/astronomer/(astro-runtime|ap-airflow)|astrocrpublic\.azurecr\.io/runtime",
        distribution="unknown",
        user="",
        workdir=None,
        accounts=_ANY,
        source=UNCHECKED,
    ),
    BaseImage(
        pattern=r"freqtradeorg/freqtrade|ghcr\.io/freqtrade/freqtrade",
        distribution="debian",
        user="ftuser",
        workdir="/freqtrade",
        accounts={"ftuser": account(1000, 1000, "/home/ftuser")},
        source="https://github.com/freqtrade/freqtrade/blob/develop/Dockerfile",
    ),
    BaseImage(
        pattern=r"confluentinc/cp-.*",
        distribution="rhel",
        user="appuser",
        workdir="/home/appuser",
        accounts={"appuser": account(1000, 1000, "/home/appuser")},
        source="https://github.com/confluentinc/common-docker/blob/master/base/Dockerfile.ubi9",
    ),
    # adduser gives a number that differs with the release of Ubuntu.
    BaseImage(
        pattern="mathworks/matlab(-deep-learning)?",
        distribution="ubuntu",
        user="matlab",
        workdir="/home/matlab",
        accounts={"matlab": account(None, None, "/home/matlab")},
        source="https://github.com/mathworks-ref-arch/matlab-dockerfile/blob/main/Dockerfile; " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"(quay\.io/)?pangeo/.*",
        distribution="ubuntu",
        user="jovyan",
        workdir="/home/jovyan",
        variables={
            "HOME": "/home/jovyan",
            "CONDA_DIR": "/srv/conda",
            "CONDA_ENV": "notebook",
            "NB_PYTHON_PREFIX": "/srv/conda/envs/notebook",
            "NB_USER": "jovyan",
            "NB_UID": "1000",
            "PATH": f"/srv/conda/envs/notebook/bin:/srv/conda/bin:{_PROGRAMS}",
        },
        accounts={"jovyan": account(1000, 1000, "/home/jovyan")},
        source="https://github.com/pangeo-data/pangeo-docker-images/blob/master/base-image/Dockerfile",
    ),
    # Earlier releases are on Debian.
    BaseImage(
        pattern=r"(glcr|registry\.gitlab)\.b-data\.ch/jupyterlab/.*",
        distribution="unknown",
        user="jovyan",
        workdir="/home/jovyan",
        variables={"HOME": "/home/jovyan", "NB_USER": "jovyan", "NB_UID": "1000", "NB_GID": "100"},
        accounts={"jovyan": account(1000, 100, "/home/jovyan")},
        source="https://github.com/b-data/jupyterlab-r-docker-stack/blob/main/base/latest.Dockerfile",
    ),
    # Those with pnpm say where it has its programs.
    BaseImage(
        pattern="plone/frontend-(builder|prod-config|dev)",
        distribution="debian",
        user="node",
        workdir="/app",
        variables={"PNPM_HOME": None},
        accounts=_NODE,
        source="https://github.com/plone/plone-frontend/blob/17.x/Dockerfile.builder",
    ),
    BaseImage(
        pattern=r"ghcr\.io/puppeteer/puppeteer",
        distribution="debian",
        user="pptruser",
        workdir="/home/pptruser",
        # useradd -r -g: the group's number is one of the system's.
        accounts={**_NODE, "pptruser": account(10042, None, "/home/pptruser")},
        source="https://github.com/puppeteer/puppeteer/blob/main/docker/Dockerfile",
    ),
    BaseImage(
        pattern=r"(docker\.n8n\.io/)?n8nio/n8n|directus/directus|nodered/node-red",
        distribution="alpine",
        user="",
        workdir=None,
        accounts=_ANY,
        source=UNCHECKED,
    ),
    # Its releases are on Alpine, then on Debian, now on Ubuntu.
    BaseImage(
        pattern=r"(ghcr\.io/livebook-dev|livebook)/livebook",
        distribution="unknown",
        workdir="/data",
        variables={"HOME": "/home/livebook"},
        source="https://github.com/livebook-dev/livebook/blob/main/Dockerfile",
    ),
    BaseImage(
        pattern="apache/superset",
        tag=r"^[0-4]\.",
        distribution="debian",
        user="superset",
        workdir="/app",
        accounts={"superset": account(1000, 1000, None)},
        source="https://github.com/apache/superset/blob/master/Dockerfile; its home moved once",
    ),
    # Later ones set HOME to the user's home, for root too.
    BaseImage(
        pattern="apache/superset",
        distribution="debian",
        user="superset",
        workdir="/app",
        variables={"HOME": None},
        accounts={"superset": account(1000, 1000, None)},
        source="https://github.com/apache/superset/blob/master/Dockerfile",
    ),
    BaseImage(
        pattern="fluent/fluentd",
        tag=r"^(v?1\.|edge).*debian",
        distribution="debian",
        user="",
        workdir=None,
        variables={"GEM_HOME": "/usr/local/bundle"},
        accounts={"fluent": account(None, None, "/home/fluent")},
        source="https://github.com/fluent/fluentd-docker-image",
    ),
    BaseImage(
        pattern="fluent/fluentd",
        distribution="unknown",
        user="",
        workdir=None,
        variables={"GEM_HOME": None},
        accounts={"fluent": account(None, None, "/home/fluent")},
        source="https://github.com/fluent/fluentd-docker-image; the tag decides",
    ),
    BaseImage(
        pattern="cm2network/steamcmd",
        tag="root",
        distribution="debian",
        workdir="/home/steam/steamcmd",
        accounts=_STEAM,
        source="https://github.com/CM2Walki/steamcmd",
    ),
    BaseImage(
        pattern="cm2network/steamcmd",
        distribution="debian",
        user="steam",
        workdir="/home/steam/steamcmd",
        accounts=_STEAM,
        source="https://github.com/CM2Walki/steamcmd",
    ),
    # Newer releases have uv's cache elsewhere.
    BaseImage(
        pattern="vllm/vllm-openai",
        tag="^(?!.*nonroot)",
        distribution="ubuntu",
        workdir="/vllm-workspace",
        variables={"UV_CACHE_DIR": None},
        shell=("/bin/bash", "-c"),
        source="https://github.com/vllm-project/vllm/blob/main/docker/Dockerfile",
    ),
    BaseImage(
        pattern="ollama/ollama",
        distribution="ubuntu",
        source="https://github.com/ollama/ollama/blob/main/Dockerfile",
    ),
    BaseImage(
        pattern="intel/(oneapi-.*|deep-learning-essentials)",
        distribution="ubuntu",
        source="https://github.com/intel/oneapi-containers/tree/master/images/docker",
    ),
    BaseImage(
        pattern=r"(ghcr\.io/)?osgeo/gdal",
        distribution="ubuntu",
        source="https://github.com/OSGeo/gdal/tree/master/docker",
    ),
    BaseImage(
        pattern=r"apache/beam_python[\d.]+_sdk",
        distribution="debian",
        source="https://github.com/apache/beam/blob/master/sdks/python/container/Dockerfile",
    ),
    # The tag says of which distribution: 0.40.0-noble.
    BaseImage(
        pattern=r"ghcr\.io/prefix-dev/pixi",
        distribution="unknown",
        source="https://github.com/prefix-dev/pixi-docker/blob/main/Dockerfile",
    ),
    BaseImage(
        pattern=r"odoo|rasa/rasa(-sdk)?|codercom/.*|ghcr\.io/coder/.*|huggingface/lerobot-.*"
        r"|ghcr\.io/actions/(actions-runner|gha-runner.*)|summerwind/actions-runner.*",
        distribution="unknown",
        user="",
        workdir=None,
        accounts=_ANY,
        source=UNCHECKED,
    ),
    BaseImage(
        pattern=r"(apache/)?spark|trinodb/trino|grafana/grafana.*|kong|kong/kong.*|(quay\.io/)?keycloak/keycloak"
        r"|jboss/keycloak|elasticsearch|kibana|logstash|docker\.elastic\.co/.*|opensearchproject/.*|sonarqube|apache/nifi",
        distribution="unknown",
        user="",
        workdir=None,
        accounts=_ANY,
        source=UNCHECKED,
    ),
)
