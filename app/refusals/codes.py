"""Every code that a refusal can have: its status, its title and what to do about it.

`CODES` is the one registry. Raise `RefusalError("queue-full", "…")`, return
`problem("queue-full", "…")`, or give a `solver.InputError` its `code`. A code that is not here is
an error at once; tests find codes that are used and not here, and the reverse. The page
/docs/errors and the OpenAPI document are made from it.

A code is a promise to clients: it keeps its name, its status and its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
    title : str
        A few words, the same every time.
    description : str
        What it means, and what the client can do.
    example : str
        A `detail` of it.
    field : str, optional
        The field at fault in the example.
    """

    status: int
    title: str
    description: str
    example: str
    field: str | None = None


CODES: Mapping[str, ErrorCode] = MappingProxyType(
    {
        "malformed-http": ErrorCode(
            400,
            "Not an HTTP request",
            "The bytes on the connection are not HTTP/1.1. The connection is closed.",
            "Expected an HTTP request. Invalid method encountered",
        ),
        "malformed-json": ErrorCode(
            400,
            "Body is not valid JSON",
            "The body, or the part `problem`, cannot be read as JSON. The sentence names line and "
            "column. JSON has neither NaN nor Infinity: null marks a forbidden pair.",
            "Expected a JSON body; unexpected end of data: line 1 column 7 (char 6).",
        ),
        "malformed-multipart": ErrorCode(
            400,
            "Body is not valid multipart/form-data",
            "The body has no boundary, or its parts cannot be told apart. Let an HTTP library "
            "write the body and its Content-Type.",
            "Expected multipart/form-data with a boundary; got none.",
        ),
        "malformed-encoding": ErrorCode(
            400,
            "Body is not what Content-Encoding says",
            "The body cannot be decoded as its Content-Encoding says, or it ends too early.",
            "Expected a body in gzip; got something else.",
        ),
        "key-missing": ErrorCode(
            401,
            "No API key",
            "The service has keys, and the request brings none. Send `Authorization: Bearer KEY`.",
            "Expected a key, as in Authorization: Bearer KEY; got none.",
        ),
        "key-unknown": ErrorCode(
            401,
            "Unknown API key",
            "The key is none of the service's. Check it, or ask the operator for one.",
            "Expected a key that the service knows, as in Authorization: Bearer KEY.",
        ),
        "service-without-keys": ErrorCode(
            401,
            "The service has no keys",
            "A service without keys answers this machine only. The operator sets WHALE_API_KEYS, "
            "or starts the service by `whale-matching serve`, which makes a key.",
            "Expected a service with keys, for it is reached from elsewhere; it has none.",
        ),
        "foreign-origin": ErrorCode(
            403,
            "Page of another origin",
            "A page of another origin made the request, and the service allows none. The operator "
            "can allow the origin by WHALE_CORS_ORIGINS.",
            "Expected a call by a page of this service or of WHALE_CORS_ORIGINS; got "
            "https://example.com.",
        ),
        "foreign-host": ErrorCode(
            403,
            "Host name of another machine",
            "A service without keys answers to localhost and the addresses of its machine only, so "
            "that no page can reach it by a name that was made to mean this machine.",
            "Expected localhost or an address of this machine as Host, for the service has no "
            "keys.",
        ),
        "not-from-the-page": ErrorCode(
            403,
            "Form of a browser",
            "A browser sent what any page can make it send. A service without keys takes JSON from "
            "a browser, and multipart/form-data with the header X-Requested-With.",
            "Expected the header X-Requested-With, for a browser sent multipart/form-data.",
        ),
        "unknown-path": ErrorCode(
            404,
            "No such path",
            "The service has no such path. `/openapi.json` lists all that it has.",
            "Expected a path of this service; there is no '/allocations'.",
        ),
        "unknown-file": ErrorCode(
            404,
            "No such file",
            "The page has no file of this name.",
            "Expected the name of a file; there is no app.js.",
        ),
        "unknown-experiment": ErrorCode(
            404,
            "No such experiment",
            "There is no experiment with this id, or it was deleted. `GET /experiments` lists "
            "those that there are.",
            "Expected the id of an experiment; there is no 82482845-26f8-45f8-a0f6-85f7228391db.",
        ),
        "unknown-figure": ErrorCode(
            404,
            "No such figure",
            "The experiment has no figure of this name. `GET /experiments/{id}/figures` lists the "
            "figures that it has.",
            "Expected the name of a figure; there is no revenue.",
        ),
        "not-a-sweep": ErrorCode(
            404,
            "Not a sweep",
            "Only sweeps have figures, a report or a configuration; this experiment is none.",
            "Expected a sweep; this is an allocate.",
        ),
        "wrong-method": ErrorCode(
            405,
            "Wrong method for this path",
            "The path is right, the method is not. The header Allow has the methods of the path.",
            "Expected POST here; got GET.",
        ),
        "header-too-slow": ErrorCode(
            408,
            "Header too slow",
            "The request's header did not come whole in time (WHALE_HEADER_SECONDS). The "
            "connection is closed.",
            "Expected a whole header within 10 s (WHALE_HEADER_SECONDS).",
        ),
        "body-too-slow": ErrorCode(
            408,
            "Body too slow",
            "The request's body paused for too long (WHALE_BODY_SECONDS), or came too slowly on "
            "the whole (WHALE_MIN_BYTES_PER_SECOND). The connection is closed.",
            "Expected more of the body within 60 s (WHALE_BODY_SECONDS).",
        ),
        "not-finished": ErrorCode(
            409,
            "The experiment has not finished",
            "The result is asked for before there is one. Follow `/experiments/{id}/events`, or "
            "ask again later.",
            "Expected an experiment that is done; this one is running.",
        ),
        "without-result": ErrorCode(
            409,
            "The experiment ended without a result",
            "It was cancelled or failed. `GET /experiments/{id}` says which, and why. Submit it "
            "again.",
            "Expected an experiment that is done; this one was cancelled.",
        ),
        "body-too-large": ErrorCode(
            413,
            "Body too large",
            "The body is larger than the service takes (WHALE_MAX_BODY_BYTES). Send arrays as "
            "`.npy` or Parquet parts, or split the request.",
            "Expected a body of at most 268,435,456 bytes; got more (WHALE_MAX_BODY_BYTES).",
        ),
        "target-too-long": ErrorCode(
            414,
            "Path and query too long",
            "The request's target is longer than any that the service has. The connection is "
            "closed.",
            "Expected a target of at most 8,192 bytes; got more.",
        ),
        "unsupported-encoding": ErrorCode(
            415,
            "Encoding of body not taken",
            "The Content-Encoding is none that the service decodes. The header Accept-Encoding has "
            "those that it does. Without Content-Encoding, a body is taken as it is.",
            "Expected Content-Encoding of gzip or zstd; got br.",
        ),
        "unsupported-media-type": ErrorCode(
            415,
            "Type of body not taken",
            "The Content-Type is none that this path takes. The header Accept has those that it "
            "takes.",
            "Expected a body of application/json; got text/xml.",
        ),
        "invalid-value": ErrorCode(
            422,
            "Invalid value",
            "A value has the wrong type, lies outside its range, or does not fit other values. "
            "`field` and `position` say where; `errors` lists every field that is wrong.",
            "Expected rows of one length in ev; row 0 has 2 values, row 1 has 3.",
            field="ev",
        ),
        "missing-field": ErrorCode(
            422,
            "Missing field",
            "A field that is needed is not there.",
            "Expected k, or whale_penalty in its place; got neither.",
            field="k",
        ),
        "unknown-field": ErrorCode(
            422,
            "Unknown field",
            "A field or part is none that this path knows. Check its spelling in the OpenAPI "
            "document.",
            "Expected only known fields in the request; got whale_cap.",
            field="whale_cap",
        ),
        "conflicting-fields": ErrorCode(
            422,
            "Conflicting fields",
            "Two fields exclude each other, or one thing is given twice. Leave one of them out.",
            "Expected exactly one of ev and candidates; got ev and candidates.",
            field="candidates",
        ),
        "limit-exceeded": ErrorCode(
            422,
            "Larger than the service allows",
            "The request is well formed and beyond a limit of this service. The sentence names "
            "the setting that the operator can change.",
            "Expected from 1 to 10,000,000 users; got 10,000,001 (WHALE_MAX_USERS).",
            field="candidates.user",
        ),
        "duplicate-key": ErrorCode(
            422,
            "The same name twice in JSON",
            "An object in the JSON body has a name twice, and the two could differ. Leave one out.",
            "Expected each name once; prices.capacity is there twice.",
            field="prices.capacity",
        ),
        "guarantees-unmet": ErrorCode(
            422,
            "Guarantees that cannot be met",
            "No allocation meets every `min_users`. `streamers` are those that cannot be met "
            "together: without any one of them, the others can. `needed` is the number of users "
            "that they are guaranteed, `possible` the most that can be shown to them. A user is "
            "never placed at a negative EV unless `allow_negative_ev` is true. Where `fill` joint, "
            "`allow_negative_ev` or both would meet all guarantees, `remedy` has them, as tried. "
            "Else lower a guarantee, raise a cap, or allow more pairs.",
            "Expected guarantees that can be met; streamers s1 and s2 are guaranteed 5 users, but "
            "at most 4 users can be shown to them together.",
            field="min_users",
        ),
        "unreadable-data": ErrorCode(
            422,
            "Array or table that cannot be read",
            "A part or file is not in the format that it should have.",
            "Expected ev in .npy format, version 1, 2 or 3.",
            field="ev",
        ),
        "idempotency-key-reused": ErrorCode(
            422,
            "Idempotency-Key of another request",
            "The key came with another request before. Use a new key for a new request.",
            "Expected a new Idempotency-Key; this one came with another request.",
            field="Idempotency-Key",
        ),
        "too-many-requests": ErrorCode(
            429,
            "Too many requests at a time",
            "More requests of one key are under way than the service allows "
            "(WHALE_MAX_REQUESTS_PER_KEY). Try again after `Retry-After` seconds.",
            "Expected at most 64 requests of one key at a time (WHALE_MAX_REQUESTS_PER_KEY); try "
            "again in a moment.",
        ),
        "header-too-large": ErrorCode(
            431,
            "Header too large",
            "Request line and header fields are larger than the service takes "
            "(WHALE_MAX_HEADER_BYTES), or too many. The connection is closed.",
            "Expected a header of at most 32,768 bytes (WHALE_MAX_HEADER_BYTES); got more.",
        ),
        "client-gone": ErrorCode(
            CLIENT_GONE,
            "Client closed the connection",
            "The client left before it had its answer. Only logs and metrics have this.",
            "The client left before it had its answer.",
        ),
        "internal-error": ErrorCode(
            500,
            "The service failed",
            "A fault of the service. Its log has the details, under the answer's X-Request-ID.",
            "The service failed on this request; its log says why.",
        ),
        "worker-lost": ErrorCode(
            500,
            "The worker process died",
            "The process that worked on the request died, perhaps for lack of memory. Try again, "
            "or send a smaller request.",
            "The process that worked on this died, perhaps for memory.",
        ),
        "queue-full": ErrorCode(
            503,
            "Too much is waiting",
            "The queue is full (WHALE_MAX_QUEUE), or where there are several keys, this one "
            "waits for as much as it may. Try again after `Retry-After` seconds.",
            "Expected at most 64 requests waiting (WHALE_MAX_QUEUE). Try again in a moment.",
        ),
        "too-many-connections": ErrorCode(
            503,
            "Too many connections",
            "The service has as many connections as it may (WHALE_MAX_CONNECTIONS), and none is "
            "idle. Try again after `Retry-After` seconds.",
            "Expected at most 1,000 connections at a time (WHALE_MAX_CONNECTIONS); try again in a "
            "moment.",
        ),
        "no-room-for-body": ErrorCode(
            503,
            "No room for the body",
            "The bodies of all requests together take all that they may (WHALE_MAX_BODIES_BYTES), "
            "or the disk is full. Try again after `Retry-After` seconds.",
            "Expected bodies of at most 8,589,934,592 bytes in all (WHALE_MAX_BODIES_BYTES); try "
            "again in a moment.",
        ),
        "not-ready": ErrorCode(
            503,
            "The service is not ready",
            "It is starting or stopping. Try again after `Retry-After` seconds; `/readyz` says "
            "what is missing.",
            "Not ready: compiling 125 kernels, once: 34 %.",
        ),
        "database-unavailable": ErrorCode(
            503,
            "The database does not work",
            "Experiments need the database, and it is away, locked or full. Allocations do not "
            "need it. Try again after `Retry-After` seconds.",
            "The database does not answer.",
        ),
        "time-limit": ErrorCode(
            504,
            "The time limit was reached",
            "Computing took longer than the service allows (WHALE_MAX_SOLVE_SECONDS). Raise "
            "`tolerance`, send a smaller request, or ask the operator for a higher limit.",
            "Expected an answer within 60 s (WHALE_MAX_SOLVE_SECONDS).",
        ),
    }
)  # fmt: skip


def codes_of(status: int) -> dict[str, ErrorCode]:
    """Return the codes of a status, by name."""
    return {name: each for name, each in CODES.items() if each.status == status}
