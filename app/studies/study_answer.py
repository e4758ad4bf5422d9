"""The answer to a request for a study: its result, conclusions and timings."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from messages import DEFAULT_LANGUAGE, Message
from simulator import SettingsSearch, StudyResult, study_json


@dataclass(frozen=True)
class StudyAnswer:
    """A finished study as it is answered.

    Parameters
    ----------
    study : StudyResult
        With rows, where the answer has any.
    milliseconds : mapping from str to float
        Duration of each step.
    search : SettingsSearch, optional
        Of find-settings.
    id : str
    """

    study: StudyResult
    milliseconds: Mapping[str, float]
    search: SettingsSearch | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def findings(self) -> tuple[Message, ...]:
        """All findings, those of the search first."""
        return (*(self.search.findings if self.search else ()), *self.study.findings)

    def as_mapping(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
        """Return the answer as JSON has it, its texts in a language."""
        answer = {"id": self.id, **study_json(self.study, language)}
        if self.search is not None:
            answer["search"] = self.search.as_mapping(language)
        if self.study.rows:
            answer["runs"] = list(self.study.rows)
        return answer | {"timings_ms": dict(self.milliseconds)}
