# A tag may move. To build from what was tested, name its digest, which `docker buildx imagetools
# inspect python:3.11-slim-bookworm` prints: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# Built here: the virtual environment and the machine code of kernels.
FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
RUN python3 -m venv /opt/venv
COPY requirements requirements
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --no-compile -r requirements/serve.txt
COPY pyproject.toml README.md ./
COPY app app
COPY messages messages
COPY simulator simulator
COPY solver solver
COPY whale_matching whale_matching
RUN /opt/venv/bin/pip install --disable-pip-version-check --no-deps --no-build-isolation --no-compile . \
    && /opt/venv/bin/pip uninstall --yes pip setuptools uv \
    && find /opt/venv -type d -name tests -prune -exec rm -r {} +
# For a processor that any machine can stand in for, so that none compiles again.
RUN WHALE_KERNEL_TARGET=portable PYTHONDONTWRITEBYTECODE=1 /opt/venv/bin/whale-matching compile

# Shipped: Python, the environment, the configurations, a font. No compiler, no pip, no root.
FROM ${PYTHON_IMAGE}
# Figures in Chinese need a font that has the characters.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --home-dir /var/lib/whale --uid 10001 whale
COPY --from=build /opt/venv /opt/venv
COPY configs /var/lib/whale/configs
ENV PATH=/opt/venv/bin:$PATH \
    WHALE_DATA_DIRECTORY=/var/lib/whale/data \
    WHALE_HOST=0.0.0.0 \
    WHALE_KERNEL_TARGET=portable \
    WHALE_PORT=8000 \
    PYTHONUNBUFFERED=1
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib
USER whale
WORKDIR /var/lib/whale
RUN mkdir data
VOLUME /var/lib/whale/data
EXPOSE 8000
# Drained within the 10 s that docker stop waits: WHALE_UNREADY_SECONDS + WHALE_DRAIN_SECONDS.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"WHALE_PORT\"]}/healthz', timeout=2)"]
CMD ["whale-matching", "serve"]
