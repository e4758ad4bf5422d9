"""Schemathesis's checks that know less than the document: replaced by ones that know as much."""

from __future__ import annotations

import re
from typing import Any

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

SEMANTIC = frozenset(
    (
        # one field and another
        "one_field_expected", "k_or_penalty_missing", "wealth_missing", "wealth_count",
        "fairness_aim_missing", "fairness_one_aim", "fairness_measure_of_aim",
        "fairness_excludes", "fairness_negative_ev", "base_without_fairness", "base_count",
        "gini_out_of_reach", "assignments_limited", "figure_configuration",
        "one_or_each_expected", "ids_count", "setting_tier_weights", "idempotency_key_reused",
        "candidate_position_out_of_range", "candidate_lengths_differ", "guarantee_above_limit",
        "sweep_pairs", "sweep_scored_pairs", "study_scored_pairs", "study_gifts", "study_rows",
        "study_configurations", "places_limited", "count_empty", "count_limited",
        # one part and another, and the bytes of a part
        "field_also_part", "field_beside_table", "option_without_table", "npy_header_expected",
        "npy_numbers_expected", "npy_format_expected", "npy_shape_expected", "table_empty",
        "text_has_nul", "cell_refused", "rows_missing", "workbook_error", "heading_missing",
        "streamer_column_missing", "headings_alone", "ids_of_other_type", "cells_expected",
        "cell_beyond_headings",
        "line_too_long", "quote_misplaced", "pairs_columns_expected", "pair_column_missing",
        "user_twice", "heading_twice", "user_without_wealth", "wealth_alone_expected",
        "wealth_ids_missing", "table_of_wealth_alone", "wealth_by_id_without_ids",
        "table_too_large", "table_not_known", "table_of_other_kind", "table_damaged",
        "workbook_old", "workbook_unreadable", "byte_not_in_encoding", "column_unknown",
        "role_twice",
        # members of one list
        "rows_of_different_lengths", "id_twice", "ids_equal_as_text", "candidate_twice",
        "penalty_not_convex",
        # one request and another: what is explained is simpler
        "explained_streamers_limited", "setting_rising",
        # ids, which only the request knows
        "id_unknown", "price_id_unknown",
    )
)  # fmt: skip
"""Codes of reasons that JSON Schema cannot express."""


@schemathesis.check
def valid_requests_are_taken(_: CheckContext, response: Response, case: Case) -> bool | None:
    """Fail where a request that its schema allows is refused for what a schema can say."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return None
    if response.status_code in ACCEPTED:
        return None
    if response.status_code == 422 and _is_semantic(response.json()["reason"]):
        return None
    raise RejectedPositiveData(
        operation=case.operation.label,
        message="Expected a valid request to be taken.",
        status_code=response.status_code,
        allowed_statuses=[],
    )


def _is_semantic(reason: dict[str, Any]) -> bool:
    """Return whether a schema cannot express the reason of a refusal."""
    match reason:
        case {"code": "setting_empty", "parameters": {"field": "spend_caps"}}:
            return True
        case {"code": "setting_at_most", "parameters": {"field": field}}:
            return field in ("users_per_round", "checkpoints")  # at most users, rounds
        case {"code": "field_missing", "parameters": {"field": "wealth"}}:  # as either
            return True
        case {"code": "item_expected", "parameters": {"items": "ids", "received": received}}:
            # JSON Schema takes 2.0 for a whole number.
            return re.fullmatch(r"-?[\d.]+(e\+\d+)?", received) is not None
    return reason["code"] in SEMANTIC


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
