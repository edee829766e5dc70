"""The sheets of the pages: colours that can be read in both schemes, and nothing from elsewhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "poem_kg" / "service" / "static"
SHEETS = sorted(path.name for path in STATIC.glob("*.css"))
SCHEMES = ("light", "dark")

GROUNDS = {
    "ink": ("paper", "note", "warn-ground", "ours-ground", "good-ground", "bad-ground"),
    "soft": ("paper", "note", "warn-ground", "ours-ground"),
    "link": ("paper", "note", "warn-ground", "ours-ground", "good-ground", "bad-ground"),
    "paper": ("link",),
    "good": ("paper", "good-ground"),
    "bad": ("paper", "bad-ground"),
    "warn": ("paper", "warn-ground"),
    "ours": ("paper", "ours-ground"),
}
"""What text is written in, and on which grounds it may stand."""
SIGNS = {
    "edge": ("paper", "note"),
    "mark": ("paper", "note", "warn-ground"),
    "ours": ("paper", "ours-ground"),
    "link": ("paper", "note"),
}
"""What shows a control or says something without being text."""


@cache
def sheet(name: str = "poem-kg.css") -> str:
    text = (STATIC / name).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


@cache
def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme; what the dark one does not name is that of the light one."""
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w+);", part)) for part in sheet().split(":root {")[1:3]
    )
    return {**light, **dark} if scheme == "dark" else light


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(d * 2 for d in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How much two colours differ, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rules() -> list[tuple[str, str]]:
    """Selector and declarations of every rule of every sheet for the screen."""
    texts = [sheet(name).split("@media print")[0] for name in SHEETS]
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", "\n".join(texts))
    return [(" ".join(selector.split()), body) for selector, body in found]


def painted() -> set[tuple[str, str]]:
    """Every pair of text and ground that one rule gives."""
    pairs = set()
    for _, body in rules():
        text = re.search(r"(?<![\w-])color: var\(--([\w-]+)\)", body)
        ground = re.search(r"background(?:-color)?: var\(--([\w-]+)\)", body)
        if text and ground:
            pairs.add((text.group(1), ground.group(1)))
    return pairs


def test_the_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read(scheme: str) -> None:
    colours = tokens(scheme)
    pairs = {(text, ground) for text, grounds in GROUNDS.items() for ground in grounds}

    assert len(painted()) >= 10
    low = {
        pair: round(ratio, 2)
        for pair in pairs | painted()
        if (ratio := contrast(*(colours[name] for name in pair))) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_controls_and_signs_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)

    low = {
        (sign, ground): round(ratio, 2)
        for sign, grounds in SIGNS.items()
        for ground in grounds
        if (ratio := contrast(colours[sign], colours[ground])) < 3
    }
    assert low == {}


def test_every_colour_has_its_counterpart_in_the_dark() -> None:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w+);", part)) for part in sheet().split(":root {")[1:3]
    )

    assert light.keys() == dark.keys()


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_takes_its_colours_from_the_tokens(name: str) -> None:
    told = re.sub(r":root \{[^}]*\}", "", sheet(name))

    defined = set(re.findall(r"(--[\w-]+):", sheet() + sheet(name)))
    assert set(re.findall(r"var\((--[\w-]+)", told)) <= defined
    # On paper black is black; system colours belong to whoever chose them.
    screen = told.split("@media print")[0]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", screen) == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_loads_nothing(name: str) -> None:
    assert "url(" not in sheet(name) and "@import" not in sheet(name)


def test_the_components_that_pages_are_made_of_are_there() -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", sheet()))

    assert known >= set(
        "cards card doors door badge good bad warn ours muted marks notice button quiet field "
        "fields segmented toolbar split tree tabs plot wide unseen broad".split()
    )
