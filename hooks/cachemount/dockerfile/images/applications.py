"""Images of applications that others add packages to, and that run as a user of their own."""

from __future__ import annotations

from cachemount.dockerfile.images.model import BASH, UNCHECKED, BaseImage, account

# An account whose number is not known: the image may have any.
_ANY = {"": account(None, None, None)}
_NODE = {"node": account(1000, 1000, "/home/node")}

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
        variables={"HOME": "/home/jovyan", "CONDA_DIR": "/srv/conda", "NB_USER": "jovyan", "NB_UID": "1000"},
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
    BaseImage(
        pattern="apache/superset",
        distribution="debian",
        user="superset",
        workdir="/app",
        accounts={"superset": account(1000, 1000, None)},
        source="https://github.com/apache/superset/blob/master/Dockerfile; its home moved once",
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
