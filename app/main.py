"""The service: routes, settings and what lives as long as the process."""

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
    """Return the service, with settings from the environment by default."""
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
        redirect_slashes=False,  # to where a Host header says, which is the caller's word
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.readiness = Readiness()
    # Reports and figures leave processes to allocations.
    app.state.drawing = Places(
        max(1, settings.processes // 2), settings.max_queue, shared=settings.has_several_keys
    )
    app.state.spool = Spool(
        settings.data_directory, settings.max_bodies_memory, settings.max_bodies_bytes
    )
    app.state.stop_working = lambda: None  # until there is work
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
"""Headers that pages of other origins may send, where any are named."""

OPEN = (*HEALTH, "/docs", ERRORS_PAGE, *pages.OPEN_PATHS)
"""Paths that need no key: what they show of the service, their scripts ask for with one."""


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """Return what a request passes on its way in, outermost first."""
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
                    allow_methods=["GET", "POST", "DELETE"],
                    allow_headers=CALLERS_HEADERS,
                    expose_headers=["Location", "Retry-After", "Server-Timing", REQUEST_ID],
                )
            ]
            if origins
            else []
        ),
        Middleware(KeyCheck, keys=settings.keys, open_paths=OPEN, origins=origins),
        Middleware(CompilationCheck),
        Middleware(ConcurrencyLimit, most=settings.max_requests_per_key, free=HEALTH),
        Middleware(HeadAsGet),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.compilation = compilation = Compilation()
    await compilation.look_on_disk()  # else the first requests are refused until that is known
    # The rest in the background: /healthz answers meanwhile.
    compiling = asyncio.create_task(
        compilation.run(settings.processes, _log_every_tenth(compilation))
    )
    loading = asyncio.create_task(asyncio.to_thread(load_catalogues))
    app.state.pool = pool = Pool(
        settings.processes,
        settings.max_queue,
        after=compilation.finished,
        shared=settings.has_several_keys,
    )
    try:
        # Experiments have processes of their own, so that no request waits behind a sweep.
        async with experiment_queue(settings, compilation.finished) as app.state.experiments:
            _watch(app, pool, app.state.experiments)
            app.state.stop_working = partial(_stop_working, pool, app.state.experiments)
            yield
    finally:
        compiling.cancel()
        await loading
        pool.close()
        app.state.spool.close()
        await pool.ended()


def _stop_working(pool: Pool, experiments: ExperimentQueue) -> None:
    """Answer whatever still waits for its result: the service ends now."""
    pool.close()
    experiments.stop_waiting()


def _watch(app: FastAPI, pool: Pool, experiments: ExperimentQueue) -> None:
    """Let readiness and metrics see processes and database."""

    async def is_warm() -> bool:
        return pool.warm

    async def can_be_written_to() -> bool | Message:
        fault = await experiments.probe.fault()
        return True if fault is None else Message("database_fault", fault=fault)

    readiness: Readiness = app.state.readiness
    readiness.expect(partial(_start, app.state.compilation), is_warm)
    readiness.expect(lambda: Message("database_fault", fault="silent"), can_be_written_to)
    metrics: Metrics = app.state.metrics
    metrics.watch("requests_waiting", "Requests that wait for a process.", lambda: pool.waiting)
    metrics.watch("requests_running", "Requests in a process.", lambda: pool.running)
    metrics.watch_each(
        "experiments", "Experiments in the database.", "state", experiments.store.by_state
    )


def _start(compilation: Compilation) -> Message:
    """Return what processes are waited for."""
    return Message("processes_starting") if compilation.finished.is_set() else compilation.progress


def _log_every_tenth(compilation: Compilation) -> Callable[[], None]:
    """Return what logs how far it is, a few times only."""
    logged = -10

    def log() -> None:
        nonlocal logged
        if compilation.percent >= logged + 10:
            logged = compilation.percent
            logging.getLogger("app").info("%s", str(compilation.progress).capitalize())

    return log
