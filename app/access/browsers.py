"""Protection of a service without keys against pages that make the user's browser call it.

Browsers send the origin of a request in ``Origin`` and ``Sec-Fetch-Site``, which no page can
change. Other programs send neither header and are not restricted. A request is refused if

- its host name is not a name of this machine (DNS rebinding);
- its origin, port included, is neither the service's own nor listed in WHALE_CORS_ORIGINS;
- ``Sec-Fetch-Site`` names another site, unless the user follows a link to the service;
- it changes something and is neither JSON nor has ``X-Requested-With``: pages of other origins can
  send other requests without a CORS preflight.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from app.errors.problem_details import ProblemResponse, problem
from messages import Message

from .keys import is_loopback

CUSTOM_HEADER = "X-Requested-With"
"""Header that forms cannot send, and pages of other origins only after a CORS preflight."""

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OWN_SITE = ("same-origin", "none")


def refuse_foreign(scope: Scope, origins: frozenset[str]) -> ProblemResponse | None:
    """Return the refusal of a request that a page of another origin may have sent, or None.

    Parameters
    ----------
    scope : ASGI scope
    origins : frozenset of str
        Other origins whose pages may call the service.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if _is_ip(scope["server"][0]) and not (len(hosts) == 1 and _is_this_machine(hosts[0])):
        return problem("foreign-host", Message("foreign_host"))
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:  # no browser
        return None
    if origin not in origins:
        if origin is not None and not _is_own(origin, hosts):
            return _refuse_origin(origin[:100])
        if site is not None and site not in _OWN_SITE and not _is_link(scope, headers):
            return _refuse_origin(Message("page_of_site", site=site[:100]))
    return None if scope["method"] in _SAFE_METHODS else _refuse_form(scope, headers)


def _refuse_origin(received: str | Message) -> ProblemResponse:
    return problem("foreign-origin", Message("foreign_origin", received=received))


def _is_own(origin: str, hosts: list[str]) -> bool:
    """Return whether an origin is the service itself, under the host name of the request."""
    scheme, _, authority = origin.lower().partition("://")
    return scheme in ("http", "https") and [authority] == [host.lower() for host in hosts]


def _is_link(scope: Scope, headers: Headers) -> bool:
    """Return whether a request was sent by following a link."""
    return (
        scope["method"] in _SAFE_METHODS
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _refuse_form(scope: Scope, headers: Headers) -> ProblemResponse | None:
    """Return the refusal of a request that a form of any page could send, or None."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return None
    if CUSTOM_HEADER in headers or scope["method"] == "DELETE":
        return None
    received = kind[:60] or Message("no_content_type")
    return problem(
        "not-from-the-page",
        Message("not_from_the_page", header=CUSTOM_HEADER, received=received),
    )


def _is_this_machine(authority: str) -> bool:
    """Return whether a host, with or without a port, is this machine."""
    try:
        host = urlsplit(f"//{authority}").hostname
    except ValueError:  # unbalanced brackets
        return False
    return host is not None and is_loopback(host)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
