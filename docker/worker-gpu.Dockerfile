# The worker on an NVIDIA accelerator: dlib is built for CUDA here, from the source that the lock names by hash.
# Run it with a recipe whose detector can use one (dlib-cnn), and `--gpus all`.
# A deployment adds the digests to both tags.
ARG CUDA_BUILD=nvidia/cuda:12.6.3-cudnn-devel-ubuntu24.04
ARG CUDA_RUN=nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04

FROM ${CUDA_BUILD} AS built
RUN apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends python3 python3-dev python3-venv cmake g++ make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY docker docker
COPY migrations migrations
COPY policies policies
COPY blurring blurring
COPY registry registry
COPY cli cli
RUN PIP_NO_CACHE_DIR=1 bash docker/install.sh worker-gpu /opt/accession dlib-bin=dlib

FROM ${CUDA_RUN}
RUN apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=built /opt/accession /opt/accession
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin accession \
 && install --directory --owner=accession --mode=0700 /var/lib/accession
ENV PATH=/opt/accession/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 ACCESSION_HOME=/var/lib/accession \
    ACCESSION_DEVICE=cuda:0
USER accession
# Unhealthy while nobody holds the lock: then no worker is at work.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["sh", "-c", "! flock --nonblock /var/lib/accession/worker.lock true"]
ENTRYPOINT ["accession"]
CMD ["worker", "--zone", "worker"]
