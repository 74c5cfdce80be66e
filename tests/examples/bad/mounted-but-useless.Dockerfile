# Every step here has a cache mount, and not one of them works.
FROM python:3.13-slim
RUN --mount=type=cache,target=/var/cache/apt \
    --mount=type=cache,target=/var/lib/apt \
    apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-cache-dir -r requirements.txt
RUN --mount=type=cache,target=~/.cache/pip pip install gunicorn

FROM node:22-slim
USER node
WORKDIR /home/node/app
COPY package*.json ./
RUN --mount=type=cache,target=/root/.npm npm ci

FROM golang:1.23 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /bin/app ./cmd/app
