"""How problems and results look in a console and in a notebook."""

from __future__ import annotations

from html import escape


class Displayed:
    """A base that shows a few facts, and never an array.

    Subclasses return the facts from `_facts`, each with the name of a field or a count.
    """

    def _facts(self) -> dict[str, object]:
        raise NotImplementedError

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self._facts().items())
        return f"{type(self).__name__}({facts})"

    def summary(self) -> str:
        """Return the facts as text, one a line."""
        facts = self._facts()
        width = max(map(len, facts))
        lines = (f"  {name:<{width}}  {value}" for name, value in facts.items())
        return "\n".join((type(self).__name__, *lines))

    def _repr_html_(self) -> str:
        """Return the facts as a table, for notebooks."""
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>"
            for name, value in self._facts().items()
        )
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"
