# Control plane: scheduler, exporter and the natsweep command. No BLAS, no CUDA.
#   docker build -f infra/docker/control.Dockerfile -t natsweep-control .
FROM node:22-bookworm-slim

WORKDIR /opt/natsweep
COPY package.json package-lock.json ./
COPY apps apps
COPY libs libs
COPY dashboards/package.json dashboards/
COPY test/package.json test/
RUN npm ci --omit=dev --no-audit --no-fund \
      --workspace @natsweep/scheduler --workspace @natsweep/exporter --workspace @natsweep/cli \
    && npm cache clean --force

RUN useradd --uid 10001 --create-home --home-dir /var/lib/natsweep natsweep
USER 10001
ENV NATSWEEP_HOME=/var/lib/natsweep NODE_ENV=production
ENTRYPOINT ["node"]
CMD ["apps/scheduler/src/main.ts"]
