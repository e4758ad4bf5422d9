"""The style sheet inside a report, as a content security policy may allow it and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

_TEMPLATE = (files("app") / "templates" / "report.html").read_text(encoding="utf-8")


def _digest(template: str) -> str:
    (style,) = re.findall(r"<style>(.*?)</style>", template, re.DOTALL)
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


REPORT_STYLE = f"'sha256-{_digest(_TEMPLATE)}'"
"""Its digest as a source of ``style-src``."""

REPORT_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src {REPORT_STYLE}; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
"""Headers of the response with a report, which loads nothing."""
