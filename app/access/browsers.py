"""What a browser may send to a service without keys: any page can make it send requests.

A browser says of whom a request is, in ``Origin`` and ``Sec-Fetch-Site``; no page can change that.
Other programs send neither, and are answered. So a request is refused that

- comes by another name than those of this machine (a name that was made to mean this machine);
- has an origin that is neither the service's own, port included, nor named in WHALE_CORS_ORIGINS;
- is of another site by ``Sec-Fetch-Site``, unless somebody follows a link to here;
- changes something and is neither JSON nor multipart/form-data with ``X-Requested-With``: forms of
  pages can send no more than that without asking first.
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
"""Header that no form can send, and no page of another origin without being allowed to."""

_READING = ("GET", "HEAD", "OPTIONS")
_OWN_SITE = ("same-origin", "none")


def refuse_foreign(scope: Scope, origins: frozenset[str]) -> ProblemResponse | None:
    """Return the refusal of a request that this machine's user may not have wanted, or None.

    Parameters
    ----------
    scope : ASGI scope
    origins : frozenset of str
        Whose pages may call the service, beside its own.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if _is_ip(scope["server"][0]) and not (len(hosts) == 1 and _is_here(hosts[0])):
        return problem(
            "foreign-host",
            Message("foreign_host"),
        )
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:  # no browser
        return None
    if origin not in origins:
        if origin is not None and not _is_own(origin, hosts):
            return _foreign(origin[:100])
        if site is not None and site not in _OWN_SITE and not _is_link(scope, headers):
            return _foreign(Message("page_of_site", site=site[:100]))
    return None if scope["method"] in _READING else _refusal_of_form(scope, headers)


def _foreign(received: str | Message) -> ProblemResponse:
    return problem("foreign-origin", Message("foreign_origin", received=received))


def _is_own(origin: str, hosts: list[str]) -> bool:
    """Return whether an origin is that of the service, by the name that it was called by."""
    scheme, _, authority = origin.lower().partition("://")
    return scheme in ("http", "https") and [authority] == [host.lower() for host in hosts]


def _is_link(scope: Scope, headers: Headers) -> bool:
    """Return whether somebody follows a link to here."""
    return (
        scope["method"] in _READING
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _refusal_of_form(scope: Scope, headers: Headers) -> ProblemResponse | None:
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


def _is_here(authority: str) -> bool:
    """Return whether a host, with or without a port, is this machine."""
    try:
        host = urlsplit(f"//{authority}").hostname
    except ValueError:  # brackets that do not close
        return False
    return host is not None and is_loopback(host)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
