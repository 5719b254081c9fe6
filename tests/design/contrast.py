"""WCAG contrast of the colors in tokens.css."""

import math
import re
from pathlib import Path

from tests.house_rules.tree import ROOT

CSS = ROOT / "src/sojourn/design/static/design/css"
OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)")
DAY, NIGHT = 0, 1


def tokens(css: str) -> dict[str, tuple[str, str]]:
    """Read `--name: light-dark(day, night);` and one-color tokens, which serve both schemes."""
    found = dict.fromkeys(())
    for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", css):
        colors = [f"oklch({light}% {chroma} {hue})" for light, chroma, hue in OKLCH.findall(value)]
        colors = colors or re.findall(r"#[0-9a-f]{3,6}\b", value)
        if colors:
            found[name] = (colors[0], colors[-1])
    return found


def block(name: str, path: Path = CSS / "tokens.css") -> str:
    """Cut one block out of a style sheet: from the line that begins with `name` to its closing brace."""
    css = path.read_text()
    start = css.index("{", css.index(name)) + 1
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(css[end], 0)
        end += 1
    return css[start : end - 1]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    red, green, blue = linear_rgb(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear_rgb(color: str) -> tuple[float, float, float]:
    if color.startswith("#"):
        digits = color[1:] if len(color) == 7 else "".join(d * 2 for d in color[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    light, chroma, hue = (float(part) for part in OKLCH.match(color).groups())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light / 100 + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light / 100 - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light / 100 - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return tuple(min(max(part, 0), 1) for part in rgb)
