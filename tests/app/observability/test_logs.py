"""Lines of the log: JSON, in which every character can be seen."""

from __future__ import annotations

import json
import logging
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.observability.logs import PrintableJson

FORMATTER = PrintableJson("%(levelname)s %(message)s", json_ensure_ascii=False)


def line(message: str, **extra: str) -> str:
    record = logging.LogRecord("app", logging.INFO, __file__, 1, message, (), None)
    record.__dict__ |= extra
    return FORMATTER.format(record)


@example("\u202etxt.exe \u2066\u2069 \x9b31m \x85 \u2028 \ufeff \U000e0041 \ud800")
@given(st.text(st.characters()))
def test_no_character_turns_hides_or_breaks_a_line_and_none_is_lost(text: str) -> None:
    written = line(text.replace("%", ""), path=text)

    assert json.loads(written)["path"] == text
    assert all(
        unicodedata.category(each) not in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
        for each in written
    )


@pytest.mark.parametrize("text", ["财富 whale é", "🐳"])
def test_what_can_be_seen_is_written_as_it_is(text: str) -> None:
    assert text in line(text)
