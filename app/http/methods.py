"""The methods of a path, for the header Allow."""

from __future__ import annotations

from fastapi import Request
from starlette.routing import Match

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def find_methods(request: Request) -> list[str]:
    """Return the methods of all routes that match the path of a request."""
    routes = request.app.routes

    def has_route(method: str) -> bool:
        scope = {**request.scope, "method": method}
        return any(route.matches(scope)[0] == Match.FULL for route in routes)

    methods = {method for method in METHODS if has_route(method)}
    if "GET" in methods:
        methods.add("HEAD")  # see `app.http.head`
    return sorted(methods)
