# Built here: the virtual environment, with pip and whatever it needs to build.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python3 -m venv /opt/venv
COPY requirements requirements
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements/build.txt \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --no-compile -r requirements/serve.txt
COPY pyproject.toml README.md ./
COPY app app
COPY simulator simulator
COPY solver solver
# Whole-second times survive every image store; numba's cache would not outlive a changed one.
RUN /opt/venv/bin/pip install --disable-pip-version-check --no-deps --no-build-isolation --no-compile . \
    && /opt/venv/bin/pip uninstall --yes pip setuptools uv \
    && find /opt/venv -name '*.py' -exec touch --date=@1700000000 {} + \
    && find /opt/venv -type d -name tests -prune -exec rm -r {} +

# Shipped: Python, the environment, the configurations. No compiler, no pip, no root.
FROM python:3.11-slim-bookworm
RUN useradd --create-home --home-dir /var/lib/whale --uid 10001 whale
COPY --from=build /opt/venv /opt/venv
COPY configs /var/lib/whale/configs
ENV PATH=/opt/venv/bin:$PATH \
    NUMBA_CACHE_DIR=/var/lib/whale/numba \
    WHALE_DATA_DIRECTORY=/var/lib/whale/data \
    PYTHONUNBUFFERED=1
RUN python -m compileall -q --invalidation-mode unchecked-hash /opt/venv/lib
USER whale
WORKDIR /var/lib/whale
RUN python -c 'import simulator, solver; solver.warm_up(); simulator.warm_up()'
RUN mkdir data
VOLUME /var/lib/whale/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["whale-matching", "serve", "--host", "0.0.0.0", "--port", "8000"]
