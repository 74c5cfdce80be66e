"""Images of servers and tools, which others build upon now and then."""

from __future__ import annotations

from cachemount.dockerfile.images.model import UNCHECKED, BaseImage, account

_LIBRARY = "https://github.com/docker-library/official-images"
# PostGIS builds on it. https://github.com/postgis/docker-postgis
_POSTGRES = "postgres|postgis/postgis"
_BUILDKIT = "https://github.com/moby/buildkit/blob/master/Dockerfile"
_ROS = "https://github.com/osrf/docker_images"

IMAGES: tuple[BaseImage, ...] = (
    BaseImage(
        pattern="wordpress",
        tag="^cli",
        distribution="alpine",
        user="www-data",
        workdir="/var/www/html",
        accounts={"www-data": account(33, 33, None)},
        source="https://github.com/docker-library/wordpress",
    ),
    BaseImage(
        pattern=_POSTGRES,
        tag="alpine",
        distribution="alpine",
        workdir=None,
        accounts={"postgres": account(70, 70, "/var/lib/postgresql")},
        source="https://github.com/docker-library/postgres",
    ),
    BaseImage(
        pattern=_POSTGRES,
        distribution="debian",
        workdir=None,
        accounts={"postgres": account(999, 999, "/var/lib/postgresql")},
        source="https://github.com/docker-library/postgres",
    ),
    BaseImage(
        pattern="httpd|nginx|redis|memcached|haproxy|wordpress|drupal|joomla|nextcloud|matomo|telegraf"
        "|influxdb|couchdb|ghost|varnish|neo4j|plone|sentry|rethinkdb|owncloud|redmine|phpmyadmin|monica",
        distribution="debian",
        workdir=None,
        source=_LIBRARY,
    ),
    # Since 0.16 (September 2024) on Alpine 3.20 or later; before that on 3.19, perhaps.
    BaseImage(
        pattern="moby/buildkit",
        tag=r"^v0\.(\d|1[0-5])\.(?!.*rootless)",
        distribution="alpine",
        release="3.19",
        source=_BUILDKIT,
    ),
    BaseImage(
        pattern="moby/buildkit", tag=r"^v0\.(1[6-9]|[2-9]\d)\.(?!.*rootless)", distribution="alpine", source=_BUILDKIT
    ),
    BaseImage(
        pattern="moby/buildkit",
        tag=r"^v0\.(1[6-9]|[2-9]\d)\..*rootless",
        distribution="alpine",
        user="user",
        variables={"HOME": "/home/user", "TMPDIR": "/home/user/.local/tmp"},
        accounts={"user": account(1000, 1000, "/home/user")},
        source=_BUILDKIT,
    ),
    # A distribution of ROS stays on one release of Ubuntu, but for "rolling".
    BaseImage(pattern="ros|osrf/ros", tag=r"^(jazzy|kilted)\b", distribution="ubuntu", release="noble", source=_ROS),
    BaseImage(pattern="ros|osrf/ros", tag=r"^(humble|iron)\b", distribution="ubuntu", release="jammy", source=_ROS),
    BaseImage(
        pattern="ros|osrf/ros", tag=r"^(foxy|galactic|noetic)\b", distribution="ubuntu", release="focal", source=_ROS
    ),
    BaseImage(pattern="mariadb|mongo|ros|osrf/ros", distribution="ubuntu", source=_LIBRARY),
    BaseImage(
        pattern="mediawiki",
        distribution="debian",
        workdir="/var/www/html",
        source="https://github.com/wikimedia/mediawiki-docker",
    ),
    BaseImage(
        pattern="caddy", distribution="alpine", workdir="/srv", source="https://github.com/caddyserver/caddy-docker"
    ),
    BaseImage(pattern="bash", distribution="alpine", source="https://github.com/tianon/docker-bash"),
    BaseImage(
        pattern="openresty/openresty",
        distribution="debian",
        source="https://github.com/openresty/docker-openresty",
    ),
    BaseImage(
        pattern="certbot/(certbot|dns-.*)",
        distribution="alpine",
        workdir="/opt/certbot",
        source="https://github.com/certbot/certbot/blob/main/tools/docker/Dockerfile",
    ),
    BaseImage(
        pattern="envoyproxy/envoy",
        tag="^(?!.*distroless)",
        distribution="ubuntu",
        source="https://github.com/envoyproxy/envoy/blob/main/distribution/docker/Dockerfile-envoy",
    ),
    # The distribution changed with the years.
    BaseImage(
        pattern="mysql|mysql/mysql-server|percona|tomcat|tomee|jetty|cassandra|solr"
        "|rabbitmq|traefik|nats|registry|couchbase|zookeeper|flink|storm",
        distribution="unknown",
        workdir=None,
        source=_LIBRARY,
    ),
    BaseImage(
        pattern="docker|consul|vault|hashicorp/(terraform|consul|vault|packer)|adminer|registry|asciidoctor/docker-asciidoctor"
        "|lachlanevenson/k8s-kubectl|gliderlabs/logspout|nginxinc/nginx-unprivileged:.*alpine",
        distribution="alpine",
        workdir=None,
        source=_LIBRARY,
    ),
    BaseImage(
        pattern="nginxinc/nginx-unprivileged",
        distribution="debian",
        user="101",
        accounts={"nginx": account(101, 101, None)},
        source="https://github.com/nginx/docker-nginx-unprivileged",
    ),
    BaseImage(
        pattern=r"google/cloud-sdk|gcr\.io/google\.com/cloudsdktool/(google-)?cloud-(sdk|cli)|google/(nodejs|python)(-runtime)?"
        r"|jwilder/nginx-proxy|williamyeh/ansible",
        distribution="debian",
        workdir=None,
        source="https://github.com/GoogleCloudPlatform/cloud-sdk-docker; the others " + UNCHECKED,
    ),
    BaseImage(
        pattern="jenkins|jenkins/jenkins|jenkinsci/jenkins|jenkinsci/blueocean|jenkins4eval/jenkins",
        distribution="debian",
        user="jenkins",
        variables={"JENKINS_HOME": "/var/jenkins_home"},
        accounts={"jenkins": account(1000, 1000, "/var/jenkins_home")},
        source="https://github.com/jenkinsci/docker",
    ),
    BaseImage(
        pattern="(jenkins|jenkinsci|jenkins4eval)/(agent|inbound-agent|slave|jnlp-slave|ssh-agent|ssh-slave)",
        distribution="debian",
        user="",
        workdir=None,
        accounts={"jenkins": account(1000, 1000, "/home/jenkins")},
        source="https://github.com/jenkinsci/docker-agents: ssh-agent runs as root, the others as jenkins",
    ),
    BaseImage(
        pattern="selenium/.*",
        distribution="unknown",
        user="seluser",
        workdir=None,
        variables={"HOME": "/home/seluser"},
        accounts={"seluser": account(1200, 1201, "/home/seluser")},
        source="https://github.com/SeleniumHQ/docker-selenium",
    ),
    BaseImage(
        pattern="jboss/(base|base-jdk|wildfly)",
        distribution="rhel",
        user="jboss",
        workdir="/opt/jboss",
        accounts={"jboss": account(1000, 1000, "/opt/jboss")},
        source="https://github.com/jboss-dockerfiles/base; " + UNCHECKED,
    ),
    BaseImage(
        pattern="bitnami/(?!minideb).*",
        distribution="debian",
        user="",
        workdir=None,
        # Most have HOME=/, and some have none.
        variables={"HOME": None},
        source="https://github.com/bitnami/containers",
    ),
    BaseImage(
        pattern="nvidia/.*|nvcr.io/nvidia/.*|tensorflow/.*",
        distribution="ubuntu",
        workdir=None,
        source="https://gitlab.com/nvidia/container-images/cuda; tensorflow " + UNCHECKED,
    ),
)
