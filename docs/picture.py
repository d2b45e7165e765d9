"""Draws docs/show.svg: what `vedette show` tells of the demo's agent, as a terminal shows it.

    python docs/picture.py [TRAIL]          # default: the demo is run anew

Each run of characters stands at its own place on the grid, so that no font can move a column.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = 100
WIDE, HIGH, MARGIN = 8.75, 19, 20
COLOURS = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff", "36": "#76e3ea"}
STYLES = {"1": 'font-weight="bold" fill="#f0f6fc"', "2": 'fill="#8b949e"'}
STYLES |= {code: f'fill="{colour}"' for code, colour in COLOURS.items()}
_STYLED = re.compile(r"\x1b\[(\d+)m(.*?)\x1b\[0m|([^\x1b]+)")


def show(trail: Path) -> str:
    """The timeline of `trail`, in colour."""
    env = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TZ": "UTC"}
    command = [sys.executable, "-m", "vedette.cli", "show", str(trail)]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own


def draw(told: str) -> str:
    """A terminal's text with its colours as SVG."""
    lines = ["\x1b[2m$ \x1b[0mvedette show", "", *told.rstrip("\n").split("\n")]
    width, height = COLUMNS * WIDE + 2 * MARGIN, len(lines) * HIGH + 2 * MARGIN
    texts = [text for row, line in enumerate(lines) for text in _row(line, MARGIN + (row + 1) * HIGH - 5)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"'
            ' font-family="DejaVu Sans Mono, ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"'
            ' font-size="14" fill="#c9d1d9">',
            "<title>vedette show: models, tools, an exchange and a finding, nested, with durations and tokens</title>",
            f'<rect width="{width:g}" height="{height:g}" rx="8" fill="#0d1117"/>',
            *texts,
            "</svg>\n",
        ]
    )


def _row(line: str, y: float) -> Iterator[str]:
    column = 0
    for code, styled, plain in _STYLED.findall(line):
        text = styled or plain
        style = f"{STYLES[code]} " if code else ""
        begin = column + len(text) - len(text.lstrip())
        shown = text.strip()
        if shown:
            length = f'textLength="{len(shown) * WIDE:g}"'
            yield f'<text {style}x="{MARGIN + begin * WIDE:g}" y="{y:g}" {length}>{escape(shown)}</text>'
        column += len(text)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        trail = Path(sys.argv[1]) if sys.argv[1:] else Path(scratch) / "trail"
        if not sys.argv[1:]:
            demo = [sys.executable, "-m", "vedette.cli", "demo", "--trail", str(trail)]
            subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        (HERE / "show.svg").write_text(draw(show(trail)))


if __name__ == "__main__":
    main()
