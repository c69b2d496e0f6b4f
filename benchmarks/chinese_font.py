"""Makes the packaged font of Chinese characters: src/cs_nlp/resources/noto_sans_sc.woff.

    pip download --no-deps zhplot==1.0.0 && pip install fonttools
    python benchmarks/chinese_font.py zhplot-1.0.0-py3-none-any.whl

The wheel zhplot carries Noto Sans SC (Copyright Adobe, SIL Open Font License 1.1; the notices stay in the font's name
table). Kept are the 6,763 characters of GB 2312 and the punctuation of Chinese.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "src/cs_nlp/resources/noto_sans_sc.woff"
SOURCE = "zhplot/fonts/NotoSansSC-Regular.ttf"


def characters() -> str:
    """The characters of GB 2312, CJK punctuation and full-width forms."""
    rows = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    known = "".join(code.decode("gb2312", errors="ignore") for code in rows)
    marks = [chr(code) for code in (*range(0x3000, 0x3020), *range(0xFF01, 0xFF5F))]
    return known + "".join(marks) + "·—…‘’“”→←「」␣"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="zhplot-1.0.0-py3-none-any.whl")
    args = parser.parse_args()
    with ZipFile(args.wheel) as wheel:
        font = TTFont(BytesIO(wheel.read(SOURCE)), recalcTimestamp=False)
    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(TARGET)
    print(f"{len(font.getGlyphOrder()):,} glyphs, {TARGET.stat().st_size / 1e6:.2f} MB in {TARGET}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
