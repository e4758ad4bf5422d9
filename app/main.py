"""The service: its routes, middleware and lifespan."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from messages import Message, load_catalogues

from .access.browsers import CUSTOM_HEADER
from .access.health import HEALTH
from .access.middleware import CompilationCheck, ConcurrencyLimit, KeyCheck
from .access.root_path import RootPath
from .errors.codes import PAGE as ERRORS_PAGE
from .http import error_handlers as handlers
from .http.head import HeadAsGet
from .http.security_headers import SecurityHeaders
from .http.spool import Spool
from .jobs.queue import ExperimentQueue, experiment_queue
from .observability.logs import REQUEST_ID, Failures, RequestLog
from .observability.metrics import Metrics
from .observability.readiness import Readiness
from .openapi.document import describe
from .routes import allocate, docs, experiment, experiments, explained, health, matrix_study, tables
from .settings import Settings
from .web import assets, pages
from .workers.compilation import Compilation
from .workers.places import Places
from .workers.pool import Pool


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service. Its settings come from the environment by default."""
    settings = settings or Settings()
    metrics = Metrics()
    app = FastAPI(
        title="Whale matching",
        version=version("whale-matching"),
        summary="Heavy spenders first, at most k to a streamer, provably optimal.",
        description="Refusals are problem documents (RFC 9457) with a stable `code`; "
        "[/docs/errors](docs/errors) explains every one.",
        lifespan=_lifespan,
        middleware=_middleware(settings, metrics),
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,  # a redirect would follow the Host header, which callers choose
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.readiness = Readiness()
    # Reports and figures use at most half of the processes.
    app.state.drawing = Places(
        max(1, settings.processes // 2), settings.max_queue, shared=settings.has_several_keys
    )
    app.state.spool = Spool(
        settings.data_directory, settings.max_bodies_memory, settings.max_bodies_bytes
    )
    app.state.stop_working = lambda: None  # replaced when the lifespan starts
    handlers.install(app)
    for router in ROUTERS:
        app.include_router(router)
    describe(app, settings, HEALTH)
    return app


ROUTERS = tuple(
    each.router
    for each in (
        allocate, explained, experiments, matrix_study, tables, experiment, health, docs, assets,
        pages,
    )
)  # fmt: skip

CALLERS_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Last-Event-ID",
    "Prefer",
    CUSTOM_HEADER,
    REQUEST_ID,
)
"""Headers that pages of WHALE_CORS_ORIGINS may send."""

OPEN_PATHS = (*HEALTH, "/docs", ERRORS_PAGE, *pages.OPEN_PATHS)
"""Paths that need no key. The scripts of these pages send a key with their requests for data."""


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """Return the middleware, outermost first."""
    routes = [route for router in ROUTERS for route in router.routes]
    origins = [origin for each in settings.cors_origins.split(",") if (origin := each.strip())]
    return [
        Middleware(RootPath, prefix=settings.root_path),
        Middleware(RequestLog, metrics=metrics, routes=routes),
        Middleware(SecurityHeaders),
        Middleware(Failures),
        *(
            [
                Middleware(
                    CORSMiddleware,
                    allow_origins=origins,
                    allow_methods=["GET", "POST", "PATCH", "DELETE"],
                    allow_headers=CALLERS_HEADERS,
                    expose_headers=["Location", "Retry-After", "Server-Timing", REQUEST_ID],
                )
            ]
            if origins
            else []
        ),
        Middleware(KeyCheck, keys=settings.keys, open_paths=OPEN_PATHS, origins=origins),
        Middleware(CompilationCheck),
        Middleware(ConcurrencyLimit, limit=settings.max_requests_per_key, exempt_paths=HEALTH),
        Middleware(HeadAsGet),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.compilation = compilation = Compilation()
    # Check the cache first: until it is known to be complete, requests would be refused.
    await compilation.check_cache()
    # Compile and load in the background, so that /healthz is answered.
    compiling = asyncio.create_task(
        compilation.run(settings.processes, _progress_logger(compilation))
    )
    loading = asyncio.create_task(asyncio.to_thread(load_catalogues))
    app.state.pool = pool = Pool(
        settings.processes,
        settings.max_queue,
        after=compilation.finished,
        shared=settings.has_several_keys,
    )
    try:
        # Experiments have their own processes: no request waits for a sweep.
        async with experiment_queue(settings, compilation.finished) as app.state.experiments:
            _register_checks(app, pool, app.state.experiments)
            _register_metrics(app.state.metrics, pool, app.state.experiments)
            app.state.stop_working = partial(_stop_working, pool, app.state.experiments)
            yield
    finally:
        compiling.cancel()
        await loading
        pool.close()
        app.state.spool.close()
        await pool.wait_closed()


def _stop_working(pool: Pool, experiments: ExperimentQueue) -> None:
    """Answer all requests that wait for a result: the service is about to end."""
    pool.close()
    experiments.stop_waiting()


def _register_checks(app: FastAPI, pool: Pool, experiments: ExperimentQueue) -> None:
    """Make the service ready once it has a process and can write to the database."""

    async def check_pool() -> bool:
        return pool.has_started

    async def check_database() -> bool | Message:
        fault = await experiments.probe.find_fault()
        return True if fault is None else Message("database_fault", fault=fault)

    readiness: Readiness = app.state.readiness
    readiness.add_check(partial(_pool_reason, app.state.compilation), check_pool)
    readiness.add_check(lambda: Message("database_fault", fault="silent"), check_database)


def _register_metrics(metrics: Metrics, pool: Pool, experiments: ExperimentQueue) -> None:
    """Publish the length of the queue and the number of experiments."""
    metrics.add_gauge("requests_waiting", "Requests that wait for a process.", lambda: pool.waiting)
    metrics.add_gauge("requests_running", "Requests in a process.", lambda: pool.running)
    metrics.add_gauges(
        "experiments", "Experiments in the database.", "state", experiments.store.count_by_state
    )


def _pool_reason(compilation: Compilation) -> Message:
    """Return why the pool has no process yet."""
    return Message("processes_starting") if compilation.finished.is_set() else compilation.progress


def _progress_logger(compilation: Compilation) -> Callable[[], None]:
    """Return a function that logs the progress, at most every ten percent."""
    last_percent = -10

    def log_progress() -> None:
        nonlocal last_percent
        if compilation.percent >= last_percent + 10:
            last_percent = compilation.percent
            logging.getLogger("app").info("%s", str(compilation.progress).capitalize())

    return log_progress
