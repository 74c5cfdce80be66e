# syntax=docker/dockerfile:1
FROM node:22-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --no-audit
COPY . .
RUN npm run build

FROM golang:1.23 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -o /bin/app ./cmd/app

FROM python:3.13-slim AS runtime
RUN rm -f /etc/apt/apt.conf.d/docker-clean
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \
    apt-get update && apt-get install -y --no-install-recommends libpq5
RUN useradd --uid 1001 --create-home app
USER app
COPY requirements.txt /srv/
RUN --mount=type=cache,target=/home/app/.cache/pip,uid=1001,gid=1001 \
    pip install --user -r /srv/requirements.txt
COPY --from=assets /src/dist /srv/static
COPY --from=build /bin/app /usr/local/bin/app
# cachemount: ignore[missing-cache-mount] one small tool, pinned; its layer changes once a year
RUN pip install --user supervisor==4.2.5
CMD ["python", "-m", "srv"]
