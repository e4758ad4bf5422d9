"""Whether the service is alive, and whether it is ready for traffic."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.errors import problem

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Answer while the process is alive."""
    return {"status": "alive"}


@router.get("/readyz", response_model=dict[str, str])
async def readyz(request: Request) -> Response | dict[str, str]:
    """Answer 200 once processes are warm, 503 before."""
    if request.app.state.pool.warm:
        return {"status": "ready"}
    return problem(503, "The service is warming up.", headers={"Retry-After": "1"})
