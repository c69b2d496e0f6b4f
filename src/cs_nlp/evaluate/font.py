"""Chinese characters for pictures and pages: they bring those that they show, for machines without a Chinese font.

The packaged font holds the 6,763 characters of GB 2312; `benchmarks/chinese_font.py` makes it from Noto Sans SC.
"""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

from cs_nlp.resources import packaged

FAMILY = "cs_nlp"
"""Name of the font; it stands before those of the machine: as the last resort browsers use it for some words only."""


def font_face(text: str) -> str:
    """A rule for a style sheet with the Chinese characters of a text.

    Args:
        text: What will be shown.

    Returns:
        An `@font-face` rule; empty without Chinese, and without fontTools (`pip install 'cs-nlp[report]'`).

    >>> font_face("accuracy")
    ''
    """
    wanted = "".join(sorted({character for character in text if character >= "\u2e80"}))
    try:
        data = _subset(wanted) if wanted else b""
    except ImportError:
        return ""
    if not data:
        return ""
    code = b64encode(data).decode("ascii")
    return f'@font-face{{font-family:{FAMILY};src:url(data:font/woff;base64,{code}) format("woff")}}'


@lru_cache(maxsize=32)
def _subset(characters: str) -> bytes:
    """The packaged font with these characters only; the same bytes for the same ones."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(packaged("noto_sans_sc.woff").read_bytes()), recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(hinting=False, layout_features=[], name_IDs=["*"]))
    subsetter.populate(text=characters)
    subsetter.subset(font)
    font.flavor = "woff"
    found = BytesIO()
    font.save(found)
    return found.getvalue()
