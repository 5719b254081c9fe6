"""A page as one file that needs no server: its styles stand in it, so that it can be mailed, printed or published."""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

SHEETS = ("tokens", "elements", "layout", "parts", "blocks", "charts", "print")
FOLDER = Path(__file__).parent / "static" / "design" / "css"
# The font files stay behind: the page falls back to the reader's own, with the same layout.
FONT_FACE = re.compile(r"@font-face \{.*?\n\}\n", re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/\n?", re.DOTALL)


@cache
def styles() -> SafeString:
    """Give all styles a document needs, as the text of one style element."""
    text = "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
    return mark_safe(COMMENT.sub("", FONT_FACE.sub("", text)))  # noqa: S308 - our own files
