"""What the browser is given: whole vendored files, nothing foreign, nothing the oldest engine cannot read."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
VENDORED = sorted(path for path in (STATIC / "vendor").iterdir() if path.is_dir())
OUR_STYLES = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted(STATIC.rglob("*.js"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# An attribute or a style that makes the browser fetch; links for people to follow are not assets.
FETCHED = re.compile(
    r"""(?:<(?:script|img|iframe|source|audio|video|link|image|use)\b[^>]*?\s(?:src|href)\s*=\s*["']?"""
    r"""|url\(\s*["']?|@import\s+["']?)\s*((?:https?:)?//[^"'\s)>]+)""",
    re.IGNORECASE,
)
NAMESPACES = ("http://www.w3.org/",)

# Chrome 77 knows none of these; what it does not know it drops, and the page falls apart.
TOO_NEW_PROPERTIES = {
    "inset", "aspect-ratio", "accent-color", "translate", "rotate", "scale", "content-visibility",
    "text-wrap", "scrollbar-gutter", "margin-inline", "margin-block", "padding-inline",
    "padding-block", "inset-inline", "inset-block", "container-type", "field-sizing", "color-mix",
}  # fmt: skip
TOO_NEW_TEXT = re.compile(
    r":(?:is|where|has)\(|:not\([^()]*,|\b(?:min|max|clamp|color-mix|light-dark)\("
    r"|\d(?:dvh|svh|lvh|dvw)\b|@layer|@container|&"
)
FOCUS_VISIBLE = re.compile(r"(?<!:not\():focus-visible")
AFTER_ES2019 = re.compile(r"\?\.(?!\d)|\?\?|\|\|=|&&=|\.replaceAll\(|\bimport\(|\d_\d|\b\d+n\b|#\w+\s*[=(;]")
JS_TEXT = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|//[^\n]*|/\*.*?\*/""", re.DOTALL)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def rules(style: Path) -> Iterator[tuple[str, dict[str, str]]]:
    text = COMMENT.sub("", style.read_text(encoding="utf-8"))
    for selector, body in RULE.findall(text):
        pairs = (line.split(":", 1) for line in body.split(";") if ":" in line)
        yield selector.strip(), {name.strip(): value.strip() for name, value in pairs}


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_vendored_files_are_whole_and_named(folder: Path) -> None:
    sums = {}
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        sums[name] = digest
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name not in ("VERSION", "SHA256SUMS")
    }
    assert found == sums
    assert "LICENSE" in found
    assert re.match(r"\S+ \d+\.\d+\.\d+\n", (folder / "VERSION").read_text(encoding="utf-8"))


def test_no_page_or_style_fetches_from_elsewhere() -> None:
    foreign = [
        (relative(path), address)
        for path in [*PAGES, *STATIC.rglob("*.css"), *STATIC.rglob("*.svg")]
        for address in FETCHED.findall(path.read_text(encoding="utf-8"))
    ]
    assert foreign == []


def test_our_scripts_name_no_address() -> None:
    named = [
        (relative(path), address)
        for path in (STATIC / "js").glob("*.js")
        for address in re.findall(r"https?://\S+", path.read_text(encoding="utf-8"))
        if not address.startswith(NAMESPACES)
    ]
    assert named == []


def test_styles_keep_to_what_the_oldest_engine_reads() -> None:
    wrong = []
    for style in OUR_STYLES:
        text = COMMENT.sub("", style.read_text(encoding="utf-8"))
        wrong += [(style.name, found) for found in TOO_NEW_TEXT.findall(text)]
        wrong += [(style.name, name) for _, body in rules(style) for name in TOO_NEW_PROPERTIES & body.keys()]
        wrong += [(style.name, selector) for selector, _ in rules(style) if FOCUS_VISIBLE.search(selector)]
    assert wrong == []


def test_gaps_are_only_for_grids() -> None:
    wrong = []
    for style in OUR_STYLES:
        grids = {selector for selector, body in rules(style) if body.get("display") == "grid"}
        wrong += [(style.name, s) for s, body in rules(style) if "gap" in body and s not in grids]
    assert wrong == []


def test_pages_use_no_flex_gap_of_the_framework() -> None:
    gaps = re.compile(r'class="(?=[^"]*\b(?:gap-\d|hstack|vstack)\b)(?![^"]*\bd-grid\b)[^"]*"')
    assert [relative(page) for page in PAGES if gaps.search(page.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_use_no_syntax_after_es2019(script: Path) -> None:
    code = JS_TEXT.sub('""', script.read_text(encoding="utf-8"))
    assert AFTER_ES2019.findall(code) == []


def test_every_icon_a_page_names_is_vendored() -> None:
    icons = {path.stem for path in (STATIC / "vendor" / "bootstrap-icons").glob("*.svg")}
    named = {
        (relative(page), name)
        for page in PAGES
        for name in re.findall(r'{% icon "([\w-]+)"|icon="([\w-]+)"', page.read_text(encoding="utf-8"))
        for name in name
        if name
    }
    assert {(page, name) for page, name in named if name not in icons} == set()


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.name)
def test_a_component_says_what_it_takes(component: Path) -> None:
    text = component.read_text(encoding="utf-8")
    head = re.match(r"{% comment %}(.+?){% endcomment %}\n", text, re.DOTALL)
    assert head and ("Parameters:" in head.group(1) or "Context:" in head.group(1))


def palette(theme: str) -> dict[str, str]:
    for selector, body in rules(STATIC / "css" / "tokens.css"):
        if f'[data-bs-theme="{theme}"]' in selector:
            return {name: value for name, value in body.items() if re.fullmatch(r"#[0-9a-f]{6}", value)}
    raise AssertionError(f"no palette for {theme}")


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_ink_is_readable_on_its_paper(theme: str) -> None:
    colours = palette(theme)
    tones = ["good", "part", "bad", "mute", "walk", "look", "clash", "accent"]
    pairs = [(f"{tone}-ink", f"{tone}-paper") for tone in tones]
    papers = ("page-paper", "surface-paper", "sunken-paper")
    pairs += [(ink, paper) for ink in ("page-ink", "soft-ink", "accent-ink", "bad-ink") for paper in papers]
    pairs += [("faint-ink", "page-paper"), ("faint-ink", "surface-paper")]
    pairs += [(f"on-{fill}", f"{fill}{shade}") for fill in ("accent", "danger") for shade in ("", "-deep")]
    weak = {
        pair: round(contrast(colours[f"--rc-{pair[0]}"], colours[f"--rc-{pair[1]}"]), 2)
        for pair in pairs
        if contrast(colours[f"--rc-{pair[0]}"], colours[f"--rc-{pair[1]}"]) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_fields_are_seen(theme: str) -> None:
    colours = palette(theme)
    assert contrast(colours["--rc-field-line"], colours["--rc-surface-paper"]) >= 3
