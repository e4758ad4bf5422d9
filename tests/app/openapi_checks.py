"""Schemathesis's checks that know less than the document: replaced by ones that know as much."""

from __future__ import annotations

import re

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario
from schemathesis.openapi.checks import (
    RejectedPositiveData,
    UseAfterFree,
)
from schemathesis.specs.openapi.checks import negative_data_rejection, use_after_free

CANCELLED = 200
"""What DELETE answers where nothing is deleted."""

ACCEPTED = (*range(200, 400), 404, 409, 429, 503)
"""What a valid request may be answered: there may be no such experiment, or it is too early."""

NOT_THE_BODY = (ParameterLocation.QUERY, ParameterLocation.HEADER, ParameterLocation.COOKIE)
"""Where parameters are that nobody knows: they are passed over, as HTTP wants."""

SEMANTIC = re.compile(
    "|".join(
        (
            # one field and another
            "Expected exactly one of ",
            "Expected k, or whale_penalty in its place",
            "Expected wealth, one number per user, with ",
            "Expected wealth for each of ",
            "Expected \\w+ as one number or one per streamer",
            "Expected \\d+ ids in ",
            "Expected a weight for each of ",
            "Expected the request that this Idempotency-Key first came with",
            "Expected users_per_round ≤ ",
            "Expected (user|streamer) positions from 0 to ",
            "Expected user, streamer and ev of one length",
            "Expected at least one value in spend_caps",
            "Expected at most [\\d,]+ (scored pairs|pairs|gifts|places|rows|configurations)",
            "Expected from 1 to [\\d,]+ (users|streamers)",
            "Expected min_users ≤ ",
            # one part and another, and the bytes of a part
            "Expected \\w+ once; it is both in problem and a part",
            "Expected \\w+ (as|in) .npy ",
            "Expected (a table|text|an id|a number[\\w +]*|at least one row|numbers and text) in ",
            "Expected a (heading for every streamer|column for at least one streamer) in ",
            "Expected a line of headings and at least one more in ",
            "Expected (text or whole numbers in|[\\d,]+ cells in every|lines of at most) ",
            "Expected quotes (around whole cells|that are closed)",
            "Expected the columns user, streamer and ev in ",
            "Expected each (user|heading) once in ",
            "Expected (wealth of every user|wealth alone|ids of users beside wealth) ",
            "Expected values of users and streamers in ",
            "Expected user_ids, or a table with ids, where ",
            "Expected (table|candidates|wealth)(\\.\\w+)? (as|to expand to) ",
            "Expected exactly one of \\w+ and table",
            "Expected \\w+ with a part table; got none",
            "Expected the columns of table(\\.\\w+)? in columns",
            "Expected one column of the role \\w+ in columns",
            "Expected wealth in the request; got none",  # as either
            # members of one list
            "Expected rows of one length in ",
            "Expected each id once in ",
            "Expected each pair once; ",
            "Expected a convex whale_penalty",
            # one request and another: what is explained is simpler
            "Expected max_streamers_per_user of 1 in what is explained",
            "Expected rising prices in ",
            # JSON Schema takes 2.0 for a whole number
            "Expected ids in \\w+, text or whole numbers; position \\d+ is -?[\\d.]+(e\\+\\d+)?\\.",
            # ids, which only the request knows
            "Expected \\w+ among ",
            "Expected the keys of [\\w.]+ among ",
        )
    )
)
"""Refusals of what JSON Schema cannot say."""


@schemathesis.check
def valid_requests_are_taken(_: CheckContext, response: Response, case: Case) -> bool | None:
    """Fail where a request that its schema allows is refused for what a schema can say."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return None
    if response.status_code in ACCEPTED:
        return None
    if response.status_code == 422 and SEMANTIC.match(response.json()["detail"]):
        return None
    raise RejectedPositiveData(
        operation=case.operation.label,
        message="Expected a valid request to be taken.",
        status_code=response.status_code,
        allowed_statuses=[],
    )


@schemathesis.check
def invalid_requests_are_refused(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Fail where a request is taken that its schema forbids; one more parameter is no such one."""
    try:
        return negative_data_rejection(ctx, response, case)
    except AcceptedNegativeData:
        phase = case.meta.phase.data if case.meta is not None else None
        if (
            isinstance(phase, CoveragePhaseData)
            and phase.scenario == CoverageScenario.OBJECT_UNEXPECTED_PROPERTIES
            and phase.parameter_location in NOT_THE_BODY
        ):
            return None
        raise


@schemathesis.check
def what_is_deleted_is_gone(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Fail where something is found after its deletion; what was only cancelled may be."""
    try:
        return use_after_free(ctx, response, case)
    except UseAfterFree as failure:
        deletion = ctx.internals.find_response(case_id=failure.deleted_case_id)
        if deletion is not None and deletion.status_code == CANCELLED:
            return None
        raise
