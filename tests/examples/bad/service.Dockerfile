# syntax=docker/dockerfile:1
# A web service: the front end is built in one stage, the back end in another.
FROM node:22-slim AS assets
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit \
    && npm cache clean --force
COPY . .
RUN npm run build

FROM python:3.13-slim AS runtime
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1
RUN apt-get update \
    # the client library and its tool
    && apt-get install -y --no-install-recommends \
        libpq5 \
        postgresql-client \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* /tmp/*
COPY requirements.txt /srv/
RUN pip install --no-cache-dir --upgrade pip \
 && pip install --no-cache-dir -r /srv/requirements.txt
RUN useradd --uid 1001 --create-home app
USER app
COPY --from=assets /src/dist /srv/static
COPY . /srv
CMD ["python", "-m", "srv"]
