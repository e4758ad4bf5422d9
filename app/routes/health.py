"""Health checks and metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.errors.problem_details import problem
from app.openapi.answers import describe_answer
from app.openapi.errors import describe_errors
from messages import Message

FIGURES = "# TYPE whale_requests_waiting gauge\nwhale_requests_waiting 0.0\n"

router = APIRouter(tags=["health"])


@router.get("/healthz", responses={200: describe_answer("healthz", "alive")})
async def healthz() -> dict[str, str]:
    """Answer while the process is alive."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    response_model=dict[str, str],
    responses={200: describe_answer("readyz", "ready"), **describe_errors(503)},
)
async def readyz(request: Request) -> Response | dict[str, str]:
    """Answer 200 while the service is ready for traffic, 503 with the reason while it is not."""
    reasons = await request.app.state.readiness.find_reasons()
    if not reasons:
        return {"status": "ready"}
    return problem("not-ready", Message("not_ready", reasons=reasons), {"Retry-After": "1"})


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": FIGURES}}},
        **describe_errors(503),
    },
)
def metrics(request: Request) -> Response:
    """Return requests, latencies, solver stages, gaps and queues, as Prometheus collects them."""
    return Response(request.app.state.metrics.as_text(), media_type=CONTENT_TYPE_LATEST)
