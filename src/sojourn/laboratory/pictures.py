"""Turns a drawing into a picture: PNG, for documents and slides that take no SVG."""

from importlib.resources import as_file, files

import typst

LAYOUT = files("sojourn.laboratory") / "picture.typ"
FONTS = files("sojourn.design") / "static" / "vendor" / "fonts"
DOTS_PER_INCH = 216.0  # three pixels for each unit of the drawing


def png_of(svg: str) -> bytes:
    """Draw an SVG as PNG on white. The same drawing gives the same bytes."""
    with as_file(LAYOUT) as layout, as_file(FONTS) as fonts:
        made: bytes = typst.compile(
            layout,
            format="png",
            ppi=DOTS_PER_INCH,
            font_paths=[fonts],
            ignore_system_fonts=True,
            sys_inputs={"drawing": svg},
        )
    return made
