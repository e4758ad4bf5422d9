"""Which methods a path has: what a refusal of any other says in Allow."""

from __future__ import annotations

from fastapi import Request
from starlette.routing import Match

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def find_methods(request: Request) -> list[str]:
    """Return the methods of all routes that a request's path leads to."""
    routes = request.app.routes

    def answered(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] == Match.FULL for route in routes)

    methods = {method for method in METHODS if answered(method)}
    if "GET" in methods:
        methods.add("HEAD")  # see `app.http.head`
    return sorted(methods)
