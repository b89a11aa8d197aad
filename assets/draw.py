"""Draw the README's pictures anew: the banner, and a screen of a real session on a bundled lesson.

    python assets/draw.py

The session is played by a script in a home of its own, with a fixed seed; what it prints is drawn as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ASSETS = Path(__file__).resolve().parent
WIDTH = 80

SCRIPT = """\
topic: llm/attention
seed: 7
steps:
  - next
  - answer: "1"
  - answer: "3"
  - quit
"""
SHOWN_FROM = "One vector per word"  # the session's first section, after the lesson's promise

# rich's own template asks a font from the network; this one takes what the reader's system has.
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" class="rich-terminal">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px;
  line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#1e1e1e"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g></g>
</svg>
"""

BANNER = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 150" role="img" aria-label="Pocket Tutor">
<rect width="780" height="150" rx="10" fill="#1e1e1e"/>
<g font-family="Menlo, Consolas, 'DejaVu Sans Mono', monospace">
<text x="44" y="70" font-size="38" font-weight="bold" fill="#11a8cd">Pocket Tutor</text>
<text x="44" y="112" font-size="17" fill="#d4d4d4">explains, asks, grades, remembers: any folder of Markdown</text>
<text x="560" y="70" font-size="26"><tspan fill="#0dbc79">✓</tspan><tspan dx="14" fill="#e5e510">~</tspan>
<tspan dx="14" fill="#cd3131">✗</tspan><tspan dx="14" fill="#bc3fbc">?</tspan></text>
</g>
</svg>
"""


def session_screen() -> str:
    """The coloured output of the scripted session."""
    with tempfile.TemporaryDirectory() as home:
        script = Path(home, "script.yaml")
        script.write_text(SCRIPT, encoding="utf-8")
        colours = {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": str(WIDTH), "COLORTERM": ""}
        environment = {**os.environ, **colours, "TUTOR_HOME": home}
        environment.pop("NO_COLOR", None)
        command = [sys.executable, str(ASSETS.parent / "main.py"), "learn", "--script", str(script)]
        run = subprocess.run(command, env=environment, cwd=ASSETS.parent, capture_output=True, text=True, check=True)
    lines = run.stdout.strip("\n").split("\n")
    first = next(number for number, line in enumerate(lines) if SHOWN_FROM in line)
    return "\n".join(lines[first:-1])


def as_svg(screen: str) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text.from_ansi(screen))
    return console.export_svg(title="", code_format=SVG, unique_id="session")


def main() -> None:
    (ASSETS / "banner.svg").write_text(BANNER, encoding="utf-8")
    (ASSETS / "session.svg").write_text(as_svg(session_screen()), encoding="utf-8")


if __name__ == "__main__":
    main()
