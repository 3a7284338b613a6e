# The auditor: checks an export without a network, a database or a key.
#   docker run --rm --network none --volume "$PWD/copy:/copy:ro" accession-auditor /copy
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
RUN PIP_NO_CACHE_DIR=1 bash docker/install.sh auditor /opt/accession

FROM ${PYTHON}
COPY --from=built /opt/accession /opt/accession
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin accession
ENV PATH=/opt/accession/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER accession
ENTRYPOINT ["accession", "verify"]
CMD ["--help"]
