FROM debian:bookworm-slim

# Official Debian/Ubuntu Docker images ship a post-invoke hook that deletes
# /var/cache/apt/archives after every install. Remove it so the cache mount
# actually persists downloaded .deb files across builds.
RUN rm -f /etc/apt/apt.conf.d/docker-clean; \
    echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache

RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt,sharing=locked \
    apt-get update && apt-get install -y --no-install-recommends \
    curl \
    ca-certificates
