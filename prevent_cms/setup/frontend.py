"""Copy the GOV.UK and MOJ styles, scripts and pictures from node_modules into static/vendor.

The published files are used as they are but for four things: the GDS Transport typeface and the
crown and crest are only licensed for GOV.UK, addresses of pictures become relative so that the
static storage can rename them, and comments that name source maps (not copied) go.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FONT_STACK = 'Arial,"Liberation Sans",sans-serif'
LICENCED_FONT = "GDS Transport"
SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=[^\n*]*(\*/)?")
PICTURE = re.compile(r"""url\(\s*['"]?images/([^)'"\s]+)""")
NOTICE = """Built from the npm packages govuk-frontend and @ministryofjustice/frontend.
Both are published under the MIT License, copyright Crown Copyright (Government Digital Service
and Ministry of Justice). The typeface, the crown and the crest are left out.
"""


class FrontendChanged(Exception):
    """A package no longer looks as expected; the message says in what."""


def without_source_map(text: str) -> str:
    return SOURCE_MAP.sub("", text)


def own_font(css: str) -> str:
    """Replace the licensed typeface; raises FrontendChanged if any of it is left."""
    css = re.sub(rf"@font-face\s*\{{[^}}]*{LICENCED_FONT}[^}}]*\}}", "", css)
    css = re.sub(rf"""["']?{LICENCED_FONT}["']?,\s*arial,\s*sans-serif""", FONT_STACK, css)
    if LICENCED_FONT in css:
        raise FrontendChanged(f"{LICENCED_FONT} is named in a way that is not understood.")
    return css


def without_crest(css: str) -> str:
    """Drop every picture of a crown or coat of arms; raises FrontendChanged if one is left."""
    css = re.sub(r"""url\(\s*['"]?[^)]*(?:crest|crown)[^)]*\)""", "none", css)
    if re.search(r"images/[\w-]*(crest|crown)", css):
        raise FrontendChanged("A crown or crest is named in a way that is not understood.")
    return css


def stylesheet(source: Path) -> str:
    css = own_font(without_source_map(source.read_text(encoding="utf-8")))
    css = re.sub(r"""url\(\s*(['"]?)/assets/""", r"url(\1", css)
    return without_crest(css)


def build(node_modules: Path, target: Path) -> None:
    """Write `target` anew from `node_modules`; raises FrontendChanged on an unknown layout."""
    govuk = node_modules / "govuk-frontend/dist/govuk"
    moj = node_modules / "@ministryofjustice/frontend/moj"
    shutil.rmtree(target, ignore_errors=True)
    (target / "images").mkdir(parents=True)
    for name, source in (
        ("govuk", govuk / "govuk-frontend.min"),
        ("moj", moj / "moj-frontend.min"),
    ):
        css = stylesheet(source.with_suffix(".min.css"))
        script = source.with_suffix(".min.js").read_text(encoding="utf-8")
        (target / f"{name}.css").write_text(css, encoding="utf-8")
        (target / f"{name}.js").write_text(without_source_map(script), encoding="utf-8")
        for picture in sorted(set(PICTURE.findall(css))):
            copy_picture(picture, [moj / "assets/images", govuk / "assets/images"], target)
    (target / "NOTICE.txt").write_text(NOTICE, encoding="utf-8")


def copy_picture(picture: str, folders: list[Path], target: Path) -> None:
    for folder in folders:
        if (folder / picture).exists():
            shutil.copyfile(folder / picture, target / "images" / picture)
            return
    raise FrontendChanged(f"The picture {picture} is named in a stylesheet but not published.")


if __name__ == "__main__":
    try:
        build(ROOT / "node_modules", ROOT / "static" / "vendor")
    except (FrontendChanged, OSError) as problem:
        sys.exit(f"The styles and scripts could not be built: {problem}")
