"""Codes of problem documents: their statuses and examples.

`CODES` is the one registry. Raise `RefusalError("queue-full", Message(…))`, return
`problem("queue-full", Message(…))`, or give a `solver.InputError` its `code`. An unknown code
raises an error at once; tests find codes that are unknown or unused. The page /docs/errors and the
OpenAPI document are made from it; titles and descriptions are in ``messages/*/errors.ftl``.

Clients rely on codes: a code keeps its name, its status and its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from messages import Message

PAGE = "/docs/errors"
"""Path of the page that explains the codes."""

CLIENT_GONE = 499
"""Status in logs, as proxies write it: the client is gone and gets no response."""


@dataclass(frozen=True)
class ErrorCode:
    """A kind of error.

    Parameters
    ----------
    status : int
        HTTP status.
    example : Message
        An example of its reason.
    field : str, optional
        The field at fault in the example.
    """

    status: int
    example: Message
    field: str | None = None


CODES: Mapping[str, ErrorCode] = MappingProxyType(
    {
        "malformed-http": ErrorCode(
            400, Message("malformed_http", problem="Invalid HTTP request received.")
        ),
        "malformed-json": ErrorCode(
            400,
            Message("json_malformed", problem="unexpected end of data: line 1 column 7 (char 6)"),
        ),
        "malformed-multipart": ErrorCode(
            400, Message("multipart_boundary_missing", type="multipart/form-data")
        ),
        "malformed-encoding": ErrorCode(400, Message("encoding_malformed", encoding="gzip")),
        "key-missing": ErrorCode(401, Message("key_missing")),
        "key-unknown": ErrorCode(401, Message("key_unknown")),
        "service-without-keys": ErrorCode(401, Message("service_without_keys")),
        "foreign-origin": ErrorCode(403, Message("foreign_origin", received="https://example.com")),
        "foreign-host": ErrorCode(403, Message("foreign_host")),
        "not-from-the-page": ErrorCode(
            403, Message("not_from_the_page", header="X-Requested-With", received="text/plain")
        ),
        "unknown-path": ErrorCode(404, Message("unknown_path", path="'/allocations'")),
        "unknown-file": ErrorCode(404, Message("unknown_file", name="app.js")),
        "unknown-experiment": ErrorCode(
            404, Message("unknown_experiment", id="82482845-26f8-45f8-a0f6-85f7228391db")
        ),
        "unknown-figure": ErrorCode(404, Message("unknown_figure", name="revenue")),
        "not-a-sweep": ErrorCode(404, Message("sweep_expected", kind="allocation")),
        "wrong-method": ErrorCode(405, Message("wrong_method", allowed=("POST",), method="GET")),
        "header-too-slow": ErrorCode(408, Message("header_too_slow", seconds=10)),
        "body-too-slow": ErrorCode(408, Message("body_paused", seconds=60)),
        "not-finished": ErrorCode(409, Message("experiment_not_done", state="running")),
        "without-result": ErrorCode(409, Message("experiment_not_done", state="cancelled")),
        "body-too-large": ErrorCode(413, Message("body_too_large", most=268_435_456)),
        "target-too-long": ErrorCode(414, Message("target_too_long", most=8192)),
        "unsupported-encoding": ErrorCode(
            415, Message("encoding_expected", encodings=("gzip", "zstd"), received="br")
        ),
        "unsupported-media-type": ErrorCode(
            415, Message("media_type_expected", types=("application/json",), received="text/xml")
        ),
        "invalid-value": ErrorCode(
            422,
            Message("rows_of_different_lengths", field="ev", expected=2, row=1, received=3),
            field="ev",
        ),
        "missing-field": ErrorCode(422, Message("k_or_penalty_missing"), field="k"),
        "unknown-field": ErrorCode(
            422, Message("field_unknown", field="whale_cap"), field="whale_cap"
        ),
        "conflicting-fields": ErrorCode(
            422,
            Message(
                "one_field_expected", fields=("ev", "candidates"), received=("ev", "candidates")
            ),
            field="candidates",
        ),
        "limit-exceeded": ErrorCode(
            422,
            Message(
                "count_limited",
                side="user",
                most=10_000_000,
                received=10_000_001,
                setting="WHALE_MAX_USERS",
            ),
            field="candidates.user",
        ),
        "duplicate-key": ErrorCode(
            422, Message("json_key_twice", path="prices.capacity"), field="prices.capacity"
        ),
        "guarantees-unmet": ErrorCode(
            422,
            Message(
                "guarantees_unmet",
                goal="all",
                k_max=0,
                streamers=("s1", "s2"),
                count=2,
                needed=5,
                able="users",
                possible=4,
                reason="none",
                remedies="",
            ),
            field="min_users",
        ),
        "gini-unreachable": ErrorCode(
            422,
            Message(
                "gini_out_of_reach",
                asked="0.1",
                impossible="true",
                floor="0.2781",
                found="0.2813",
                loss="1",
                given_up="1",
            ),
            field="fairness.max_gini",
        ),
        "unreadable-data": ErrorCode(422, Message("npy_format_expected", field="ev"), field="ev"),
        "idempotency-key-reused": ErrorCode(
            422, Message("idempotency_key_reused"), field="Idempotency-Key"
        ),
        "too-many-requests": ErrorCode(429, Message("too_many_requests", most=64)),
        "header-too-large": ErrorCode(431, Message("header_too_large", most=32_768)),
        "client-gone": ErrorCode(CLIENT_GONE, Message("client_gone")),
        "internal-error": ErrorCode(500, Message("internal_error")),
        "worker-lost": ErrorCode(500, Message("worker_lost")),
        "queue-full": ErrorCode(503, Message("queue_full", waiting="requests", most=64)),
        "too-many-connections": ErrorCode(503, Message("too_many_connections", most=1000)),
        "no-room-for-body": ErrorCode(503, Message("bodies_too_large", most=8_589_934_592)),
        "not-ready": ErrorCode(
            503,
            Message("not_ready", reasons=(Message("compiling_kernels", kernels=125, percent=34),)),
        ),
        "database-unavailable": ErrorCode(503, Message("database_unavailable", fault="silent")),
        "time-limit": ErrorCode(
            504, Message("answer_too_slow", seconds=60, setting="WHALE_MAX_SOLVE_SECONDS")
        ),
    }
)


def title_of(code: str) -> Message:
    """Return the title of a code: a few words, the same every time."""
    return Message(f"title_{code.replace('-', '_')}")


def description_of(code: str) -> Message:
    """Return the description of a code: its meaning, and what the client can do."""
    return Message(f"description_{code.replace('-', '_')}")


def codes_of(status: int) -> dict[str, ErrorCode]:
    """Return the codes of a status, by name."""
    return {name: each for name, each in CODES.items() if each.status == status}
