# The worker: reads imports, looks at pictures, builds releases. No web, and no key is ever mounted.
# A deployment adds the digest: --build-arg PYTHON=python:3.11-slim-bookworm@sha256:...
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS built
WORKDIR /source
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY docker docker
COPY migrations migrations
COPY policies policies
COPY blurring blurring
COPY registry registry
COPY cli cli
RUN PIP_NO_CACHE_DIR=1 bash docker/install.sh worker-cpu /opt/accession

FROM ${PYTHON}
COPY --from=built /opt/accession /opt/accession
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin accession \
 && install --directory --owner=accession --mode=0700 /var/lib/accession
ENV PATH=/opt/accession/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 ACCESSION_HOME=/var/lib/accession
USER accession
# Unhealthy while nobody holds the lock: then no worker is at work.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["sh", "-c", "! flock --nonblock /var/lib/accession/worker.lock true"]
ENTRYPOINT ["accession"]
CMD ["worker", "--zone", "worker"]
