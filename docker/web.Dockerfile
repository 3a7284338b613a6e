# The pages. No detector and no picture library is installed here, and no key is ever mounted.
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
RUN PIP_NO_CACHE_DIR=1 bash docker/install.sh web /opt/accession

FROM ${PYTHON}
COPY --from=built /opt/accession /opt/accession
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin accession \
 && install --directory --owner=accession --mode=0700 /var/lib/accession
ENV PATH=/opt/accession/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 ACCESSION_HOME=/var/lib/accession
USER accession
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/', timeout=4)"]
ENTRYPOINT ["accession"]
CMD ["serve", "--host", "0.0.0.0", "--no-worker"]
