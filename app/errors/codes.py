"""Every code that a problem document can have: its status, and what to do about it.

`CODES` is the one registry. Raise `RefusalError("queue-full", Message(…))`,
return `problem("queue-full", Message(…))`, or give a `solver.InputError` its `code`. A code that is
not here is an error at once; tests find codes that are used and not here, and the reverse. The page
/docs/errors and the OpenAPI document are made from it. Titles are in the catalogues: `title_of`.

A code is a promise to clients: it keeps its name, its status and its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from messages import Message

PAGE = "/docs/errors"
"""Path of the page that explains the codes."""

CLIENT_GONE = 499
"""Status that only logs see, as proxies write it: nobody is left to be answered."""


@dataclass(frozen=True)
class ErrorCode:
    """A kind of refusal.

    Parameters
    ----------
    status : int
        HTTP status.
    description : str
        What it means, and what the client can do.
    example : Message
        A reason of it.
    field : str, optional
        The field at fault in the example.
    """

    status: int
    description: str
    example: Message
    field: str | None = None


CODES: Mapping[str, ErrorCode] = MappingProxyType(
    {
        "malformed-http": ErrorCode(
            400,
            "The bytes on the connection are not HTTP/1.1. The connection is closed.",
            Message("malformed_http", problem="Invalid HTTP request received."),
        ),
        "malformed-json": ErrorCode(
            400,
            "The body, or the part `problem`, cannot be read as JSON. The sentence names line and "
            "column. JSON has neither NaN nor Infinity: null marks a forbidden pair.",
            Message("json_malformed", problem="unexpected end of data: line 1 column 7 (char 6)"),
        ),
        "malformed-multipart": ErrorCode(
            400,
            "The body has no boundary, or its parts cannot be told apart. Let an HTTP library "
            "write the body and its Content-Type.",
            Message("multipart_boundary_missing", type="multipart/form-data"),
        ),
        "malformed-encoding": ErrorCode(
            400,
            "The body cannot be decoded as its Content-Encoding says, or it ends too early.",
            Message("encoding_malformed", encoding="gzip"),
        ),
        "key-missing": ErrorCode(
            401,
            "The service has keys, and the request brings none. Send `Authorization: Bearer KEY`.",
            Message("key_missing"),
        ),
        "key-unknown": ErrorCode(
            401,
            "The key is none of the service's. Check it, or ask the operator for one.",
            Message("key_unknown"),
        ),
        "service-without-keys": ErrorCode(
            401,
            "A service without keys answers this machine only. The operator sets WHALE_API_KEYS, "
            "or starts the service by `whale-matching serve`, which makes a key.",
            Message("service_without_keys"),
        ),
        "foreign-origin": ErrorCode(
            403,
            "A page of another origin made the request, and the service allows none. The operator "
            "can allow the origin by WHALE_CORS_ORIGINS.",
            Message("foreign_origin", received="https://example.com"),
        ),
        "foreign-host": ErrorCode(
            403,
            "A service without keys answers to localhost and the addresses of its machine only, so "
            "that no page can reach it by a name that was made to mean this machine.",
            Message("foreign_host"),
        ),
        "not-from-the-page": ErrorCode(
            403,
            "A browser sent what any page can make it send. A service without keys takes JSON from "
            "a browser, and multipart/form-data with the header X-Requested-With.",
            Message("not_from_the_page", header="X-Requested-With", received="text/plain"),
        ),
        "unknown-path": ErrorCode(
            404,
            "The service has no such path. `/openapi.json` lists all that it has.",
            Message("unknown_path", path="'/allocations'"),
        ),
        "unknown-file": ErrorCode(
            404,
            "The page has no file of this name.",
            Message("unknown_file", name="app.js"),
        ),
        "unknown-experiment": ErrorCode(
            404,
            "There is no experiment with this id, or it was deleted. `GET /experiments` lists "
            "those that there are.",
            Message("unknown_experiment", id="82482845-26f8-45f8-a0f6-85f7228391db"),
        ),
        "unknown-figure": ErrorCode(
            404,
            "The experiment has no figure of this name. `GET /experiments/{id}/figures` lists the "
            "figures that it has.",
            Message("unknown_figure", name="revenue"),
        ),
        "not-a-sweep": ErrorCode(
            404,
            "Only sweeps have figures, a report or a configuration; this experiment is none.",
            Message("sweep_expected", kind="allocation"),
        ),
        "wrong-method": ErrorCode(
            405,
            "The path is right, the method is not. The header Allow has the methods of the path.",
            Message("wrong_method", allowed=("POST",), method="GET"),
        ),
        "header-too-slow": ErrorCode(
            408,
            "The request's header did not come whole in time (WHALE_HEADER_SECONDS). The "
            "connection is closed.",
            Message("header_too_slow", seconds=10),
        ),
        "body-too-slow": ErrorCode(
            408,
            "The request's body paused for too long (WHALE_BODY_SECONDS), or came too slowly on "
            "the whole (WHALE_MIN_BYTES_PER_SECOND). The connection is closed.",
            Message("body_paused", seconds=60),
        ),
        "not-finished": ErrorCode(
            409,
            "The result is asked for before there is one. Follow `/experiments/{id}/events`, or "
            "ask again later.",
            Message("experiment_not_done", state="running"),
        ),
        "without-result": ErrorCode(
            409,
            "It was cancelled or failed. `GET /experiments/{id}` says which, and why. Submit it "
            "again.",
            Message("experiment_not_done", state="cancelled"),
        ),
        "body-too-large": ErrorCode(
            413,
            "The body is larger than the service takes (WHALE_MAX_BODY_BYTES). Send arrays as "
            "`.npy` or Parquet parts, or split the request.",
            Message("body_too_large", most=268_435_456),
        ),
        "target-too-long": ErrorCode(
            414,
            "The request's target is longer than any that the service has. The connection is "
            "closed.",
            Message("target_too_long", most=8192),
        ),
        "unsupported-encoding": ErrorCode(
            415,
            "The Content-Encoding is none that the service decodes. The header Accept-Encoding has "
            "those that it does. Without Content-Encoding, a body is taken as it is.",
            Message("encoding_expected", encodings=("gzip", "zstd"), received="br"),
        ),
        "unsupported-media-type": ErrorCode(
            415,
            "The Content-Type is none that this path takes. The header Accept has those that it "
            "takes.",
            Message("media_type_expected", types=("application/json",), received="text/xml"),
        ),
        "invalid-value": ErrorCode(
            422,
            "A value has the wrong type, lies outside its range, or does not fit other values. "
            "`field` and `position` say where; `errors` lists every field that is wrong.",
            Message("rows_of_different_lengths", field="ev", expected=2, row=1, received=3),
            field="ev",
        ),
        "missing-field": ErrorCode(
            422,
            "A field that is needed is not there.",
            Message("k_or_penalty_missing"),
            field="k",
        ),
        "unknown-field": ErrorCode(
            422,
            "A field or part is none that this path knows. Check its spelling in the OpenAPI "
            "document.",
            Message("field_unknown", field="whale_cap"),
            field="whale_cap",
        ),
        "conflicting-fields": ErrorCode(
            422,
            "Two fields exclude each other, or one thing is given twice. Leave one of them out.",
            Message(
                "one_field_expected", fields=("ev", "candidates"), received=("ev", "candidates")
            ),
            field="candidates",
        ),
        "limit-exceeded": ErrorCode(
            422,
            "The request is well formed and beyond a limit of this service. The sentence names "
            "the setting that the operator can change.",
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
            422,
            "An object in the JSON body has a name twice, and the two could differ. Leave one out.",
            Message("json_key_twice", path="prices.capacity"),
            field="prices.capacity",
        ),
        "guarantees-unmet": ErrorCode(
            422,
            "No allocation meets every `min_users`. `streamers` are those that cannot be met "
            "together: without any one of them, the others can. `needed` is the number of users "
            "that they are guaranteed, `possible` the most that can be shown to them. A user is "
            "never placed at a negative EV unless `allow_negative_ev` is true. Where `fill` joint, "
            "`allow_negative_ev` or both would meet all guarantees, `remedy` has them, as tried. "
            "Else lower a guarantee, raise a cap, or allow more pairs.",
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
        "unreadable-data": ErrorCode(
            422,
            "A part or file is not in the format that it should have.",
            Message("npy_format_expected", field="ev"),
            field="ev",
        ),
        "idempotency-key-reused": ErrorCode(
            422,
            "The key came with another request before. Use a new key for a new request.",
            Message("idempotency_key_reused"),
            field="Idempotency-Key",
        ),
        "too-many-requests": ErrorCode(
            429,
            "More requests of one key are under way than the service allows "
            "(WHALE_MAX_REQUESTS_PER_KEY). Try again after `Retry-After` seconds.",
            Message("too_many_requests", most=64),
        ),
        "header-too-large": ErrorCode(
            431,
            "Request line and header fields are larger than the service takes "
            "(WHALE_MAX_HEADER_BYTES), or too many. The connection is closed.",
            Message("header_too_large", most=32_768),
        ),
        "client-gone": ErrorCode(
            CLIENT_GONE,
            "The client left before it had its answer. Only logs and metrics have this.",
            Message("client_gone"),
        ),
        "internal-error": ErrorCode(
            500,
            "A fault of the service. Its log has the details, under the answer's X-Request-ID.",
            Message("internal_error"),
        ),
        "worker-lost": ErrorCode(
            500,
            "The process that worked on the request died, perhaps for lack of memory. Try again, "
            "or send a smaller request.",
            Message("worker_lost"),
        ),
        "queue-full": ErrorCode(
            503,
            "The queue is full (WHALE_MAX_QUEUE), or where there are several keys, this one "
            "waits for as much as it may. Try again after `Retry-After` seconds.",
            Message("queue_full", waiting="requests", most=64),
        ),
        "too-many-connections": ErrorCode(
            503,
            "The service has as many connections as it may (WHALE_MAX_CONNECTIONS), and none is "
            "idle. Try again after `Retry-After` seconds.",
            Message("too_many_connections", most=1000),
        ),
        "no-room-for-body": ErrorCode(
            503,
            "The bodies of all requests together take all that they may (WHALE_MAX_BODIES_BYTES), "
            "or the disk is full. Try again after `Retry-After` seconds.",
            Message("bodies_too_large", most=8_589_934_592),
        ),
        "not-ready": ErrorCode(
            503,
            "It is starting or stopping. Try again after `Retry-After` seconds; `/readyz` says "
            "what is missing.",
            Message("not_ready", reasons=(Message("compiling_kernels", kernels=125, percent=34),)),
        ),
        "database-unavailable": ErrorCode(
            503,
            "Experiments need the database, and it is away, locked or full. Allocations do not "
            "need it. Try again after `Retry-After` seconds.",
            Message("database_unavailable", fault="silent"),
        ),
        "time-limit": ErrorCode(
            504,
            "Computing took longer than the service allows (WHALE_MAX_SOLVE_SECONDS). Raise "
            "`tolerance`, send a smaller request, or ask the operator for a higher limit.",
            Message("answer_too_slow", seconds=60, setting="WHALE_MAX_SOLVE_SECONDS"),
        ),
    }
)


def title_of(code: str) -> Message:
    """Return the title of a code: a few words, the same every time."""
    return Message(f"title_{code.replace('-', '_')}")


def codes_of(status: int) -> dict[str, ErrorCode]:
    """Return the codes of a status, by name."""
    return {name: each for name, each in CODES.items() if each.status == status}
