# Workers on CPUs, and on NVIDIA GPUs with a CUDA base:
#   docker build -f infra/docker/compute.Dockerfile -t natsweep-compute .
#   docker build -f infra/docker/compute.Dockerfile -t natsweep-compute-gpu \
#     --build-arg BASE=nvidia/cuda:12.6.3-base-ubuntu24.04 --build-arg TENSORFLOW=gpu .
ARG BASE=debian:bookworm-slim

FROM node:22-bookworm-slim AS node

FROM ${BASE}
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libopenblas0-pthread \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/natsweep
COPY package.json package-lock.json ./
COPY apps apps
COPY libs libs
COPY dashboards/package.json dashboards/
COPY test/package.json test/
RUN npm ci --omit=dev --no-audit --no-fund --workspace @natsweep/worker && npm cache clean --force

# TensorFlow for the engine tfjs: cpu, gpu (with its CUDA libraries, several gigabytes), or empty for none.
ARG TENSORFLOW=
ENV NATSWEEP_TENSORFLOW_DIR=/opt/tensorflow
RUN if [ -n "$TENSORFLOW" ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends g++ python3-pip \
      && node apps/worker/src/setup-tensorflow.ts "$TENSORFLOW" \
      && apt-get purge -y --auto-remove g++ python3-pip \
      && rm -rf /var/lib/apt/lists/*; \
    fi

RUN useradd --uid 10001 --create-home --home-dir /var/lib/natsweep natsweep
USER 10001
ENV NATSWEEP_HOME=/var/lib/natsweep NODE_ENV=production
ENTRYPOINT ["node", "apps/worker/src/main.ts"]
