"""The pages of the documentation, and the snippets in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = (
    *(ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)

_BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^>]+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page.

    Parameters
    ----------
    page : Path
    line : int
    language : str
    text : str
    reason : str or None
        Why it is not run; None where it is.
    """

    page: Path
    line: int
    language: str
    text: str
    reason: str | None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def read_snippets(page: Path) -> list[Snippet]:
    """Return the fenced blocks of a page in their order."""
    text = page.read_text()
    return [
        Snippet(page, text.count("\n", 0, each.start()) + 1, each["language"], each["text"],
                each["reason"])
        for each in _BLOCK.finditer(text)
    ]  # fmt: skip
