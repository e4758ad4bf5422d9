"""Figures as pictures, without a browser and without a network."""

from __future__ import annotations

import vl_convert

from .style import Figure

PIXELS_PER_POINT = 2
"""Sharp on paper and on dense screens."""


def render_svg(figure: Figure) -> str:
    """Return a figure as an SVG document."""
    return str(vl_convert.vegalite_to_svg(figure.to_dict(), allowed_base_urls=[]))


def render_png(figure: Figure) -> bytes:
    """Return a figure as a PNG image."""
    return bytes(
        vl_convert.vegalite_to_png(figure.to_dict(), scale=PIXELS_PER_POINT, allowed_base_urls=[])
    )
