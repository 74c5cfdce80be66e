"""Images of the JVM and of .NET with their package managers."""

from __future__ import annotations

from cachemount.dockerfile.images.model import UNCHECKED, BaseImage, account

_LIBRARY = "https://github.com/docker-library/"
_DOTNET = "https://github.com/dotnet/dotnet-docker"

IMAGES: tuple[BaseImage, ...] = (
    # The user was gradle from April 2017 to May 2019.
    BaseImage(
        pattern="gradle",
        tag=r"^([34]\.|5\.[0-3](\.|-|$)|5\.4(\.0)?(-|$)|5\.4\.1-)",
        distribution="unknown",
        user="",
        workdir="/home/gradle",
        variables={"GRADLE_HOME": "/opt/gradle"},
        accounts={"gradle": account(1000, 1000, "/home/gradle")},
        source="https://github.com/keeganwitt/docker-gradle",
    ),
    BaseImage(
        pattern="gradle",
        tag="corretto",
        distribution="rhel",
        workdir="/home/gradle",
        variables={"GRADLE_HOME": "/opt/gradle"},
        accounts={"gradle": account(1000, 1000, "/home/gradle")},
        source="https://github.com/keeganwitt/docker-gradle",
    ),
    BaseImage(
        pattern="gradle",
        distribution="ubuntu",
        workdir="/home/gradle",
        variables={"GRADLE_HOME": "/opt/gradle"},
        accounts={"gradle": account(1000, 1000, "/home/gradle")},
        source="https://github.com/keeganwitt/docker-gradle",
    ),
    BaseImage(
        pattern="maven",
        tag="corretto(?!.*debian)",
        distribution="rhel",
        variables={"MAVEN_CONFIG": "/root/.m2"},
        source="https://github.com/carlossg/docker-maven",
    ),
    BaseImage(
        pattern="maven",
        tag="temurin|zulu|^latest|^$|^[34]$",
        distribution="ubuntu",
        variables={"MAVEN_HOME": "/usr/share/maven", "MAVEN_CONFIG": "/root/.m2"},
        source="https://github.com/carlossg/docker-maven",
    ),
    BaseImage(
        pattern="maven",
        distribution="unknown",
        variables={"MAVEN_HOME": "/usr/share/maven", "MAVEN_CONFIG": "/root/.m2"},
        source="https://github.com/carlossg/docker-maven",
    ),
    BaseImage(
        pattern="amazoncorretto|amazoncorretto/.*",
        distribution="rhel",
        source="https://github.com/corretto/corretto-docker",
    ),
    BaseImage(
        pattern="eclipse-temurin|azul/.*|adoptopenjdk|adoptopenjdk/.*|ibmjava|ibm-semeru-runtimes|sapmachine",
        distribution="ubuntu",
        source="https://github.com/adoptium/containers; the others " + UNCHECKED,
    ),
    # From 12 on Oracle Linux, where the tag says nothing else.
    BaseImage(pattern="openjdk", tag=r"^(1[2-9]|2\d)(?!.*slim)", distribution="rhel", source=_LIBRARY + "openjdk"),
    BaseImage(
        pattern="openjdk|java|clojure|groovy|hseeberger/scala-sbt",
        distribution="debian",
        workdir=None,
        source=_LIBRARY + "openjdk; the others " + UNCHECKED,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/dotnet/.*",
        tag=r"^([89]|1\d)\.|^latest|^$",
        distribution="debian",
        variables={"APP_UID": "1654", "DOTNET_RUNNING_IN_CONTAINER": "true"},
        accounts={"app": account(1654, 1654, "/home/app")},
        source=_DOTNET,
    ),
    BaseImage(
        pattern=r"mcr\.microsoft\.com/dotnet/.*|mcr\.microsoft\.com/dotnet-.*|microsoft/(dotnet|aspnetcore).*",
        distribution="debian",
        variables={"DOTNET_RUNNING_IN_CONTAINER": "true"},
        source=_DOTNET,
    ),
    BaseImage(pattern="mono", distribution="debian", source="https://github.com/mono/docker"),
    # Mono on Debian at first, then Windows.
    BaseImage(pattern="microsoft/aspnet", distribution="unknown", source=UNCHECKED),
)
