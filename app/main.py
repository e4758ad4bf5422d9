"""The service: routes, settings and what lives as long as the process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from . import errors
from .own_requests import OwnSweepRequest
from .pool import Pool
from .routes import allocate, experiments, health, own_sweep
from .schemas import AllocateRequest, CurveRequest, request_components
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service, with settings from the environment by default."""
    app = FastAPI(
        title="Whale matching",
        version="0.1.0",
        summary="Heavy spenders first, at most k to a streamer, provably optimal.",
        lifespan=_lifespan,
    )
    app.state.settings = settings or Settings()
    errors.install(app)
    for each in (allocate, experiments, own_sweep, health):
        app.include_router(each.router)

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/docs")

    _describe_request_bodies(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    # They warm up in the background: /healthz answers meanwhile.
    app.state.pool = Pool(settings.processes, settings.max_queue)
    # Apart, so that no request waits behind a sweep; and behind it where they compete for cores.
    app.state.background = Pool(settings.processes, settings.max_queue, niceness=10)
    try:
        yield
    finally:
        app.state.background.close()
        app.state.pool.close()


def _describe_request_bodies(app: FastAPI) -> None:
    """Add to OpenAPI the bodies that routes read by themselves, off the event loop."""
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        schema = generated()
        known = schema.setdefault("components", {}).setdefault("schemas", {})
        known.update(request_components(AllocateRequest, CurveRequest, OwnSweepRequest))
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
