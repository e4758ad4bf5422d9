"""Reasons of refusals, compared as data: their texts are tested with the messages."""

from __future__ import annotations

from typing import Any

from messages import Message


def has_reason(document: dict[str, Any], expected: Message) -> bool:
    """Return whether a problem document's reason has a code and at least some parameters."""
    reason, code = document["reason"], expected.code
    parameters = expected.as_mapping()["parameters"]
    return reason["code"] == code and reason["parameters"] | parameters == reason["parameters"]
