"""What makes the images of the proofs what the official ones are, as instructions on top of Debian.

ADDRESS is that of the registries here; where those there are, the clients know themselves.
"""

from __future__ import annotations

IMAGES = {
    "python:3.11-slim": r"""
RUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/* \
    && rm /usr/lib/python3*/EXTERNALLY-MANAGED && ln -s python3 /usr/bin/python
RUN url=$(python3 -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)') \
    && printf '[global]\ntrusted-host = 127.0.0.1\nindex-url = %s\n' \
        "ADDRESS/at/$(echo "$url" | sed 's|://|/|')" > /etc/pip.conf
""",
    "node:18-slim": r"""
RUN apt-get update && apt-get install -y --no-install-recommends npm && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
RUN url=$(npm config get registry) \
    && printf 'registry=%s\nupdate-notifier=false\n' "ADDRESS/at/$(echo "$url" | sed 's|://|/|')" > /etc/npmrc \
    && printf '[install]\n%s\n' "$(sed -n 's/^registry=\(.*\)/registry = "\1"/p' /etc/npmrc)" > /root/.bunfig.toml \
    && for one in /usr/local/etc /usr/etc; do mkdir -p $one && cp /etc/npmrc $one/npmrc; done && rm -rf /root/.npm
""",
    "golang:1.19": r"""
RUN apt-get update && apt-get install -y --no-install-recommends golang-go && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /go/src /go/bin && chmod -R 1777 /go \
    && proxy=$(go env GOPROXY | cut -d, -f1 | sed 's|://|/|') && rm /usr/bin/go \
    && printf '#!/bin/sh\nGOPROXY=%s GOSUMDB=off exec /usr/lib/go/bin/go "$@"\n' "ADDRESS/at/$proxy" > /usr/bin/go \
    && chmod +x /usr/bin/go
ENV GOPATH=/go PATH=/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
""",
    "rust:1.96-slim": r"""
RUN sed 's|/debian bookworm|/debian-security bookworm-security|' /etc/apt/sources.list \
        > /etc/apt/sources.list.d/more.list \
    && apt-get update && apt-get install -y --no-install-recommends cargo-web gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ENV CARGO_HOME=/usr/local/cargo RUSTUP_HOME=/usr/local/rustup \
    PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN mkdir -p /usr/local/cargo/bin && chmod -R 777 /usr/local/cargo \
    && index=$(grep -aom 1 'sparse+https://[a-z.]*/' "$(readlink -f "$(which cargo)")" | head -n 1 | cut -d/ -f3) \
    && printf '[source.crates-io]\nreplace-with = "here"\n[source.here]\nregistry = "%s"\n' \
        "sparse+ADDRESS/at/https/$index/" > /usr/local/cargo/config.toml
""",
    "maven:3.8-eclipse-temurin-17": r"""
RUN mkdir -p /usr/share/man/man1 && apt-get update \
    && apt-get install -y --no-install-recommends maven default-jdk-headless unzip && rm -rf /var/lib/apt/lists/*
RUN central=$(unzip -p /usr/share/maven/lib/maven-model-builder-*.jar org/apache/maven/model/pom-4.0.0.xml \
        | sed -n 's|.*<url>https://\(.*\)</url>.*|\1|p' | head -n 1) \
    && printf '<settings><mirrors><mirror>%s<url>%s</url></mirror></mirrors></settings>' \
        '<id>here</id><mirrorOf>central</mirrorOf>' "ADDRESS/at/https/$central" > /etc/maven/settings.xml
ENV MAVEN_CONFIG=/root/.m2
""",
    "ruby:3.1-slim": r"""
RUN apt-get update && apt-get install -y --no-install-recommends ruby bundler && rm -rf /var/lib/apt/lists/* \
    && printf ':sources:\n- ADDRESS/at/file/gems/\n' > /etc/gemrc \
    && mkdir -p /usr/local/bundle && chmod 1777 /usr/local/bundle
ENV GEM_HOME=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle \
    PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
""",
    "composer:2": r"""
RUN apt-get update && apt-get install -y --no-install-recommends composer unzip && rm -rf /var/lib/apt/lists/*
ENV COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME=/tmp COMPOSER_VERSION=2.5.5
RUN composer config --global repositories.packagist false \
    && composer config --global repositories.here composer ADDRESS/at/file/composer \
    && composer config --global secure-http false
WORKDIR /app
""",
    "fedora:40": r"""
RUN apt-get update && apt-get install -y --no-install-recommends dnf && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /etc/yum.repos.d \
    && printf '[here]\nname=here\nbaseurl=ADDRESS/at/file/rpm\ngpgcheck=0\n' > /etc/yum.repos.d/here.repo
""",
    "opensuse/leap:15.6": r"""
RUN apt-get update && apt-get install -y --no-install-recommends zypper && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /etc/zypp/repos.d \
    && printf '[here]\nname=here\nenabled=1\ntype=rpm-md\nbaseurl=ADDRESS/at/file/rpm\ngpgcheck=0\n' \
        > /etc/zypp/repos.d/here.repo
""",
}

# Of random bytes, which do not get smaller: first, second and third, for each manager that has no registry here.
REPOSITORIES = r"""
RUN apt-get update && apt-get install -y --no-install-recommends composer createrepo-c rpm ruby zip \
    && rm -rf /var/lib/apt/lists/*
RUN for name in first second third; do \
        mkdir -p "/make/$name" && cd "/make/$name" && head -c 1000000 /dev/urandom > data \
        && printf '%s\n' "Name: $name" 'Version: 1' 'Release: 1' 'Summary: A package' 'License: MIT' \
            'BuildArch: noarch' '%description' 'A package' '%install' \
            "install -D /make/$name/data %{buildroot}/usr/share/$name/data" \
            '%files' "/usr/share/$name" > package.spec \
        && rpmbuild -bb --define '_rpmdir /repositories/rpm' package.spec \
        && printf '%s\n' 'Gem::Specification.new do |s|' "s.name = '$name'; s.version = '1.0.0'" \
            "s.summary = 'A package'; s.authors = ['none']; s.files = ['data', 'lib/$name.rb']" 'end' \
            > "$name.gemspec" \
        && mkdir lib && touch "lib/$name.rb" && gem build "$name.gemspec" && mkdir -p /repositories/gems/gems \
        && mv ./*.gem /repositories/gems/gems/ \
        && printf '{"name": "acme/%s", "version": "1.0.0"}' "$name" > composer.json \
        && mkdir -p /repositories/composer && zip -q "/repositories/composer/$name.zip" composer.json data \
        || exit 1; \
    done
RUN createrepo_c /repositories/rpm && gem generate_index -d /repositories/gems
RUN php -r '$found = []; foreach (["first", "second", "third"] as $name) { \
        $file = "/repositories/composer/$name.zip"; \
        $dist = ["type" => "zip", "url" => "ADDRESS/at/file/composer/$name.zip"]; \
        $dist += ["reference" => sha1_file($file), "shasum" => sha1_file($file)]; \
        $found["acme/$name"]["1.0.0"] = ["name" => "acme/$name", "version" => "1.0.0", "dist" => $dist]; \
    } file_put_contents("/repositories/composer/packages.json", json_encode(["packages" => $found]));'
"""
