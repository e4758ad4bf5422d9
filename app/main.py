"""The service: routes, settings and what lives as long as the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from solver import warm_up

from . import errors
from .door import ConcurrencyLimit, KeyCheck
from .headers import SecurityHeaders
from .logs import REQUEST_ID, Failures, RequestLog
from .metrics import Metrics
from .own_requests import OwnSweepRequest
from .pool import process_pool
from .readiness import Check, Readiness
from .routes import allocate, docs, experiments, health, own_sweep
from .schemas import AllocateRequest, CurveRequest, request_components
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service, with settings from the environment by default."""
    settings = settings or Settings()
    metrics = Metrics()
    app = FastAPI(
        title="Whale matching",
        version="0.1.0",
        summary="Heavy spenders first, at most k to a streamer, provably optimal.",
        lifespan=_lifespan,
        middleware=_middleware(settings, metrics),
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.readiness = Readiness()
    errors.install(app)
    for each in (allocate, experiments, own_sweep, health, docs):
        app.include_router(each.router)

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    _describe_request_bodies(app)
    return app


HEALTH = frozenset(("/healthz", "/readyz"))
"""Paths that are answered whoever asks, and however busy the service is."""

OPEN = (*HEALTH, "/static/")
"""Paths that need no key."""


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """Return what a request passes on its way in, outermost first."""
    origins = [origin for each in settings.cors_origins.split(",") if (origin := each.strip())]
    return [
        Middleware(RequestLog, metrics=metrics),
        Middleware(SecurityHeaders),
        *(
            [
                Middleware(
                    CORSMiddleware,
                    allow_origins=origins,
                    allow_methods=["GET", "POST", "DELETE"],
                    allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Prefer"],
                    expose_headers=["Location", "Retry-After", "Server-Timing", REQUEST_ID],
                )
            ]
            if origins
            else []
        ),
        Middleware(KeyCheck, keys=settings.keys, open_paths=OPEN),
        Middleware(ConcurrencyLimit, most=settings.max_requests_per_key, free=HEALTH),
        Middleware(Failures),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.warm = threading.Event()
    app.state.pool = process_pool(app.state.settings.processes)
    app.state.readiness.expect("kernels are being compiled", _is_warm(app.state.warm))
    warming = asyncio.create_task(_warm(app))  # in the background: /healthz answers meanwhile
    try:
        yield
    finally:
        await warming
        app.state.pool.shutdown(wait=False, cancel_futures=True)


def _is_warm(warm: threading.Event) -> Check:
    async def check() -> bool:
        return warm.is_set()

    return check


async def _warm(app: FastAPI) -> None:
    await run_in_threadpool(warm_up)
    app.state.warm.set()


def _describe_request_bodies(app: FastAPI) -> None:
    """Add to OpenAPI the bodies that routes read by themselves, off the event loop."""
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        schema = generated()
        known = schema.setdefault("components", {}).setdefault("schemas", {})
        known.update(request_components(AllocateRequest, CurveRequest, OwnSweepRequest))
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
